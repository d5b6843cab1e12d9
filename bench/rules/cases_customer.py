"""Rules about customers: conditions of every kind, most of them golden-record rules that tag."""

from __future__ import annotations

from bench.rules.language import Then, about, both, case, day, do, either, low, no, num, t, tag, yes
from shared.rules.draft import Formula

about("customer")

# fmt: off
case("danish", "en", 'Tag all customers whose country is DK as "Danish"', t("country", "equals", "DK"), tag("Danish"),
     lambda r: r.country == "DK", Then(("Danish",)), scope="Entity")
case("not-danish", "en", 'Tag customers whose country is not DK as "Foreign"', t("country", "notEquals", "DK"),
     tag("Foreign"), lambda r: r.country != "DK", Then(("Foreign",)), scope="Entity")
case("nordic", "en", 'Customers from DK, NO or SE get the tag "Nordic"', t("country", "in", "DK", "NO", "SE"),
     tag("Nordic"), lambda r: r.country in ("DK", "NO", "SE"), Then(("Nordic",)), scope="Entity")
case("not-nordic", "en", 'Tag customers whose country is neither DK nor NO as "Not Nordic"',
     t("country", "notIn", "DK", "NO"), tag("Not Nordic"), lambda r: r.country not in ("DK", "NO"),
     Then(("Not Nordic",)), scope="Entity")
case("no-email", "en", 'Tag customers without an email as "No email"', t("email", "isEmpty"), tag("No email"),
     lambda r: no(r.email), Then(("No email",)), scope="Entity")
case("no-phone", "en", 'If the phone is empty, add the tag "Phone missing"', t("phone", "isEmpty"),
     tag("Phone missing"), lambda r: no(r.phone), Then(("Phone missing",)), scope="Entity")
case("has-website", "en", 'Customers that have a website get the tag "Online"', t("website", "isNotEmpty"),
     tag("Online"), lambda r: not no(r.website), Then(("Online",)), scope="Entity")
case("segment-null", "en", 'Tag customers whose segment is null as "Unsegmented"', t("segment", "isNull"),
     tag("Unsegmented"), lambda r: r.segment is None, Then(("Unsegmented",)), scope="Entity")
case("segment-not-null", "en", 'Tag customers whose segment is not null as "Segmented"', t("segment", "isNotNull"),
     tag("Segmented"), lambda r: r.segment is not None, Then(("Segmented",)), scope="Entity")
case("vat-exists", "en", 'If a VAT number exists, tag the customer "VAT registered"', t("vatNumber", "exists"),
     tag("VAT registered"), lambda r: r.vatNumber is not None, Then(("VAT registered",)), scope="Entity")
case("vat-missing", "en", 'If no VAT number exists, tag the customer "No VAT"', t("vatNumber", "doesNotExist"),
     tag("No VAT"), lambda r: r.vatNumber is None, Then(("No VAT",)), scope="Entity")
case("gmail", "en", 'Tag customers whose email contains gmail.com as "Private"', t("email", "contains", "gmail.com"),
     tag("Private"), lambda r: "gmail.com" in low(r.email), Then(("Private",)), scope="Entity")
case("no-at", "en", 'Tag customers whose email does not contain @@ as "Plausible"', t("email", "notContains", "@@"),
     tag("Plausible"), lambda r: "@@" not in low(r.email), Then(("Plausible",)), scope="Entity")
case("https", "en", 'Tag customers whose website begins with https as "Secure"', t("website", "beginsWith", "https"),
     tag("Secure"), lambda r: low(r.website).startswith("https"), Then(("Secure",)), scope="Entity")
case("phone-no-plus", "en", 'Tag customers whose phone does not begin with + as "Local phone"',
     t("phone", "notBeginsWith", "+"), tag("Local phone"), lambda r: not low(r.phone).startswith("+"),
     Then(("Local phone",)), scope="Entity")
