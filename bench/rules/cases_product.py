"""Rules about products and employees: values made alike, numbers as text, and words in other languages."""

from __future__ import annotations

from bench.rules.language import Then, about, both, case, day, do, either, low, no, num, t, tag, yes
from shared.rules.draft import Formula

about("product")

# fmt: off
case("out-of-stock", "en", 'Tag products with a stock of 0 or less as "Out of stock"', t("stock", "lessOrEqual", "0"),
     tag("Out of stock"), lambda r: num(r.stock) <= 0, Then(("Out of stock",)), scope="Entity")
case("negative-stock", "en", 'If the stock is below 0, set the stock to 0', t("stock", "less", "0"),
     [do("setValue", key="stock", value="0")], lambda r: num(r.stock) < 0, Then(sets={"stock": lambda r: "0"}))
case("currency-upper", "en", 'Currency codes must be upper case', None, [do("upperCase", key="currency")],
     lambda r: True, Then(sets={"currency": lambda r: r.currency and str(r.currency).upper()}))
case("unit-lower", "en", 'Units in lower case please', None, [do("lowerCase", key="unit")], lambda r: True,
     Then(sets={"unit": lambda r: r.unit and str(r.unit).lower()}))
case("sku-upper", "en", 'Write the SKU in upper case', None, [do("upperCase", key="sku")], lambda r: True,
     Then(sets={"sku": lambda r: r.sku and str(r.sku).upper()}))
case("missing-currency", "en", 'Where the currency is missing, add EUR', None,
     [do("addValue", key="currency", value="EUR")], lambda r: True,
     Then(sets={"currency": lambda r: "EUR" if no(r.currency) else r.currency}))
case("bad-ean", "en", 'Tag products whose EAN does not match ^\\d{13}$ as "Invalid EAN"',
     t("ean", "notMatchesPattern", r"^\d{13}$"), tag("Invalid EAN"),
     lambda r: not (low(r.ean).isdigit() and len(low(r.ean)) == 13), Then(("Invalid EAN",)), scope="Entity")
case("good-sku", "en", 'Tag products with a SKU of three letters, a dash and four digits as "Good SKU"',
     t("sku", "matchesPattern", r"^[A-Z]{3}-\d{4}$"), tag("Good SKU"),
     lambda r: low(r.sku)[:3].isalpha() and low(r.sku)[3] == "-" and low(r.sku)[4:].isdigit() and len(low(r.sku)) == 8,
     Then(("Good SKU",)), scope="Entity")
case("german-ean", "en", 'Tag products whose EAN begins with 400 as "German"', t("ean", "beginsWith", "400"),
     tag("German"), lambda r: low(r.ean).startswith("400"), Then(("German",)), scope="Entity")
case("furniture-category", "en", 'Set the category to Furniture for products whose name ends with chair',
     t("name", "endsWith", "chair"), [do("setValue", key="category", value="Furniture")],
     lambda r: low(r.name).endswith("chair"), Then(sets={"category": lambda r: "Furniture"}))
case("trim-name", "en", 'Remove needless spaces from the product name', None, [do("trim", key="name")],
     lambda r: True, Then(sets={"name": lambda r: " ".join(str(r.name).split())}))
case("title-name", "en", 'Title case for the product name', None, [do("titleCase", key="name")], lambda r: True,
     Then(sets={"name": lambda r: str(r.name).title()}))
case("expensive-usd", "en", 'Tag products in USD with a price above 100 as "Expensive"',
     both(t("currency", "equals", "USD"), t("price", "greater", "100")), tag("Expensive"),
     lambda r: low(r.currency) == "usd" and num(r.price) > 100, Then(("Expensive",)), scope="Entity")
case("price-band", "en", 'Price between 30 and 80: tag "Mid price"', t("price", "between", "30", "80"),
     tag("Mid price"), lambda r: 30 <= num(r.price) <= 80, Then(("Mid price",)), scope="Entity")
case("light-or-heavy", "en", 'Tag products that weigh less than 1 or more than 13 as "Odd weight"',
     either(t("weight", "less", "1"), t("weight", "greater", "13")), tag("Odd weight"),
     lambda r: num(r.weight) < 1 or num(r.weight) > 13, Then(("Odd weight",)), scope="Entity")
