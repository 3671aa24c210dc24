"""A deadline in words: how its date came about, from the basis kept with it alone, in Chinese and English.

The two languages build the sentence differently (word order, plurals, date ranges), and the basis is data, so the phrases stand
here and not in the gettext catalogue.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from lib.languages import in_chinese, in_script
from lib.zones import DEFAULT_ZONE
from sla.calendars import zone_info
from sla.durations import Basis, DaysOff

ZH_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EN_UNITS = {"wall": "hour", "day": "day", "wd": "working day"}
ZH_UNITS = {"wall": "小时", "day": "天", "wd": "个工作日"}
ZONE_NAMES = {"Asia/Shanghai": ("北京时间", "Beijing time")}


@dataclass(frozen=True, slots=True)
class _Words:
    """One language. `year` is the one that goes without saying."""

    language: str
    year: int

    @property
    def chinese(self) -> bool:
        return self.language == "zh"

    def day(self, each: date) -> str:
        if self.chinese:
            return f"{self._zh_year(each)}{each.month}月{each.day}日（{ZH_WEEKDAYS[each.weekday()]}）"
        return f"{EN_WEEKDAYS[each.weekday()]} {each.day} {EN_MONTHS[each.month - 1]}{self._en_year(each)}"

    def moment(self, at: datetime) -> str:
        clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
        return f"{self.day(at.date())}{clock}" if self.chinese else f"{self.day(at.date())} {clock}"

    def midnight(self, each: date) -> str:
        return f"{self.day(each)}24:00" if self.chinese else f"{self.day(each)} 24:00"

    def days(self, first: date, last: date) -> str:
        """1–7 Oct, 30 Sep–3 Oct, 30 Dec 2026–2 Jan 2027; 10月1日至7日."""
        one_month = (first.year, first.month) == (last.year, last.month)
        if self.chinese:
            end = "" if first == last else f"至{last.day}日" if one_month else f"至{self._zh_year(last)}{last.month}月{last.day}日"
            return f"{self._zh_year(first)}{first.month}月{first.day}日{end}"
        end = f"{last.day} {EN_MONTHS[last.month - 1]}{self._en_year(last)}"
        if first == last:
            return end
        start = str(first.day) if one_month else f"{first.day} {EN_MONTHS[first.month - 1]}{self._en_year(first)}"
        return f"{start}–{end}"

    def zone(self, key: str) -> str:
        if key not in ZONE_NAMES:
            return key
        zh, en = ZONE_NAMES[key]
        return f"{zh}（{key}）" if self.chinese else f"{en} ({key})"

    def amount(self, basis: Basis) -> str:
        clock, count = basis["clock"], basis["amount"]
        if self.chinese:
            return f"{count}{ZH_UNITS[clock]}"
        return f"{count} {EN_UNITS[clock]}{'' if count == 1 else 's'}"

    def _zh_year(self, each: date) -> str:
        return "" if each.year == self.year else f"{each.year}年"

    def _en_year(self, each: date) -> str:
        return "" if each.year == self.year else f" {each.year}"


def explain(basis: Basis, due_at: datetime, language: str, tz: tzinfo | str) -> str:
    """Why this date: "3 working days from Wed 30 Sep 18:05; 1–7 Oct National Day; Sat 10 Oct is a make-up working day → due
    Sat 10 Oct 24:00. Times in Beijing time (Asia/Shanghai)." `tz` is the reader's zone, `language` zh-hans, zh-hant or en."""
    shown, home = _zone(tz), zone_info(basis.get("zone", DEFAULT_ZONE))
    start = datetime.fromisoformat(basis["start"]).astimezone(shown) if "start" in basis else None
    words = _Words("zh" if in_chinese(language) else "en", (start or due_at.astimezone(shown)).year)
    parts = [_opening(words, basis, start, shown)] if start else []
    parts += [*_on_the_way(words, basis), *_rollover_text(words, basis)]
    ending = _end_text(words, basis, due_at, shown, home)
    join, arrow, stop = ("；", " → ", "。") if words.chinese else ("; ", " → ", ".")
    sentence = f"{join.join(parts)}{arrow}{ending}{stop}" if parts else f"{ending}{stop}"
    text = (" " if not words.chinese else "").join([sentence, *_notes(words, basis, due_at, shown, home)])
    return in_script(text, language)


def due_text(basis: Basis, due_at: datetime, language: str, tz: tzinfo | str) -> str:
    """The due instant alone, with weekday and year: "Sat 10 Oct 2026 24:00" in the calendar's zone, a plain time elsewhere."""
    shown, home = _zone(tz), zone_info(basis.get("zone", DEFAULT_ZONE))
    return in_script(_instant(_Words("zh" if in_chinese(language) else "en", 0), basis, due_at, shown, home), language)


def zone_words(basis: Basis, language: str) -> str:
    """The zone in which the days are counted, by name."""
    return in_script(_Words("zh" if in_chinese(language) else "en", 0).zone(basis.get("zone", DEFAULT_ZONE)), language)