case("dot-dk", "en", 'Tag customers whose email ends with .dk as "DK mail"', t("email", "endsWith", ".dk"),
     tag("DK mail"), lambda r: low(r.email).endswith(".dk"), Then(("DK mail",)), scope="Entity")
case("not-dot-com", "en", 'Tag customers whose email does not end with .com as "Other mail"',
     t("email", "notEndsWith", ".com"), tag("Other mail"), lambda r: not low(r.email).endswith(".com"),
     Then(("Other mail",)), scope="Entity")
case("high-limit", "en", 'Customers with a credit limit over 9000 get the tag "High limit"',
     t("creditLimit", "greater", "9000"), tag("High limit"), lambda r: num(r.creditLimit) > 9000,
     Then(("High limit",)), scope="Entity")
case("limit-at-least", "en", 'Tag customers with a credit limit of at least 10000 as "Top"',
     t("creditLimit", "greaterOrEqual", "10000"), tag("Top"), lambda r: num(r.creditLimit) >= 10000,
     Then(("Top",)), scope="Entity")
case("low-revenue", "en", 'Tag customers with revenue below 1000 as "Small"', t("revenue", "less", "1000"),
     tag("Small"), lambda r: num(r.revenue) < 1000, Then(("Small",)), scope="Entity")
case("limit-at-most", "en", 'Tag customers whose credit limit is at most 800 as "Low limit"',
     t("creditLimit", "lessOrEqual", "800"), tag("Low limit"), lambda r: num(r.creditLimit) <= 800,
     Then(("Low limit",)), scope="Entity")
case("revenue-between", "en", 'Revenue between 400 and 6000: tag "Medium"', t("revenue", "between", "400", "6000"),
     tag("Medium"), lambda r: 400 <= num(r.revenue) <= 6000, Then(("Medium",)), scope="Entity")
case("revenue-not-between", "en", 'Tag customers whose revenue is not between 100 and 10000 as "Outlier"',
     t("revenue", "notBetween", "100", "10000"), tag("Outlier"), lambda r: not 100 <= num(r.revenue) <= 10000,
     Then(("Outlier",)), scope="Entity")
case("newsletter", "en", 'Customers that want the newsletter get the tag "Mailing"', t("newsletter", "isTrue"),
     tag("Mailing"), lambda r: yes(r.newsletter), Then(("Mailing",)), scope="Entity")
case("no-newsletter", "en", 'Customers whose newsletter is false get the tag "No mailing"',
     t("newsletter", "isFalse"), tag("No mailing"), lambda r: not yes(r.newsletter), Then(("No mailing",)),
     scope="Entity")
case("newsletter-not-true", "en", 'Where newsletter is not true add the tag "Ask again"',
     t("newsletter", "isNotTrue"), tag("Ask again"), lambda r: not yes(r.newsletter), Then(("Ask again",)),
     scope="Entity")
case("early", "en", 'Tag customers who signed up before 2020-01-01 as "Early"', t("signupDate", "less", "2020-01-01"),
     tag("Early"), lambda r: "" < day(r.signupDate) < "2020-01-01", Then(("Early",)), scope="Entity")
case("since-2021", "en", 'Tag customers with a signup date on or after 2021-07-15 as "New"',
     t("signupDate", "greaterOrEqual", "2021-07-15"), tag("New"), lambda r: day(r.signupDate) >= "2021-07-15",
     Then(("New",)), scope="Entity")
case("in-2024", "en", 'Last order date in 2024, that is between 2024-01-01 and 2024-12-31: tag "Active 2024"',
     t("lastOrderDate", "between", "2024-01-01", "2024-12-31"), tag("Active 2024"),
     lambda r: "2024-01-01" <= day(r.lastOrderDate) <= "2024-12-31", Then(("Active 2024",)), scope="Entity")
case("danish-postal", "en", 'Tag customers whose postal code matches the pattern ^\\d{4}$ as "Four digits"',
     t("postalCode", "matchesPattern", r"^\d{4}$"), tag("Four digits"),
     lambda r: low(r.postalCode).isdigit() and len(low(r.postalCode)) == 4, Then(("Four digits",)), scope="Entity")