case("on-sale", "en", 'Products that are not discontinued and have a stock of more than 100: tag "Sell"',
     both(t("discontinued", "isFalse"), t("stock", "greater", "100")), tag("Sell"),
     lambda r: not yes(r.discontinued) and num(r.stock) > 100, Then(("Sell",)), scope="Entity")
case("dash-sku", "en", 'Replace the dash in the SKU by an underscore', None,
     [do("replaceValue", key="sku", old="-", new="_")], lambda r: True,
     Then(sets={"sku": lambda r: str(r.sku).replace("-", "_")}))
case("round-price", "en", 'Round the price to whole numbers', None, [do("roundNumber", key="price")], lambda r: True,
     Then(sets={"price": lambda r: str(int(num(r.price) + 0.5))}))
case("round-weight", "en", 'Round the weight to one decimal', None, [do("roundNumber", key="weight", digits="1")],
     lambda r: True,
     Then(sets={"weight": lambda r: {"0.02": "0", "14": "14"}.get(str(r.weight), r.weight)}))
case("launch-date", "en", 'Write the launch date as yyyy-MM-dd; some are dd/MM/yyyy', None,
     [do("normalizeDate", key="launchDate", format="yyyy-MM-dd", frm="dd/MM/yyyy")], lambda r: True,
     Then(sets={"launchDate": lambda r: "2022-12-31" if r.launchDate == "31/12/2022" else r.launchDate}))
case("launched-after", "en", 'Tag products launched after 2020-12-31 as "Recent"',
     t("launchDate", "greater", "2020-12-31"), tag("Recent"), lambda r: day(r.launchDate) > "2020-12-31",
     Then(("Recent",)), scope="Entity")
case("old-products", "en", 'Tag products launched on or before 2015-06-01 as "Classic"',
     t("launchDate", "lessOrEqual", "2015-06-01"), tag("Classic"), lambda r: "" < day(r.launchDate) <= "2015-06-01",
     Then(("Classic",)), scope="Entity")
case("description-breaks", "en", 'No line breaks in the description', None,
     [do("removeLineBreaks", key="description")], lambda r: True,
     Then(sets={"description": lambda r: r.description and str(r.description).replace("\n", " ")}))
case("camel-category", "en", 'Write the description in camel case where the category is Paint',
     t("category", "equals", "Paint"), [do("camelCase", key="description")], lambda r: r.category == "Paint",
     Then(sets={"description": lambda r: {"SAMPLE": "sample", "red-paint": "redPaint"}[str(r.description)]}))
case("change-domain", "en", 'Products of category Lighting become business domain /Lamp',
     t("category", "equals", "Lighting"), [do("changeBusinessDomain", value="/Lamp")],
     lambda r: r.category == "Lighting", Then(sets={"businessDomain": lambda r: "/Lamp"}))
case("ai-color", "en", 'Let AI add the color from the description where the color is missing', t("color", "isEmpty"),
     [do("addValueWithAI", key="color", prompt="The color, from the description")], lambda r: no(r.color), Then())
case("ai-description", "en", 'Let AI rewrite the description in plain English for Furniture',
     t("category", "equals", "Furniture"), [do("setValueWithAI", key="description", prompt="In plain English")],
     lambda r: low(r.category) == "furniture", Then())
case("unmask", "en", 'Unmask the supplier of discontinued products', t("discontinued", "isTrue"),
     [do("unmaskValue", key="supplier")], lambda r: yes(r.discontinued), Then())
case("supplier-formula", "en", 'Set the unit to kg where the unit is KG, written exactly so', Formula(
     'GetVocabularyKeyValue(Entity,"product.unit")="KG"'), [do("setValue", key="unit", value="kg")],
     lambda r: r.unit == "KG", Then(sets={"unit": lambda r: "kg"}))
case("price-formula", "en", 'Set the price to the price times 2 where the currency is USD',
     t("currency", "equals", "USD"),
     [do("formula", key="price", formula='Text(Value(GetVocabularyKeyValue(Entity,"product.price"))*2)')],
     lambda r: r.currency == "USD", Then(sets={"price": lambda r: {"249": "498", "35.5": "71"}[str(r.price)]}))
case("not-two-colors", "en", 'Tag products whose color is neither Green nor Black as "Other color"',
     t("color", "notIn", "Green", "Black"), tag("Other color"), lambda r: low(r.color) not in ("green", "black"),
     Then(("Other color",)), scope="Entity")
