"""Words that mean the same in headers of business data, brought to one spelling. Data only.

Collected from habits of naming columns in English, German, French, Spanish and the Nordic languages; whatever is not
listed is still found by its beginning or its consonants (see ``words.py``).
"""

from __future__ import annotations

PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("e", "mail"): ("email",),
    ("mail", "address"): ("email",),
    ("email", "address"): ("email",),
    ("email", "addr"): ("email",),
    ("post", "code"): ("postal", "code"),
    ("post", "number"): ("postal", "code"),
    ("opt", "in"): ("consent",),
    ("opt", "out"): ("consent", "withdrawn"),
    ("web", "site"): ("website",),
    ("home", "page"): ("website",),
    ("f", "name"): ("first", "name"),
    ("l", "name"): ("last", "name"),
    ("given", "name"): ("first", "name"),
    ("fore", "name"): ("first", "name"),
    ("christian", "name"): ("first", "name"),
    ("family", "name"): ("last", "name"),
    ("sur", "name"): ("last", "name"),
    ("birth", "date"): ("date", "birth"),
    ("birth", "day"): ("date", "birth"),
    ("job", "role"): ("job", "title"),
    ("cell", "phone"): ("mobile", "phone"),
    ("time", "stamp"): ("timestamp",),
}
"""Several words in a row."""