case("vat-pattern", "en", 'Tag customers whose VAT number does not match the pattern ^[A-Z]{2}\\d+$ as "Bad VAT"',
     t("vatNumber", "notMatchesPattern", r"^[A-Z]{2}\d+$"), tag("Bad VAT"),
     lambda r: r.vatNumber is None or not (low(r.vatNumber)[:2].isalpha() and low(r.vatNumber)[2:].isdigit()),
     Then(("Bad VAT",)), scope="Entity")
case("danish-gold", "en", 'Tag Danish customers (country DK) in segment Gold as "Danish gold"',
     both(t("country", "equals", "DK"), t("segment", "equals", "Gold")), tag("Danish gold"),
     lambda r: r.country == "DK" and low(r.segment) == "gold", Then(("Danish gold",)), scope="Entity")
case("gold-or-silver", "en", 'Segment Gold or Silver: tag "Loyal"', t("segment", "in", "Gold", "Silver"),
     tag("Loyal"), lambda r: low(r.segment) in ("gold", "silver"), Then(("Loyal",)), scope="Entity")
case("no-contact", "en", 'Tag customers that have neither an email nor a phone as "Unreachable"',
     both(t("email", "isEmpty"), t("phone", "isEmpty")), tag("Unreachable"), lambda r: no(r.email) and no(r.phone),
     Then(("Unreachable",)), scope="Entity")
case("some-contact-missing", "en", 'Tag customers that lack the email or the phone as "Incomplete"',
     either(t("email", "isEmpty"), t("phone", "isEmpty")), tag("Incomplete"), lambda r: no(r.email) or no(r.phone),
     Then(("Incomplete",)), scope="Entity")
case("gold-dk-or-big", "en",
     'Tag customers as "Key account" if they are in segment Gold and from DK, or if their credit limit is above 10000',
     either(both(t("segment", "equals", "Gold"), t("country", "equals", "DK")), t("creditLimit", "greater", "10000")),
     tag("Key account"), lambda r: (low(r.segment) == "gold" and r.country == "DK") or num(r.creditLimit) > 10000,
     Then(("Key account",)), scope="Entity")
case("country-and-either", "en",
     'Tag customers from DK that have no website or a credit limit below 3000 as "Develop"',
     both(t("country", "equals", "DK"), either(t("website", "isEmpty"), t("creditLimit", "less", "3000"))),
     tag("Develop"), lambda r: r.country == "DK" and (no(r.website) or num(r.creditLimit) < 3000),
     Then(("Develop",)), scope="Entity")
case("two-pairs", "en",
     'Tag "Check" where the country is DK and the VAT number does not begin with DK, or the country is ES and the VAT '
     'number does not begin with ES',
     either(both(t("country", "equals", "DK"), t("vatNumber", "notBeginsWith", "DK")),
            both(t("country", "equals", "ES"), t("vatNumber", "notBeginsWith", "ES"))), tag("Check"),
     lambda r: (r.country == "DK" and not low(r.vatNumber).startswith("dk"))
     or (r.country == "ES" and not low(r.vatNumber).startswith("es")), Then(("Check",)), scope="Entity")
case("deep", "en",
     'Tag "Deep" where the newsletter is true and either the segment is Silver, or the country is CN and the postal '
     'code begins with 2 or ends with 1',
     both(t("newsletter", "isTrue"),
          either(t("segment", "equals", "Silver"),
                 both(t("country", "equals", "CN"),
                      either(t("postalCode", "beginsWith", "2"), t("postalCode", "endsWith", "1"))))), tag("Deep"),
     lambda r: yes(r.newsletter) and (low(r.segment) == "silver" or (r.country == "CN" and (
         low(r.postalCode).startswith("2") or low(r.postalCode).endswith("1")))), Then(("Deep",)), scope="Entity")