case("de-lager", "de", 'Kennzeichne Produkte mit einem Bestand über 100 mit dem Tag "Genug"',
     t("stock", "greater", "100"), tag("Genug"), lambda r: num(r.stock) > 100, Then(("Genug",)), scope="Entity")
case("de-leer", "de", 'Produkte ohne Lieferant bekommen das Tag "Lieferant fehlt"', t("supplier", "isEmpty"),
     tag("Lieferant fehlt"), lambda r: no(r.supplier), Then(("Lieferant fehlt",)), scope="Entity")
case("de-gross", "de", 'Schreibe die Währung in Großbuchstaben', None, [do("upperCase", key="currency")],
     lambda r: True, Then(sets={"currency": lambda r: r.currency and str(r.currency).upper()}))
case("de-und-oder", "de",
     'Produkte der Kategorie Paint mit einem Preis über 1000 oder einem Bestand unter 0 bekommen das Tag "Prüfen"',
     both(t("category", "equals", "Paint"), either(t("price", "greater", "1000"), t("stock", "less", "0"))),
     tag("Prüfen"), lambda r: r.category == "Paint" and (num(r.price) > 1000 or num(r.stock) < 0), Then(("Prüfen",)),
     scope="Entity")
case("fr-poids", "fr", 'Ajoute le tag "Lourd" aux produits dont le poids est supérieur à 10',
     t("weight", "greater", "10"), tag("Lourd"), lambda r: num(r.weight) > 10, Then(("Lourd",)), scope="Entity")
case("fr-couleur", "fr", 'Si la couleur est vide, mets la couleur à "inconnue"', t("color", "isEmpty"),
     [do("setValue", key="color", value="inconnue")], lambda r: no(r.color), Then(sets={"color": lambda r: "inconnue"}))
case("fr-minuscules", "fr", 'Mettre l\'unité en minuscules', None, [do("lowerCase", key="unit")], lambda r: True,
     Then(sets={"unit": lambda r: r.unit and str(r.unit).lower()}))
case("es-precio", "es", 'Etiqueta como "Barato" los productos con un precio menor que 40', t("price", "less", "40"),
     tag("Barato"), lambda r: num(r.price) < 40, Then(("Barato",)), scope="Entity")
case("es-proveedor", "es", 'Etiqueta como "Hansen" los productos cuyo proveedor contiene Hansen',
     t("supplier", "contains", "Hansen"), tag("Hansen"), lambda r: "hansen" in low(r.supplier), Then(("Hansen",)),
     scope="Entity")
case("it-colore", "it", 'Aggiungi il tag "Verde o nero" ai prodotti il cui colore è Green o Black',
     t("color", "in", "Green", "Black"), tag("Verde o nero"), lambda r: low(r.color) in ("green", "black"),
     Then(("Verde o nero",)), scope="Entity")
case("pt-estoque", "pt", 'Marque com a etiqueta "Sem estoque" os produtos com estoque igual a 0',
     t("stock", "equals", "0"), tag("Sem estoque"), lambda r: str(r.stock) == "0", Then(("Sem estoque",)),
     scope="Entity")
case("ja-category", "ja", 'カテゴリーが Paint の製品に「塗料」というタグを付ける', t("category", "equals", "Paint"),
     tag("塗料"), lambda r: r.category == "Paint", Then(("塗料",)), scope="Entity")

about("employee")
case("minor", "en", 'Tag employees younger than 18 as "Minor"', t("age", "less", "18"), tag("Minor"),
     lambda r: num(r.age) < 18, Then(("Minor",)), scope="Entity")
case("well-paid", "en", 'Employees with a salary of at least 98000 get the tag "Well paid"',
     t("salary", "greaterOrEqual", "98000"), tag("Well paid"), lambda r: num(r.salary) >= 98000, Then(("Well paid",)),
     scope="Entity")
case("left", "en", 'If an employee has an end date, set active to false', t("endDate", "isNotEmpty"),
     [do("setValue", key="active", value="false")], lambda r: not no(r.endDate),
     Then(sets={"active": lambda r: "false"}))
case("no-manager", "en", 'Tag employees without a manager as "No manager"', t("manager", "isEmpty"), tag("No manager"),
     lambda r: no(r.manager), Then(("No manager",)), scope="Entity")
