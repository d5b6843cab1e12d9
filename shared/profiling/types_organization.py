"""Detectors of names of organizations. Each takes one trimmed value."""

from __future__ import annotations

import re

_LEGAL = re.compile(
    r"[\s,(](?:ltd|limited|llc|l\.l\.c|inc|incorporated|corp|corporation|co|company|plc|llp|l\.p|pty|pte|pvt|cic"
    r"|gmbh|ggmbh|ohg"
    r"|e\.v|ev|e\.g|e\.u|kgaa|mbh|gbr|s\.a|sas|s\.a\.s|sasu|sarl|s\.a\.r\.l|sàrl|eurl|sca|sci|snc|s\.n\.c|s\.l|slu"
    r"|s\.l\.u|sll"
    r"|s\.c|c\.a|srl|s\.r\.l|srls|spa|s\.p\.a|s\.a\.p\.a|scarl|coop|b\.v|n\.v|vof|v\.o\.f|c\.v|u\.a|a/s|aps|i/s|k/s"
    r"|p/s|oyj"
    r"|asa|ans|sp\.?\s?z\s?o\.?\s?o|sp\.?\s?[kj]|s\.k\.a|s\.r\.o|spol\.?\s?s\s?r\.?\s?o|a\.s|v\.o\.s|kft|zrt|nyrt|bt"
    r"|d\.o\.o"
    r"|doo|d\.d|a\.d|ood|eood|ltda|s/a|eireli|lda|s\.a\. de c\.v|s\. de r\.l(?:\. de c\.v)?|sia|uab|a\.?\s?ş"
    r"|ltd\.?\s?şti|şti"
    r"|k\.k|g\.k|sdn\.?\s?bhd|bhd|tbk|jsc|pjsc|ojsc|fze|fzco|fz-llc|wll|w\.l\.l|saog|psc|ооо|зао|оао|пао|ао|тоо|тов"
    r"|пп|ат|еоод|оод"
    r"|αε|α\.ε|επε|ε\.π\.ε|ικε|ι\.κ\.ε|οε|ο\.ε|εε|scrl|sprl|bvba|asbl|vzw|cvba|& co"
    r"|(?:and|&|und|et|y|e|og|och|i) (?:sons?|partners?|cie|fils|frères|söhne|hijos|figli|sønner|söner|wspólnicy"
    r"|associates|co))\.?\)?$"
    r"|[^,]\s(?-i:AG|KG|UG|SA|SE|SL|BV|NV|AS|AB|HB|KB|OY|Oy|LP|KK|AŞ|OÜ|ApS|EK|SC|CA|AD)\)?$"
    r"|有限会社|株式会社|合同会社|合資会社|一般社団法人|医療法人|学校法人|有限公司|股份|公司$|集团$|集團$|(?:厂|工厂|商行|银行|銀行|大学|大學|医院|病院)$"
    r"|^[(（]?[株有][)）]|[(（][株有][)）]$|㈱|㈲|주식회사|\(주\)|㈜|유한회사|은행$"
    r"|^(?-i:ООО|ЗАО|ОАО|ПАО|АО|ИП|ТОО|ФГУП|МУП|ТОВ|ПП|ПрАТ|АТ|PT|CV|UAB|SIA|AS|OÜ|SC|M/s|M/S|CÔNG TY|Công ty|บริษัท"
    r"|หจก\.?)[\s.«\"]"
    r"|^شركة\s|^مؤسسة\s|בע[״\"']מ$|(?:प्राइवेट )?लिमिटेड$|จำกัด$|\(มหาชน\)$|[™®]$",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:bank|banque|banco|banca|sparkasse|university|universität|université|universidad|universidade|università"
    r"|universiteit"
    r"|universitet|uniwersytet|college|school|schule|école|escuela|gymnasium|institute|institut|instituto|academy"
    r"|akademie|hospital"
    r"|clinic|hotel|hôtel|inn|resort|lodge|suites|restaurant|foundation|association|asociación|associazione|society"
    r"|council|ministry"
    r"|ministerium|agency|authority|federation|union|holdings?|group|groupe|grupo|gruppo|gruppe|gruppen|partners"
    r"|associates"
    r"|consulting|industries|enterprises|systems|solutions|technologies|technology|labs|laboratories|services"
    r"|logistics|pharma"
    r"|pharmaceuticals|motors|airlines|airways|insurance|versicherung|assurances|seguros|capital|ventures|trading"
    r"|traders"
    r"|manufacturing|electronics|foods|brothers|stores?|supermarket|museum|church|club|verein|stiftung|stadtwerke"
    r"|klinik|krankenhaus"
    r"|apotheke|bäckerei|банк|университет|завод|школа|больница)\b",
    re.IGNORECASE,
)


def organization(value: str) -> bool:
    """A name with a legal form: Ltd, GmbH, S.A., 株式会社."""
    return 3 <= len(value) <= 120 and any(map(str.isalpha, value)) and _LEGAL.search(value) is not None


def kind_of_organization(value: str) -> bool:
    """With a legal form, or a word such as Bank, Hotel, University."""
    return organization(value) or (len(value) <= 120 and _KIND.search(value) is not None)


def of_some_kind(value: str) -> bool:
    """In a field whose name says nothing: such a word in a name of two to eight words that starts with a capital."""
    return 1 <= value.count(" ") <= 7 and value[:1].isupper() and kind_of_organization(value)


def named_organization(value: str) -> bool:
    return 1 <= len(value) <= 160 and any(map(str.isalpha, value)) and "@" not in value