case("test-records", "en", 'Tag records whose first name and last name are both "Test" as "Test data"',
     both(t("firstName", "equals", "Test"), t("lastName", "equals", "Test")), tag("Test data"),
     lambda r: low(r.firstName) == "test" and low(r.lastName) == "test", Then(("Test data",)), scope="Entity")
case("two-tags", "en", 'Customers from PL get the tags "EU" and "Poland"', t("country", "equals", "PL"),
     tag("EU", "Poland"), lambda r: r.country == "PL", Then(("EU", "Poland")), scope="Entity")
case("formula-length", "en", 'Tag customers whose last name is longer than 6 letters as "Long name"',
     Formula('Len(GetVocabularyKeyValue(Entity,"customer.lastName"))>6'), tag("Long name"),
     lambda r: len(low(r.lastName)) > 6, Then(("Long name",)), scope="Entity")
case("untag", "en", 'Remove the tag "Old" from customers from DK', t("country", "equals", "DK"),
     [do("removeTag", tag="Old")], lambda r: r.country == "DK",
     Then(untags=("Old",), only=lambda r: r.firstName == "Test"), scope="Entity")
case("untag-all", "en", 'Remove all tags from customers whose segment is Test', t("segment", "equals", "Test"),
     [do("removeAllTags")], lambda r: r.segment == "Test", Then(untags=("Old",)), scope="Entity")
case("revenue-zero", "en", 'Tag customers whose revenue equals 0 as "No revenue"', t("revenue", "equals", "0"),
     tag("No revenue"), lambda r: str(r.revenue) == "0", Then(("No revenue",)), scope="Entity")
case("blocked", "en", 'If the notes contain "blocked", set the segment to Blocked', t("notes", "contains", "blocked"),
     [do("setValue", key="segment", value="Blocked")], lambda r: "blocked" in low(r.notes),
     Then(sets={"segment": lambda r: "Blocked"}))
case("default-segment", "en", 'Where a customer has no segment yet, add the value Standard to it', None,
     [do("addValue", key="segment", value="Standard")], lambda r: True,
     Then(sets={"segment": lambda r: "Standard" if no(r.segment) else r.segment}))
case("country-name", "en", 'Set the country to Denmark where it is DK', t("country", "equals", "DK"),
     [do("setValue", key="country", value="Denmark")], lambda r: r.country == "DK",
     Then(sets={"country": lambda r: "Denmark"}))
case("country-names", "en", 'Set the country to Denmark where it is DK, and to Poland where it is PL', both(), [],
     lambda r: True,
     Then(sets={"country": lambda r: {"DK": "Denmark", "PL": "Poland"}.get(str(r.country), r.country)}),
     branches=[(both(t("country", "equals", "DK")), [do("setValue", key="country", value="Denmark")]),
               (both(t("country", "equals", "PL")), [do("setValue", key="country", value="Poland")])])
case("upper-country", "en", 'Write the last name in capital letters', None, [do("upperCase", key="lastName")],
     lambda r: True, Then(sets={"lastName": lambda r: r.lastName and str(r.lastName).upper()}))
case("lower-email", "en", 'Make all emails lower case', None, [do("lowerCase", key="email")], lambda r: True,
     Then(sets={"email": lambda r: r.email and str(r.email).lower()}))
case("title-last", "en", 'Capitalise each word of the first name', None, [do("titleCase", key="firstName")],
     lambda r: True, Then(sets={"firstName": lambda r: r.firstName and str(r.firstName).title()}))
case("trim-city", "en", 'Trim the spaces around the city', None, [do("trim", key="city")], lambda r: True,
     Then(sets={"city": lambda r: r.city and str(r.city).strip()}))
case("trim-and-lower", "en", 'Trim the email and make it lower case', None,
     [do("trim", key="email"), do("lowerCase", key="email")], lambda r: True,
     Then(sets={"email": lambda r: r.email and str(r.email).strip().lower()}))