case("private-mail", "en", 'Tag employees whose work email does not end with @acme.com as "Wrong mail"',
     t("workEmail", "notEndsWith", "@acme.com"), tag("Wrong mail"),
     lambda r: not low(r.workEmail).endswith("@acme.com"), Then(("Wrong mail",)), scope="Entity")
case("seniors", "en", 'Tag employees whose title contains senior or director as "Senior"',
     either(t("title", "contains", "senior"), t("title", "contains", "director")), tag("Senior"),
     lambda r: "senior" in low(r.title) or "director" in low(r.title), Then(("Senior",)), scope="Entity")
case("grade-upper", "en", 'Grades in capital letters', None, [do("upperCase", key="grade")], lambda r: True,
     Then(sets={"grade": lambda r: r.grade and str(r.grade).upper()}))
case("level-band", "en", 'Employees of level 3 to 5 get the tag "Middle"', t("level", "between", "3", "5"),
     tag("Middle"), lambda r: 3 <= num(r.level) <= 5, Then(("Middle",)), scope="Entity")
case("badge-pattern", "en", 'Tag employees whose badge does not match ^[A-C]-\\d{3}$ as "Bad badge"',
     t("badge", "notMatchesPattern", r"^[A-C]-\d{3}$"), tag("Bad badge"),
     lambda r: not (low(r.badge)[:2] in ("a-", "b-", "c-") and low(r.badge)[2:].isdigit() and len(low(r.badge)) == 5),
     Then(("Bad badge",)), scope="Entity")
case("research-lead", "en", 'Tag active employees of department Research with level 6 or higher as "Research lead"',
     both(t("active", "isTrue"), t("department", "equals", "Research"), t("level", "greaterOrEqual", "6")),
     tag("Research lead"), lambda r: yes(r.active) and low(r.department) == "research" and num(r.level) >= 6,
     Then(("Research lead",)), scope="Entity")
case("name-trim", "en", 'Trim the names', None, [do("trim", key="name")], lambda r: True,
     Then(sets={"name": lambda r: " ".join(str(r.name).split())}))
case("office-english", "en", 'Replace København by Copenhagen in the office', None,
     [do("replaceValue", key="office", old="København", new="Copenhagen")], lambda r: True,
     Then(sets={"office": lambda r: str(r.office).replace("København", "Copenhagen")}))
case("da-kontor", "da", 'Giv medarbejdere på kontoret København tagget "Hovedkontor"',
     t("office", "equals", "København"), tag("Hovedkontor"), lambda r: r.office == "København",
     Then(("Hovedkontor",)), scope="Entity")
case("da-uden-mail", "da", 'Medarbejdere uden arbejdsmail skal have tagget "Mangler mail"', t("workEmail", "isEmpty"),
     tag("Mangler mail"), lambda r: no(r.workEmail), Then(("Mangler mail",)), scope="Entity")
case("pl-wiek", "pl", 'Oznacz pracowników w wieku powyżej 40 lat tagiem "Starszy"', t("age", "greater", "40"),
     tag("Starszy"), lambda r: num(r.age) > 40, Then(("Starszy",)), scope="Entity")
case("nl-salaris", "nl", 'Geef medewerkers met een salaris onder 50000 de tag "Laag"', t("salary", "less", "50000"),
     tag("Laag"), lambda r: num(r.salary) < 50000, Then(("Laag",)), scope="Entity")
case("zh-office", "zh", '给办公室在 Berlin 的员工加上标签 "柏林"', t("office", "equals", "Berlin"), tag("柏林"),
     lambda r: r.office == "Berlin", Then(("柏林",)), scope="Entity")
case("ru-department", "ru", 'Добавь тег "Без отдела" сотрудникам, у которых не указан отдел',
     t("department", "isEmpty"), tag("Без отдела"), lambda r: no(r.department), Then(("Без отдела",)), scope="Entity")
case("de-eintritt", "de", 'Mitarbeiter, die vor dem 2015-01-01 begonnen haben, bekommen das Tag "Lange dabei"',
     t("startDate", "less", "2015-01-01"), tag("Lange dabei"), lambda r: "" < day(r.startDate) < "2015-01-01",
     Then(("Lange dabei",)), scope="Entity")
case("es-nombre", "es", 'Pon el nombre en mayúsculas', None, [do("upperCase", key="name")], lambda r: True,
     Then(sets={"name": lambda r: str(r.name).upper()}))
# fmt: on
