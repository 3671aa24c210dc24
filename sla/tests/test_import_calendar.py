"""manage.py import_calendar: what it writes, what it leaves, what it refuses."""

import io
import json
import sys
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sla.models import CalendarDay

pytestmark = pytest.mark.django_db

TENTH = date(2026, 10, 10)


def run(*args: object, ask: bool = False) -> str:
    out = StringIO()
    call_command("import_calendar", *args, *([] if ask else ["--yes"]), stdout=out)
    return "\n".join(line for line in out.getvalue().split("\n") if not line.startswith(("new ", "open ", "moves ")))


MORE = [f"2027-02-{day:02},0,春节,Spring Festival" for day in range(5, 12)]


def a_file(tmp_path, *lines: str, head: str = "date,is_workday,name_zh,name_en", encoding: str = "utf-8"):
    path = tmp_path / "days.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding=encoding)
    return path


def test_the_official_year_again_changes_nothing():
    assert run(2026) == "2026: 0 new, 0 changed, 0 kept\n"


def test_a_year_before_the_seeded_ones_is_written_whole():
    assert run(2023) == "2023: 365 new, 0 changed, 0 kept\n"
    day = CalendarDay.objects.get(date=date(2023, 10, 7))
    assert (day.is_workday, day.kind, day.source) == (True, "makeup", "chinese_calendar")


def test_it_prints_each_day_it_changed():
    CalendarDay.objects.filter(date=TENTH).update(is_workday=False, name_en="Rest")
    assert run(2026) == "changed 2026-10-10 rest (Rest) → working\n2026: 0 new, 1 changed, 0 kept\n"
    assert CalendarDay.objects.get(date=TENTH).is_workday


def test_a_day_written_by_hand_stays():
    CalendarDay.objects.filter(date=TENTH).update(is_workday=False, source="manual")
    assert run(2026) == "kept    2026-10-10 rest → working: written by hand, --force overwrites it\n2026: 0 new, 0 changed, 1 kept\n"
    assert not CalendarDay.objects.get(date=TENTH).is_workday


def test_force_overwrites_a_day_written_by_hand():
    CalendarDay.objects.filter(date=TENTH).update(is_workday=False, source="manual")
    assert "2026: 0 new, 1 changed, 0 kept" in run(2026, "--force")
    day = CalendarDay.objects.get(date=TENTH)
    assert (day.is_workday, day.source) == (True, "chinese_calendar")


def test_a_year_nobody_announced_is_refused_in_words():
    with pytest.raises(CommandError, match="does not know 2027 yet"):
        run(2026, 2027)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_file_lists_the_exceptions_and_the_rest_of_the_year_is_plain(tmp_path, encoding):
    path = a_file(
        tmp_path, "2027-01-01,0,元旦,New Year's Day", "2027-01-02,0,元旦,New Year's Day", "2027-01-09,1,,", *MORE, encoding=encoding
    )
    assert run(2027, "--from", "csv", path) == "2027: 365 new, 0 changed, 0 kept\n"
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=2027)}
    assert [rows[date(2027, 1, day)].kind for day in (1, 2, 3, 4, 9)] == ["holiday", "holiday", "weekend", "workday", "makeup"]
    assert rows[date(2027, 1, 1)].name_zh == "元旦"
    assert {row.source for row in rows.values()} == {"csv"}
    assert not CalendarDay.objects.calendar().day(date(2027, 12, 31)).provisional


