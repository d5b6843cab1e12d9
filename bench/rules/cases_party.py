"""Survivorship rules: which value wins where records of one thing are merged."""

from __future__ import annotations

from bench.rules.language import Effect, Row, Then, Value, about, case, do, low, no, t

about("party")


def _by(row: Row, one: Value, other: Value) -> Value:
    """What wins in the first golden record, or in the second."""
    return one if row.source in ("ERP", "CRM", "Web") and row.phone in ("1", "2") else other


def wins(one: Value, other: Value) -> Effect:
    return lambda row: _by(row, one, other)


# fmt: off
case("most-frequent-phone", "en", "The most frequent phone wins", None, [do("mostFrequentValue", key="phone")],
     lambda r: True, Then(sets={"phone": wins("2", "7")}), scope="Survivorship")
case("latest-city", "en", "For the city take the value of the record that was modified last", None,
     [do("latestModifiedDate", key="city")], lambda r: True, Then(sets={"city": wins("Bergen", "Rome")}),
     scope="Survivorship")
case("oldest-phone", "en", "For the phone take the value with the oldest modified date", None,
     [do("oldestModifiedDate", key="phone")], lambda r: True, Then(sets={"phone": wins("2", "7")}),
     scope="Survivorship")
case("most-properties-phone", "en", "The phone of the record with most properties wins", None,
     [do("mostProperties", key="phone")], lambda r: True, Then(sets={"phone": wins("1", "7")}), scope="Survivorship")
case("crm-only", "en", "Of records from the source CRM or ERP the latest modified phone wins",
     t("source", "in", "CRM", "ERP"), [do("latestModifiedDate", key="phone")],
     lambda r: low(r.source) in ("crm", "erp"), Then(sets={"phone": wins("2", "7")}), scope="Survivorship")
case("best-quality", "en", "The email of best quality wins", t("email", "isNotEmpty"),
     [do("bestQuality", key="email")], lambda r: not no(r.email), Then(), scope="Survivorship")
case("latest-manual", "en", "What a person last entered by hand wins for the city", None,
     [do("latestManual", key="city")], lambda r: True, Then(), scope="Survivorship")
case("provider", "en", "For the email the provider definition ERP wins", None,
     [do("providerDefinition", key="email", value="ERP")], lambda r: True, Then(), scope="Survivorship")
case("de-haeufigste", "de", "Die häufigste Stadt gewinnt", None, [do("mostFrequentValue", key="city")],
     lambda r: True, Then(sets={"city": wins("Oslo", "Rome")}), scope="Survivorship")
case("fr-recent", "fr", "Pour le téléphone, la valeur modifiée en dernier l'emporte", None,
     [do("latestModifiedDate", key="phone")], lambda r: True, Then(sets={"phone": wins("2", "8")}),
     scope="Survivorship")
# fmt: on