def _opening(words: _Words, basis: Basis, start: datetime, shown: tzinfo) -> str:
    moment = words.moment(start)
    if "pause" in basis:
        return _pause_text(words, basis, shown)
    if basis["clock"] == "at":
        return f"{moment}所作的承诺" if words.chinese else f"promised {moment}"
    if basis["clock"] == "t1":
        counted = words.day(date.fromisoformat(basis["t"]))
        if words.chinese:
            return f"{moment}申请，按{counted}计，次一工作日到账"
        return f"requested {moment}, counted as {counted}, arriving on the next working day"
    if words.chinese:
        return f"自{moment}起{words.amount(basis)}" + ("（当日不计）" if basis["clock"] == "day" else "")
    return f"{words.amount(basis)} from {moment}" + (" (that day not counted)" if basis["clock"] == "day" else "")


def _pause_text(words: _Words, basis: Basis, shown: tzinfo) -> str:
    paused, resumed = (words.moment(datetime.fromisoformat(basis["pause"][end]).astimezone(shown)) for end in ("from", "to"))
    if basis.get("unchanged"):
        if words.chinese:
            return f"{paused}暂停，同日{resumed}恢复，期限不变"
        return f"paused {paused} and resumed the same day, {resumed}: the date stays"
    if words.chinese:
        return f"{paused}暂停，尚余{words.amount(basis)}，自{resumed}恢复计算"
    return f"paused {paused} with {words.amount(basis)} left, counted again from {resumed}"


def _on_the_way(words: _Words, basis: Basis) -> list[str]:
    """Holidays and make-up days passed over, in the order of their dates."""
    told = [(each["from"], _holiday(words, each)) for each in basis.get("holidays", ())]
    told += [(each, _makeup(words, date.fromisoformat(each))) for each in basis.get("makeup", ())]
    return [text for _, text in sorted(told)]


def _holiday(words: _Words, each: DaysOff) -> str:
    days = words.days(date.fromisoformat(each["from"]), date.fromisoformat(each["to"]))
    if words.chinese:
        return f"{days}{each['zh'] or each['en'] or '放假'}"
    return f"{days} {each['en'] or each['zh'] or 'public holiday'}"


def _makeup(words: _Words, day: date) -> str:
    return f"{words.day(day)}为调休工作日" if words.chinese else f"{words.day(day)} is a make-up working day"


def _rollover_text(words: _Words, basis: Basis) -> list[str]:
    if "rolled_from" not in basis:
        return []
    last = words.day(date.fromisoformat(basis["rolled_from"]))
    if words.chinese:
        return [f"最后一天{last}为休息日，顺延至下一工作日"]
    return [f"the last day, {last}, is a rest day and moves to the next working day"]


def _end_text(words: _Words, basis: Basis, due_at: datetime, shown: tzinfo, home: ZoneInfo) -> str:
    instant = _instant(words, basis, due_at, shown, home)
    return f"{instant}到期" if words.chinese else f"due {instant}"


def _instant(words: _Words, basis: Basis, due_at: datetime, shown: tzinfo, home: ZoneInfo) -> str:
    if _ends_a_day(due_at, home) and _same(shown, home):
        return words.midnight((due_at - timedelta.resolution).astimezone(home).date())
    return words.moment(due_at.astimezone(shown))


def _notes(words: _Words, basis: Basis, due_at: datetime, shown: tzinfo, home: ZoneInfo) -> list[str]:
    return [*_first_day_note(words, basis, home), _zone_note(words, due_at, shown, home), *_provisional_note(words, basis)]


def _first_day_note(words: _Words, basis: Basis, home: ZoneInfo) -> list[str]:
    """Of working days the first is not counted, whatever the hour; after a pause it is the day of resuming."""
    begun = basis["pause"]["to"] if "pause" in basis else basis.get("start")
    if basis.get("clock") != "wd" or begun is None or basis.get("unchanged"):
        return []
    day = words.day(datetime.fromisoformat(begun).astimezone(home).date())
    if words.chinese:
        return [f"{day}当天不计，从下一个工作日起算。"]
    return [f"{day} itself is not counted: counting begins with the next working day."]


def _zone_note(words: _Words, due_at: datetime, shown: tzinfo, home: ZoneInfo) -> str:
    name = words.zone(str(shown))
    if _same(shown, home) or not _ends_a_day(due_at, home):
        return f"时间为{name}。" if words.chinese else f"Times in {name}."
    there = words.midnight((due_at - timedelta.resolution).astimezone(home).date())
    if words.chinese:
        return f"时间为{name}；按{words.zone(home.key)}计日，到期为当地{there}。"
    return f"Times in {name}; days are counted in {words.zone(home.key)}, where it is due {there}."


def _provisional_note(words: _Words, basis: Basis) -> list[str]:
    if not basis.get("provisional"):
        return []
    if words.chinese:
        return ["官方放假安排尚未公布，此日期为暂定。"]
    return ["Provisional: the official holiday calendar for these days is not published yet."]


def _ends_a_day(due_at: datetime, home: ZoneInfo) -> bool:
    """Whatever its clock. By date and not by hour: where summer time skips midnight, the day ends at 01:00."""
    return (due_at - timedelta.resolution).astimezone(home).date() != due_at.astimezone(home).date()


def _same(shown: tzinfo, home: ZoneInfo) -> bool:
    return str(shown) == home.key


def _zone(tz: tzinfo | str) -> tzinfo:
    return zone_info(tz) if isinstance(tz, str) else tz
