"""Reports over the API: for supervisors, as JSON, CSV and XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest

from api.tests.driving import ROOT
from tickets.operations import file_ticket
from tickets.reports import REPORTS
from tickets.reports.spreadsheets import BOM, csv_lines, xlsx_file
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
REPORTS_AT = f"{ROOT}reports/"


@pytest.fixture(autouse=True)
def one_complaint(clock, mei):
    clock("2026-03-10T20:00:00+08:00")
    file_ticket(mei, filing())


def test_supervisors_only(as_, mei, lin, chen, sun, zhao):
    for other in (mei, lin, chen, sun):
        for address in (REPORTS_AT, f"{REPORTS_AT}flow/"):
            assert as_(other).get(address).status_code == 403
    assert as_().get(REPORTS_AT).status_code == 401
    assert [each["key"] for each in as_(zhao).get(REPORTS_AT).json()] == list(REPORTS)


@pytest.mark.parametrize("key", REPORTS)
def test_each_is_an_object_a_row(as_, zhao, key):
    body = as_(zhao).get(f"{REPORTS_AT}{key}/?from=2026-03-09&to=2026-03-10").json()
    assert (body["key"], body["first"], body["last"]) == (key, "2026-03-09", "2026-03-10")
    for row in body["results"]:
        assert list(row) == body["columns"]


def test_the_figures_are_those_of_the_days_asked_for(as_, zhao):
    rows = as_(zhao).get(f"{REPORTS_AT}flow/?from=2026-03-09&to=2026-03-10").json()["results"]
    assert [(row["day"], row["received"]) for row in rows] == [("2026-03-09", 0), ("2026-03-10", 1)]
    none = as_(zhao).get(f"{REPORTS_AT}flow/?from=2026-03-10&to=2026-03-10&category=withdrawal_restricted").json()["results"]
    assert [row["received"] for row in none] == [0]


def test_what_is_wrong_is_named(as_, zhao):
    assert as_(zhao).get(f"{REPORTS_AT}nothing/").status_code == 404
    for query, field in (("from=x", "from"), ("category=x", "category"), ("format=pdf", "format")):
        answer = as_(zhao).get(f"{REPORTS_AT}flow/?{query}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_csv_is_for_spreadsheets_in_the_readers_language(as_, zhao):
    answer = as_(zhao).get(f"{REPORTS_AT}flow/?from=2026-03-10&to=2026-03-10&format=csv", HTTP_ACCEPT_LANGUAGE="zh-hans")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith(BOM)
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM)))) == [["日期", "受理", "办结", "重新办理"], ["2026-03-10", "1", "0", "0"]]
    assert answer["Content-Disposition"] == 'attachment; filename="flow-2026-03-10-2026-03-10.csv"'


def test_xlsx_holds_numbers_as_numbers(as_, zhao):
    answer = as_(zhao).get(f"{REPORTS_AT}flow/?from=2026-03-10&to=2026-03-10&format=xlsx", HTTP_ACCEPT_LANGUAGE="en")
    sheet = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1</v>" in sheet
    assert ">Received<" in sheet


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_is_never_a_formula(name):
    assert list(csv_lines(["x"], [[name]]))[1].strip('\r\n"').startswith("'")
    book = zipfile.ZipFile(xlsx_file(["x"], [[name]], ["name"], "x"))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_today_is_the_last_day_when_nothing_is_asked(as_, zhao):
    body = as_(zhao).get(f"{REPORTS_AT}flow/").json()
    assert date.fromisoformat(body["last"]) == date(2026, 3, 10)
    assert len(body["results"]) == 30
