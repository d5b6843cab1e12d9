"""Words that are numbers and nothing else, in some languages: where one is said, a threshold may have been.

Left out are words that are also articles, prepositions or others (``ein``, ``un``, ``en``, ``to``, ``fire``, ``one``).
"""

from __future__ import annotations

from typing import Final

_WORDS: Final = """
zero two three four five six seven eight nine eleven twelve fifteen eighteen twenty thirty forty fifty sixty hundred
thousand million billion dozen
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf achtzehn zwanzig dreißig fünfzig hundert tausend millionen
deux trois quatre cinq sept huit neuf dix onze douze vingt trente cinquante cent mille
dos tres cuatro cinco seis siete ocho nueve diez once doce dieciocho veinte treinta cincuenta cien ciento millón
tre fem seks syv otte elleve tolv atten tyve tredive halvtreds hundrede tusind
twee drie vijf zes zeven negen tien twaalf achttien twintig dertig vijftig honderd duizend
quattro cinque sette otto nove dieci undici dodici diciotto venti trenta cinquanta cento
dois duas três quatro sete oito dez dezoito vinte trinta cinquenta
dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć osiemnaście dwadzieścia tysiąc milion
два три четыре пять шесть семь восемь девять десять восемнадцать двадцать сто тысяча миллион
"""
NUMBER_WORDS: Final = frozenset(_WORDS.split())
