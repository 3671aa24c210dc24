"""The page of figures: for supervisors, read at a glance, from what was counted before."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from tickets.operations import file_ticket
from tickets.reports import REPORTS
from tickets.reports.registry import count_usual
from tickets.tests.making import filing
from tickets.words import REPORT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_complaint(clock, mei):
    now = clock("2026-03-10T20:00:00+08:00")
    file_ticket(mei, filing())
    count_usual(now)


def test_each_report_stands_there_with_its_table(at, zhao):
    page = at(zhao).get(reverse("desk:reports")).content.decode()
    for key in REPORTS:
        with override("en"):
            assert escape(str(REPORT[key])) in page
        assert f'id="report-{key}"' in page
    assert "format=csv" in page


def test_it_costs_as_little_as_the_queue(at, zhao, django_assert_max_num_queries):
    client = at(zhao)
    client.get(reverse("desk:reports"))
    with django_assert_max_num_queries(5):
        client.get(reverse("desk:reports"))


@pytest.mark.parametrize("query", ["from=x", "from=2026-03-10&to=2026-03-01", "category=nothing", "to=9999-01-01"])
def test_what_is_no_span_is_told_and_stays_typed(at, zhao, query):
    answer = at(zhao).get(f"{reverse('desk:reports')}?{query}")
    assert answer.status_code == 400
    assert query.split("&")[0].split("=")[1] in answer.content.decode()


def test_only_supervisors_open_it_and_see_its_tab(at, mei, lin, chen, sun, zhao):
    for other in (mei, lin, chen, sun):
        assert at(other).get(reverse("desk:reports")).status_code == 403
        assert at(other).get(reverse("desk:report", args=["flow"])).status_code == 403
    assert reverse("desk:reports") not in at(lin).get(reverse("desk:queue")).content.decode()
    assert reverse("desk:reports") in at(zhao).get(reverse("desk:queue")).content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_is_taken_along(at, zhao, form):
    answer = at(zhao).get(f"{reverse('desk:report', args=['categories'])}?format={form}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert len(b"".join(answer.streaming_content)) > 50


def test_what_is_no_table_is_not_found(at, zhao):
    client = at(zhao)
    assert client.get(reverse("desk:report", args=["nothing"])).status_code == 404
    assert client.get(f"{reverse('desk:report', args=['flow'])}?format=pdf").status_code == 404
    assert client.get(f"{reverse('desk:report', args=['flow'])}?from=x").status_code == 404


def test_nothing_in_these_days_is_said(at, zhao):
    page = at(zhao).get(f"{reverse('desk:reports')}?from=2020-01-01&to=2020-01-02").content.decode()
    assert "Nothing in these days." in page
