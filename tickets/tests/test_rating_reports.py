"""What customers said, counted by hand over the same rows; nobody's single word stands beside a colleague's name."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tickets.models import Rating, Ticket
from tickets.reports import REPORTS
from tickets.reports.satisfaction import FEWEST
from tickets.reports.scope import Scope
from tickets.reports.spreadsheets import csv_lines, sheet
from tickets.reports.wording import rows
from tickets.tests.test_reports import CATEGORIES, NOW, START, TZ, ZONE, Undo, policy_version, quickly  # noqa: F401

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
# From the end of February, so that a month ends within.
days = st.integers(-6 * 1440, 19 * 1440).map(lambda minutes: START + timedelta(minutes=minutes))
said = st.lists(st.tuples(st.sampled_from(CATEGORIES), st.sampled_from(["lin", "chen", ""]), st.integers(1, 5), days), max_size=24)
SCOPE = Scope(date(2026, 2, 25), date(2026, 3, 17), ZONE)


def written(rows, people, owner, policy) -> None:
    for number, (category, agent, score, at) in enumerate(rows):
        ticket = Ticket.objects.create(
            ref=f"TS-20260301-{number:06}", owner=owner, filed_by=owner, policy_id=policy, category=category, status="closed",
            assignee=people.get(agent), reported_at=START, closed_at=at,
        )  # fmt: skip
        Rating.objects.create(ticket=ticket, closed_at=at, score=score, at=at, changed_at=NOW)


def by_hand(key: str, name: str, groups: dict) -> dict:
    """Rows of a report by their first column, beside what one counts."""
    table = {row[name]: row for row in REPORTS[key].count(groups["scope"], NOW).dicts()}
    for group, scores in groups["found"].items():
        spread = Counter(scores)
        assert table[group] == {
            name: group,
            "rated": len(scores),
            "average": pytest.approx(sum(scores) / len(scores)) if scores else None,
            **{f"score_{score}": spread[score] for score in range(1, 6)},
        }
    return table


@quickly
@given(history=said, category=st.sampled_from(["", *CATEGORIES]))
def test_ratings_equal_a_count_by_hand(history, category, mei, lin, chen, policy_version):  # noqa: F811
    scope = Scope(SCOPE.first, SCOPE.last, ZONE, category)
    mine = [each for each in history if category in ("", each[0]) and scope.first <= each[3].astimezone(TZ).date() <= scope.last]
    names = {"lin": str(lin), "chen": str(chen), "": ""}
    with pytest.raises(Undo), transaction.atomic():
        written(history, {"lin": lin, "chen": chen}, mei, policy_version)
        months = {month: [score for *_, score, at in mine if f"{at.astimezone(TZ):%Y-%m}" == month] for month in ("2026-02", "2026-03")}
        assert list(by_hand("ratings", "period", {"scope": scope, "found": months})) == ["2026-02", "2026-03"]
        kinds = {key: [score for one, _agent, score, _at in mine if one == key] for key in {each[0] for each in mine}}
        assert by_hand("rated_categories", "category", {"scope": scope, "found": kinds}).keys() == kinds.keys()
        agents = {names[key]: [score for _c, one, score, _at in mine if one == key] for key in names}
        enough = {name: scores for name, scores in agents.items() if len(scores) >= FEWEST}
        assert by_hand("rated_agents", "agent", {"scope": scope, "found": enough}).keys() == enough.keys()
        raise Undo


@pytest.mark.parametrize(("number", "shown"), [(FEWEST - 1, False), (FEWEST, True)])
def test_a_colleague_has_a_row_from_the_fifth_rating_on(number, shown, mei, lin, policy_version):  # noqa: F811
    written([(CATEGORIES[0], "lin", 5, START)] * number, {"lin": lin}, mei, policy_version)
    assert bool(REPORTS["rated_agents"].count(SCOPE, NOW).rows) is shown
    assert REPORTS["rated_categories"].count(SCOPE, NOW).dicts()[0]["rated"] == number


def test_an_average_is_read_with_two_decimals_and_a_month_in_words(mei, lin, policy_version):  # noqa: F811
    written([(CATEGORIES[0], "lin", score, START) for score in (5, 4, 4)], {"lin": lin}, mei, policy_version)
    table = REPORTS["ratings"].count(SCOPE, NOW)
    assert [row[0] for row in rows(table, {})] == ["2026年2月", "2026年3月"]
    with override("en"):
        assert rows(table, {}) == [["Feb 2026", "0", "–", "0", "0", "0", "0", "0"], ["Mar 2026", "3", "4.33", "0", "0", "0", "2", "1"]]
    lines = "".join(csv_lines(*sheet(table, {})))
    assert lines.splitlines()[2] == "2026-03,3,4.3333,0,0,0,2,1"
