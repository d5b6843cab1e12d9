"""Detectors of durations and time zones. Each takes one trimmed value."""

from __future__ import annotations

import re

_ISO_DURATION = re.compile(
    r"^[+-]?P(?=\d|T\d)(?:[\d.,]{1,12}Y)?(?:[\d.,]{1,12}M)?(?:[\d.,]{1,12}W)?(?:[\d.,]{1,12}D)?"
    r"(?:T(?:[\d.,]{1,12}H)?(?:[\d.,]{1,12}M)?(?:[\d.,]{1,12}S)?)?$"
)
_UNIT = (
    r"(?:y|yrs?|years?|mo|mos|months?|w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|ms"
    r"|millis(?:econds)?|quarters?|nights?|fortnights?"
    r"|stunden?|std\.?|min\.|minuten?|sekunden?|sek\.?|tagen?|tage|wochen?|monate?n?|jahre?n?"
    r"|heures?|jours?|semaines?|mois|ans?|années?|secondes?"
    r"|horas?|minutos?|segundos?|d[ií]as?|semanas?|m[eê]s|meses|años?|anos?"
    r"|or[ae]|minut[oi]|second[oi]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]"
    r"|uur|uren|minuten|seconden|dag|dagen|weken|maand|maanden|jaar|jaren"
    r"|timer?|timmar|minutter|minuter|sekunder|dage?r?|dagar|uger?|uker|veckor|vecka|måneder?|månader?|år|tuntia?"
    r"|päivää?|viikkoa?|kuukautta|vuotta|godzin[ay]?|minut[ay]?|dni|dzień|tygodni[ea]?|tydzień|miesi[ąę]c[ey]?|rok"
    r"|lata|lat"
    r"|hodin[ay]?|dn[íy]|týdn[ůy]|měsíc[eů]?|let|roky|saat|dakika|gün|hafta|ay|yıl|óra|perc|nap|hét|hónap|év"
    r"|ώρ(?:α|ες)|λεπτ(?:ό|ά)|ημέρ(?:α|ες)|μήν(?:ας|ες)|έτ(?:ος|η)"
    r"|час(?:а|ов)?|ч\.?|минут[аы]?|мин\.?|секунд[аы]?|сек\.?|дн(?:я|ей)|день|недел[яиь]|месяц(?:а|ев)?|мес\.?"
    r"|год(?:а)?|лет"
    r"|годин[аи]?|хвилин[аи]?|дні|днів|тижн(?:і|ів)|місяц(?:і|ів)|рок(?:и|ів)|рік"
    r"|時間|分間?|秒間?|日間?|週間|[かヶケカ箇]?月間?|年間?|ヶ月|か月|小时|小時|分钟|分鐘|天|周|週|星期|个月|個月|[个個]小时"
    r"|시간|분|초|일|주|개월|년|घंटे|घंटा|मिनट|दिन|सप्ताह|महीने|महीना|साल|वर्ष|ساعات?|ساعة|دقيقة|دقائق|يوم|أيام|أسبوع|أسابيع"
    r"|شهر|أشهر|سنة|سنوات"
    r"|ชั่วโมง|นาที|วัน|สัปดาห์|เดือน|ปี|giờ|phút|ngày|tuần|tháng|năm|jam|menit|hari|minggu|bulan|tahun)"
)
_WORDED_DURATION = re.compile(
    rf"^-?(?:\d{{1,6}}(?:[.,]\d{{1,6}})?\s?{_UNIT}(?:,?\s|,|\s(?:and|und|et|y|e|en|og|och|i|и)\s|$|(?=\d))){{1,6}}$",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"^-?\d{1,5}[.:]\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?$|^-?\d{1,5}:[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?$|^\d{1,4}:[0-5]\d$"
)
_ZONE = re.compile(
    r"^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico"
    r"|Pacific|US)"
    r"(?:/[A-Za-z0-9_+-]{1,30}){1,2}$|^\(?(?:UTC|GMT)\s?[+-±−]\s?\d{1,2}(?::?\d{2})?\)?(?:\s.{1,60})?$"
    r"|^\((?:UTC|GMT)\)\s.{1,60}$|^[A-Z][A-Za-z. ]{2,40}(?: Standard| Daylight| Summer) Time$|^[+\-−](?:0\d"
    r"|1[0-4]):[0-5]\d$"
)
_ZONE_NAME = re.compile(
    r"^(?:UTC|GMT|Z|CET|CEST|EET|EEST|WET|WEST|MEZ|MESZ|BST|IST|JST|KST|MSK|SGT|HKT|[ECMP][SD]?T|AK[SD]T|HST"
    r"|A[EWC][SD]T"
    r"|NZ[SD]T|BRT|ART|CAT|EAT|WAT|SAST|PKT|ICT|WIB|PHT|TRT|AST|ADT|NST|[+-]\d{1,2}(?::?\d{2})?)$"
)
_LONGEST = 64


def duration(value: str) -> bool:
    if not 2 <= len(value) <= _LONGEST:
        return False
    return bool(_ISO_DURATION.match(value) if value.lstrip("+-")[:1] == "P" else _WORDED_DURATION.match(value))


def named_duration(value: str) -> bool:
    return duration(value) or (len(value) <= 24 and _SPAN.match(value) is not None)


def time_zone(value: str) -> bool:
    return 5 <= len(value) <= 80 and _ZONE.match(value) is not None


def named_time_zone(value: str) -> bool:
    return time_zone(value) or _ZONE_NAME.match(value) is not None
