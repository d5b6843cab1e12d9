"""Words of business data, one row a word: English, German, French, Spanish, Polish, Danish. Data only.

For making foreign data sets out of an English catalogue (``bench/mangling.py``), and for nothing in the product:
written before, and apart from, whatever the product knows of languages.
"""

from __future__ import annotations

LANGUAGES = ("de", "fr", "es", "pl", "da")

_TABLE = """
account konto compte cuenta konto konto
accounting buchhaltung comptabilité contabilidad księgowość regnskab
active aktiv actif activo aktywny aktiv
activity aktivität activité actividad aktywność aktivitet
address adresse adresse dirección adres adresse
agreement vereinbarung accord acuerdo umowa aftale
amount betrag montant importe kwota beløb
asset anlage actif activo aktywo aktiv
balance saldo solde saldo saldo saldo
bank bank banque banco bank bank
batch charge lot lote partia parti
birth geburt naissance nacimiento urodzenia fødsel
budget budget budget presupuesto budżet budget
building gebäude bâtiment edificio budynek bygning
calendar kalender calendrier calendario kalendarz kalender
carrier spediteur transporteur transportista przewoźnik transportør
cash bar espèces efectivo gotówka kontant
category kategorie catégorie categoría kategoria kategori
changed geändert modifié cambiado zmieniono ændret
charge gebühr frais cargo opłata gebyr
city stadt ville ciudad miasto by
code kürzel code código kod kode
color farbe couleur color kolor farve
company firma société empresa firma firma
contact kontakt contact contacto kontakt kontakt
cost kosten coût coste koszt omkostning
country land pays país kraj land
county kreis comté condado powiat amt
created erstellt créé creado utworzono oprettet
credit kredit crédit crédito kredyt kredit
currency währung devise moneda waluta valuta
customer kunde client cliente klient kunde
date datum date fecha data dato
days tage jours días dni dage
debit soll débit débito debet debet
default standard défaut predeterminado domyślny standard
delivery lieferung livraison entrega dostawa levering
department abteilung département departamento dział afdeling
description beschreibung description descripción opis beskrivelse
destination ziel destination destino cel destination
discount rabatt remise descuento rabat rabat
district bezirk district distrito dzielnica distrikt
document dokument document documento dokument dokument
email email courriel correo email email
employee mitarbeiter employé empleado pracownik medarbejder
end ende fin fin koniec slut
entry eintrag écriture asiento wpis postering
exchange umtausch change cambio wymiana veksling
expense ausgabe dépense gasto wydatek udgift
external extern externe externo zewnętrzny ekstern
fax fax télécopie fax faks fax
field feld champ campo pole felt
first vor premier primer pierwszy første
fixed fest fixe fijo stały fast
from von de desde od fra
group gruppe groupe grupo grupa gruppe
hierarchy hierarchie hiérarchie jerarquía hierarchia hierarki
inventory bestand stock inventario zapasy lager
invoice rechnung facture factura faktura faktura
is ist est es czy er
item artikel article artículo pozycja vare
job stelle poste puesto stanowisko job
journal journal journal diario dziennik kladde
language sprache langue idioma język sprog
last nach dernier último ostatni sidste
ledger hauptbuch grandlivre mayor księga finans
legal rechtlich juridique legal prawny juridisk
level ebene niveau nivel poziom niveau
limit grenze limite límite limit grænse
line zeile ligne línea linia linje
list liste liste lista lista liste
location ort emplacement ubicación lokalizacja placering
main haupt principal principal główny hoved
maximum höchst maximum máximo maksimum maksimum
method methode méthode método metoda metode
minimum mindest minimum mínimo minimum minimum
mode modus mode modo tryb tilstand
model modell modèle modelo model model
modified bearbeitet modifié modificado zmodyfikowano ændret
month monat mois mes miesiąc måned
name name nom nombre nazwa navn
note notiz note nota uwaga notat
number nummer numéro número numer nummer
operation vorgang opération operación operacja operation
order auftrag commande pedido zamówienie ordre
organization organisation organisation organización organizacja organisation
origin herkunft origine origen pochodzenie oprindelse
owner besitzer propriétaire propietario właściciel ejer
parent übergeordnet parent padre nadrzędny overordnet
party partei partie parte strona part
payment zahlung paiement pago płatność betaling
percentage prozent pourcentage porcentaje procent procent
period zeitraum période periodo okres periode
person person personne persona osoba person
personnel personal personnel personal personel personale
phone telefon téléphone teléfono telefon telefon
plan plan plan plan plan plan
policy richtlinie politique política zasada politik
position position position posición pozycja stilling
postal post postal postal pocztowy post
posting buchung comptabilisation registro księgowanie bogføring
price preis prix precio cena pris
primary primär principal primario podstawowy primær
priority priorität priorité prioridad priorytet prioritet
product produkt produit producto produkt produkt
production produktion production producción produkcja produktion
profile profil profil perfil profil profil
project projekt projet proyecto projekt projekt
purchase einkauf achat compra zakup køb
purpose zweck but propósito cel formål
quantity menge quantité cantidad ilość antal
rate satz taux tasa stawka sats
reason grund motif motivo powód årsag
receipt beleg reçu recibo paragon kvittering
record datensatz enregistrement registro rekord post
reference referenz référence referencia odniesienie reference
region region région región region region
registration anmeldung inscription registro rejestracja registrering
required erforderlich requis requerido wymagany påkrævet
resource ressource ressource recurso zasób ressource
return rückgabe retour devolución zwrot retur
role rolle rôle rol rola rolle
route weg itinéraire ruta trasa rute
rule regel règle regla reguła regel
sales verkauf ventes ventas sprzedaż salg
schedule zeitplan calendrier horario harmonogram tidsplan
sequence folge séquence secuencia sekwencja sekvens
service dienst service servicio usługa service
shipping versand expédition envío wysyłka forsendelse
site standort site sitio zakład lokalitet
size größe taille tamaño rozmiar størrelse
source quelle source origen źródło kilde
start beginn début inicio początek start
state bundesland état estado stan stat
status status statut estado status status
street strasse rue calle ulica gade
style stil style estilo styl stil
symbol zeichen symbole símbolo symbol symbol
table tabelle table tabla tabela tabel
tax steuer taxe impuesto podatek skat
template vorlage modèle plantilla szablon skabelon
text text texte texto tekst tekst
time zeit heure hora czas tid
to bis à hasta do til
total gesamt total total suma total
transaction transaktion transaction transacción transakcja transaktion
transfer überweisung virement transferencia przelew overførsel
type art type tipo typ type
unit einheit unité unidad jednostka enhed
user benutzer utilisateur usuario użytkownik bruger
valid gültig valide válido ważny gyldig
value wert valeur valor wartość værdi
vendor lieferant fournisseur proveedor dostawca leverandør
version version version versión wersja version
voucher gutschein bon vale bon bilag
warehouse lager entrepôt almacén magazyn lagersted
weight gewicht poids peso waga vægt
worker arbeiter travailleur trabajador robotnik arbejder
year jahr année año rok år
zip plz postal postal pocztowy postnummer
zone zone zone zona strefa zone
"""

WORDS: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
"""Language → English word → the word in it."""
for _row in _TABLE.split("\n"):
    _english, *_foreign = _row.split() or [""]
    for _language, _word in zip(LANGUAGES, _foreign, strict=bool(_english)) if _english else ():
        WORDS[_language][_english] = _word
