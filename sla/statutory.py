"""Days no official calendar has spoken about yet: weekends plus statutory holidays, always provisional."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

SATURDAY = 5
# Where a zone is not listed only its weekends are known; its holidays have to be imported.
COUNTRIES = dict.fromkeys(("Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC"), "CN")

# Keyed by the words both libraries use in English, longest match first ("Chinese New Year" before "New Year").
HOLIDAY_NAMES = {
    "Chinese New Year": ("春节", "Spring Festival"),
    "Spring Festival": ("春节", "Spring Festival"),
    "New Year": ("元旦", "New Year's Day"),
    "Tomb": ("清明节", "Qingming Festival"),
    "Labo": ("劳动节", "Labour Day"),  # Labor Day, Labour Day
    "Dragon Boat": ("端午节", "Dragon Boat Festival"),
    "Mid-": ("中秋节", "Mid-Autumn Festival"),
    "National Day": ("国庆节", "National Day"),
    "Anti-Fascist": ("抗战胜利纪念日", "Victory Day"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One local date. `provisional`: computed, not published."""

    is_workday: bool
    kind: str
    name_zh: str = ""
    name_en: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class _Year:
    names: Mapping[date, str]
    makeup: frozenset[date]


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def holiday_name(english: str) -> tuple[str, str]:
    """Chinese and English name for a library's name; empty for a substituted day off."""
    return next((names for word, names in HOLIDAY_NAMES.items() if word in english), ("", ""))


def kind_of(day: date, *, is_workday: bool, named: bool) -> str:
    """The one reading of a published date: a rest day in the week is a holiday, a working weekend a make-up day."""
    if is_workday:
        return "makeup" if is_weekend(day) else "workday"
    return "weekend" if is_weekend(day) and not named else "holiday"


def provisional_day(day: date, zone: str) -> Day:
    """What is known of a date without a published row. For China the yearly make-up days cannot be known."""
    country = COUNTRIES.get(zone)
    year = _statutory(country, day.year) if country else _Year({}, frozenset())
    if day in year.makeup:
        return Day(is_workday=True, kind="makeup", provisional=True)
    if day in year.names:
        return Day(False, "provisional_holiday", *holiday_name(year.names[day]), provisional=True)
    if is_weekend(day):
        return Day(is_workday=False, kind="weekend", provisional=True)
    return Day(is_workday=True, kind="workday", provisional=True)


@lru_cache(maxsize=64)  # a library's table, not our rows: nothing an admin could change
def _statutory(country: str, year: int) -> _Year:
    table = holidays.country_holidays(country, years=year, language="en_US")
    return _Year(dict(table.items()), frozenset(table.weekend_workdays))