case("phone-spaces", "en", 'Remove all spaces from the phone', None,
     [do("replaceValue", key="phone", old=" ", new="")], lambda r: True,
     Then(sets={"phone": lambda r: r.phone and str(r.phone).replace(" ", "")}))
case("line-breaks", "en", 'Remove line breaks from the notes', None, [do("removeLineBreaks", key="notes")],
     lambda r: True, Then(sets={"notes": lambda r: r.notes and str(r.notes).replace("\n", " ")}))
case("full-name", "en", 'Fill the full name with first name, a space, and last name', None,
     [do("combine", key="fullName", template="{firstName} {lastName}")], lambda r: True,
     Then(sets={"fullName": lambda r: f"{str(r.firstName).strip()} {r.lastName}".replace("  ", " ")}))
case("copy-city", "en", 'Copy the city to the notes for customers from PL', t("country", "equals", "PL"),
     [do("copyValue", frm="city", to="notes")], lambda r: r.country == "PL", Then(sets={"notes": lambda r: r.city}))
case("move-website", "en", 'Move the website to the notes where the website begins with www',
     t("website", "beginsWith", "www"), [do("moveValue", frm="website", to="notes")],
     lambda r: low(r.website).startswith("www"),
     Then(sets={"notes": lambda r: r.website, "website": lambda r: None}))
case("delete-test-email", "en", 'Delete the email if it is test@test.com', t("email", "equals", "test@test.com"),
     [do("deleteValue", key="email")], lambda r: r.email == "test@test.com", Then(sets={"email": lambda r: None}))
case("mask-vat", "en", 'Mask the VAT number of customers from DK', t("country", "equals", "DK"),
     [do("maskValue", key="vatNumber")], lambda r: r.country == "DK",
     Then(sets={"vatNumber": lambda r: r.vatNumber and "*" * len(str(r.vatNumber))}))
case("regex-phone", "en", 'Replace everything in the phone that is not a digit by nothing, with the regex \\D', None,
     [do("evaluateRegex", key="phone", pattern=r"\D", new="")], lambda r: True,
     Then(sets={"phone": lambda r: r.phone and "".join(c for c in str(r.phone) if c.isdigit())}))
case("tag-and-set", "en", 'For customers with a credit limit above 9000 set the segment to Gold and add the tag "Rich"',
     t("creditLimit", "greater", "9000"), [do("setValue", key="segment", value="Gold"), *tag("Rich")],
     lambda r: num(r.creditLimit) > 9000, Then(("Rich",), sets={"segment": lambda r: "Gold"}))
case("branch-tags", "en",
     'Tag customers with a VAT number "VAT"; those of them from DK also get the tag "CVR"',
     t("vatNumber", "isNotEmpty"), tag("VAT"), lambda r: not no(r.vatNumber), Then(("VAT",)),
     Then(("CVR",), only=lambda r: r.country == "DK"),
     scope="Entity", branches=[(both(t("country", "equals", "DK")), tag("CVR"))])
case("if-else", "en",
     'Tag customers with revenue of 1000 or more "Large", all others with a revenue below 1000 "Small"',
     t("revenue", "isNotEmpty"), [], lambda r: not no(r.revenue),
     Then(("Large",), only=lambda r: num(r.revenue) >= 1000),
     Then(("Small",), only=lambda r: num(r.revenue) < 1000), scope="Entity",
     branches=[(both(t("revenue", "greaterOrEqual", "1000")), tag("Large")),
               (both(t("revenue", "less", "1000")), tag("Small"))])
case("alias", "en", 'Add the alias "Acme" to customers whose website is https://acme.dk',
     t("website", "equals", "https://acme.dk"), [do("addAlias", value="Acme")], lambda r: r.website == "https://acme.dk",
     Then())
case("un-alias", "en", 'Remove the alias "Acme" from customers from DK', t("country", "equals", "DK"),
     [do("removeAlias", value="Acme")], lambda r: r.country == "DK", Then())
# fmt: on