def test_a_published_year_replaces_provisional_rows(tmp_path):
    CalendarDay.objects.create(date=date(2027, 1, 4), is_workday=False, kind="provisional_holiday", source="provisional")
    path = a_file(tmp_path, "2027-01-01,rest,元旦,New Year's Day", *MORE)
    assert "2027: 364 new, 1 changed, 0 kept" in run(2027, "--from", "csv", path)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["2027-01-01,0", "2027-13-01,0"], "line 3: '2027-13-01' is not a date"),
        (["2027-01-01,maybe"], "line 2: is_workday is 'maybe'"),
        (["2027-01-01,0", "2025-01-01,0"], "line 3: 2025-01-01 is not in 2027"),
        (["2027-01-01,0", "2026-12-31,0", "2026-12-31,0"], "line 4: 2026-12-31 is listed twice"),
        (["2027-01-01,0,元旦,", *MORE[:6]], "names 7 days of 2027: too few"),
        (["2027-01-01,0", "2027-01-01,1"], "line 3: 2027-01-01 is listed twice"),
        (["2027-01-01"], "line 2: is_workday is ''"),
        (["2027-01-01,0," + "元" * 61], "line 2: a name has more than 60 characters"),
        ([], "no holiday on a weekday in 2027"),
        (["2027-01-02,0"], "no holiday on a weekday in 2027"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_written(tmp_path, lines, complaint):
    with pytest.raises(CommandError) as caught:
        run(2027, "--from", "csv", a_file(tmp_path, *lines))
    assert complaint in str(caught.value)
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_a_file_without_the_columns_is_refused(tmp_path):
    with pytest.raises(CommandError, match="columns date and is_workday"):
        run(2027, "--from", "csv", a_file(tmp_path, "2027-01-01;0", head="date;is_workday"))


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run(2027, "--from", "csv", tmp_path / "nowhere.csv")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(CommandError):
        run(2027, "--from", "csv", picture)


@pytest.mark.parametrize("args", [(2026, "--from", "csv"), (2026, "--from", "holidays"), (2026, "--zone", "Asia/Peking"), (0,), (10000,)])
def test_bad_arguments_are_refused(args):
    with pytest.raises(CommandError):
        run(*args)


def test_another_zone_has_a_calendar_of_its_own(tmp_path):
    with pytest.raises(CommandError, match="knows China only"):
        run(2026, "--zone", "Europe/Berlin")
    days = ("01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "12-25", "12-26")
    path = a_file(tmp_path, *(f"2026-{day},0,,Holiday" for day in days))
    assert "2026: 365 new" in run(2026, "--zone", "Europe/Berlin", "--from", "csv", path)
    assert CalendarDay.objects.filter(zone="Asia/Shanghai", date__year=2026).count() == 365
    assert not CalendarDay.objects.calendar("Europe/Berlin").is_workday(date(2026, 12, 25))


# ---- Looked at before it counts
@pytest.mark.parametrize(("answer", "written"), [("yes\n", 365), ("no\n", 0), ("\n", 0)])
def test_the_days_are_shown_and_a_person_says_yes(tmp_path, monkeypatch, answer, written):
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    out = StringIO()
    path = a_file(tmp_path, "2027-01-09,1,,", *MORE)
    call_command("import_calendar", 2027, "--from", "csv", path, stdout=out)
    assert "new     2027-01-09 working" in out.getvalue()
    assert "new     2027-02-05 rest (Spring Festival)" in out.getvalue()
    assert "2027-03-01" not in out.getvalue(), "an ordinary Monday"
    assert CalendarDay.objects.filter(date__year=2027).count() == written


def test_where_nobody_can_say_yes_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="--yes"):
        run(2027, "--from", "csv", a_file(tmp_path, "2027-01-01,0,元旦,", *MORE), ask=True)
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_what_changes_nothing_asks_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    call_command("import_calendar", 2026, stdout=StringIO())


# ---- Nothing is worsened silently
def test_a_notice_that_names_a_neighbours_day_leaves_the_neighbour_alone(tmp_path):
    path = a_file(tmp_path, "2026-12-31,0,元旦,New Year's Day", "2027-01-01,0,元旦,New Year's Day", *MORE)
    before = list(CalendarDay.objects.filter(date__year=2026).order_by("date").values())
    assert "passed over 2026-12-31: not in 2027" in run(2027, "--from", "csv", path)
    with pytest.raises(CommandError, match="names 1 days of 2026: too few"):
        run(2026, 2027, "--from", "csv", path)
    assert list(CalendarDay.objects.filter(date__year=2026).order_by("date").values()) == before


def test_a_file_replaces_no_day_of_a_better_source(tmp_path):
    path = a_file(tmp_path, *(f"2026-12-{day:02},0,自造,Made up" for day in range(1, 12)))
    told = run(2026, "--from", "csv", path)
    assert "kept    2026-12-01 working → rest (Made up): from a better source (chinese_calendar), --force overwrites it" in told
    assert "2026: 0 new, 0 changed," in told
    assert CalendarDay.objects.get(date=date(2026, 12, 1)).is_workday
    assert CalendarDay.objects.get(date=date(2026, 10, 1)).is_workday is False


def test_only_what_differs_counts_as_changed(tmp_path):
    path = a_file(tmp_path, "2027-01-01,0,元旦,New Year's Day", *MORE)
    run(2027, "--from", "csv", path)
    assert "2027: 0 new, 0 changed, 0 kept" in run(2027, "--from", "csv", path)
    CalendarDay.objects.filter(date__year=2026).update(source="csv")
    assert run(2026) == "2026: 0 new, 0 changed, 0 kept\n"
    assert set(CalendarDay.objects.filter(date__year=2026).values_list("source", flat=True)) == {"chinese_calendar"}


def a_json(tmp_path, *more: dict[str, object]):
    days = [{"name": "春节", "date": f"2027-02-{day:02}", "isOffDay": True} for day in range(5, 13)]
    makeup = {"name": "春节", "date": "2027-02-14", "isOffDay": False}
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "papers": [], "days": [*days, makeup, *more]}))
    return path


def test_the_json_of_holiday_cn_is_read(tmp_path):
    assert run(2027, "--from", "json", a_json(tmp_path)) == "2027: 365 new, 0 changed, 0 kept\n"
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=2027)}
    assert (rows[date(2027, 2, 5)].kind, rows[date(2027, 2, 5)].name_zh, rows[date(2027, 2, 5)].name_en) == (
        "holiday",
        "春节",
        "Spring Festival",
    )
    assert (rows[date(2027, 2, 14)].kind, rows[date(2027, 2, 14)].name_zh) == ("makeup", "")


@pytest.mark.parametrize(
    "text", ['{"days": 3}', '{"days": [{"date": "2027-01-01"}]}', "{", '[{"date": "2027-01-01", "isOffDay": "no"}]', "[" * 9999]
)
def test_a_json_that_is_no_calendar_is_refused(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(CommandError):
        run(2027, "--from", "json", path)


# ---- A correction in the middle of a year
def test_a_correction_changes_its_days_alone_and_survives_the_library(tmp_path):
    path = a_file(tmp_path, "2026-12-01,0,,", "2026-12-02,0,,")
    assert run(2026, "--from", "csv", path, "--correct").endswith("2026: 0 new, 2 changed, 0 kept\n")
    assert CalendarDay.objects.filter(date__year=2026, source="correction").count() == 2
    assert not CalendarDay.objects.get(date=date(2026, 12, 1)).is_workday
    assert "2026: 0 new, 0 changed, 2 kept" in run(2026)
    assert not CalendarDay.objects.get(date=date(2026, 12, 1)).is_workday


def test_a_year_that_is_not_published_cannot_be_corrected(tmp_path):
    with pytest.raises(CommandError, match="2027 is not published yet"):
        run(2027, "--from", "csv", a_file(tmp_path, "2027-01-04,0,,"), "--correct")
    with pytest.raises(CommandError, match="--from takes"):
        run(2026, "--correct")