WORDS: dict[str, tuple[str, ...]] = {
    # people
    "fname": ("first", "name"), "firstname": ("first", "name"), "forename": ("first", "name"),
    "givenname": ("first", "name"), "vorname": ("first", "name"), "prenom": ("first", "name"),
    "lname": ("last", "name"), "lastname": ("last", "name"), "surname": ("last", "name"),
    "familyname": ("last", "name"), "nachname": ("last", "name"), "apellido": ("last", "name"),
    "mname": ("middle", "name"), "fullname": ("full", "name"), "nombre": ("name",), "nom": ("name",), "navn": ("name",),
    "nm": ("name",), "nme": ("name",), "dob": ("date", "birth"), "birthdate": ("date", "birth"),
    "birthday": ("date", "birth"), "birthdt": ("date", "birth"), "geburtsdatum": ("date", "birth"), "born": ("birth",),
    "dod": ("date", "death"), "sex": ("gender",), "geschlecht": ("gender",), "anrede": ("salutation",),
    "mgr": ("manager",), "mngr": ("manager",), "emp": ("employee",), "empl": ("employee",), "ssn": ("national", "id"),
    "lang": ("language",), "sprache": ("language",),
    # organizations
    "cust": ("customer",), "cstmr": ("customer",), "kunde": ("customer",), "kunden": ("customer",),
    "client": ("customer",), "co": ("company",), "comp": ("company",), "cmpny": ("company",), "firma": ("company",),
    "firm": ("company",), "org": ("organization",), "organisation": ("organization",), "dept": ("department",),
    "dpt": ("department",), "div": ("division",), "vend": ("vendor",), "supp": ("supplier",), "acct": ("account",),
    "acc": ("account",), "acnt": ("account",), "konto": ("account",), "vat": ("tax",), "ust": ("tax",),
    # contact
    "mail": ("email",), "eml": ("email",), "emailaddress": ("email",), "tel": ("phone",), "tlf": ("phone",),
    "telephone": ("phone",), "telefon": ("phone",), "telefono": ("phone",), "fon": ("phone",), "ph": ("phone",),
    "phn": ("phone",), "mob": ("mobile",), "cell": ("mobile",), "cellphone": ("mobile", "phone"),
    "handy": ("mobile",), "movil": ("mobile",), "mobil": ("mobile",), "url": ("website",), "www": ("website",),
    "homepage": ("website",), "web": ("website",),
    # places
    "addr": ("address",), "adr": ("address",), "adresse": ("address",), "direccion": ("address",),
    "strasse": ("street",), "str": ("street",), "rue": ("street",), "calle": ("street",),
    "town": ("city",), "ort": ("city",), "stadt": ("city",), "ville": ("city",), "ciudad": ("city",), "cty": ("city",),
    "zip": ("postal", "code"), "zipcode": ("postal", "code"), "plz": ("postal", "code"),
    "postcode": ("postal", "code"), "postalcode": ("postal", "code"), "postnr": ("postal", "code"),
    "cntry": ("country",), "ctry": ("country",), "land": ("country",), "pays": ("country",), "pais": ("country",),
    "prov": ("province",), "rgn": ("region",), "lat": ("latitude",), "lng": ("longitude",), "lon": ("longitude",),
    # business
    "qty": ("quantity",), "menge": ("quantity",), "amt": ("amount",), "betrag": ("amount",), "bal": ("balance",),
    "cr": ("credit",), "inv": ("invoice",), "pmt": ("payment",), "pymt": ("payment",), "prc": ("price",),
    "preis": ("price",), "precio": ("price",), "prix": ("price",), "curr": ("currency",), "ccy": ("currency",),
    "waehrung": ("currency",), "prod": ("product",), "prd": ("product",), "cat": ("category",), "ctg": ("category",),
    "grp": ("group",), "seg": ("segment",), "ord": ("order",), "pct": ("percent",), "wt": ("weight",),
    "stat": ("status",), "sts": ("status",), "typ": ("type",), "lvl": ("level",), "rep": ("representative",),
    "sz": ("size",), "mfr": ("manufacturer",), "pref": ("preferred",), "mktg": ("marketing",), "avg": ("average",),
    "cnt": ("count",), "tot": ("total",),
    # time
    "dt": ("date",), "datum": ("date",), "fecha": ("date",), "dte": ("date",), "ts": ("timestamp",), "yr": ("year",),
    "mth": ("month",), "mon": ("month",), "hr": ("hour",), "mod": ("modified",), "updated": ("modified",),
    "changed": ("modified",), "upd": ("modified",), "crt": ("created",),
    "creation": ("created",), "prev": ("previous",),
    # the rest
    "no": ("number",), "nr": ("number",), "num": ("number",), "nbr": ("number",), "nummer": ("number",),
    "numero": ("number",), "desc": ("description",), "descr": ("description",), "dsc": ("description",),
    "beschreibung": ("description",), "remark": ("notes",), "remarks": ("notes",), "note": ("notes",),
    "comment": ("notes",), "comments": ("notes",), "bemerkung": ("notes",), "cd": ("code",),
    "idx": ("index",), "ident": ("id",), "identifier": ("id",), "flg": ("flag",), "ind": ("indicator",),
    "src": ("source",), "sys": ("system",), "ref": ("reference",), "img": ("image",), "pic": ("picture",),
    "pwd": ("password",), "usr": ("user",), "txt": ("text",), "val": ("value",), "max": ("maximum",),
    "min": ("minimum",), "std": ("standard",), "hq": ("headquarters",),
}  # fmt: skip
"""One word."""

STOP_WORDS: frozenset[str] = frozenset(
    ("of", "the", "a", "an", "and", "or", "for", "in", "to", "de", "der", "la", "el")
)
"""Not counted where other words remain."""

ALIKE: dict[frozenset[str], float] = {
    frozenset(("id", "number")): 0.7, frozenset(("id", "code")): 0.6, frozenset(("number", "code")): 0.6,
    frozenset(("mobile", "phone")): 0.6, frozenset(("manager", "representative")): 0.6,
    frozenset(("company", "organization")): 0.8, frozenset(("date", "timestamp")): 0.6,
    frozenset(("date", "time")): 0.5, frozenset(("state", "region")): 0.6, frozenset(("state", "province")): 0.7,
    frozenset(("notes", "description")): 0.5, frozenset(("status", "state")): 0.5, frozenset(("price", "cost")): 0.7,
    frozenset(("price", "amount")): 0.5, frozenset(("total", "amount")): 0.5, frozenset(("type", "category")): 0.6,
    frozenset(("vendor", "supplier")): 0.9, frozenset(("item", "product")): 0.7, frozenset(("address", "street")): 0.6,
}  # fmt: skip
"""Different words that often stand for each other, with their likeness."""
