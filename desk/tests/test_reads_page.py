"""Who read what: privacy officers alone search it, by reader, by whom, by day and kind, and take it along."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.utils import timezone

from accounts.models import ReadAlarm, ReadEntry
from accounts.reads import term_digest
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
PAGE = "/desk/privacy/reads/"


@pytest.fixture
def read(people, clock):
    """A complaint of mei's that lin opened on Monday, and a search for her by chen on Tuesday."""
    clock("2026-07-06T10:00:00+08:00")
    ticket = file_ticket(people.owner, filing())
    of = {"door": "page", "network": "10.0.0.1"}
    ReadEntry.objects.create(at=timezone.now(), reader=people.agent, kind="opened", place="x", ref=ticket.ref, count=1, **of)
    clock("2026-07-07T10:00:00+08:00")
    term = {"term_digest": term_digest(people.owner.email), "term_length": len(people.owner.email)}
    ReadEntry.objects.create(at=timezone.now(), reader=people.reviewer, kind="searched", place="desk/", count=3, **term, **of)
    ReadEntry.objects.create(at=timezone.now(), reader=people.reviewer, kind="person", place="x", person=people.owner.pk, count=1, **of)
    return ticket


def rows(client, **asked) -> list[str]:
    text = client.get(PAGE, asked).content.decode()
    return re.findall(r"<tr>.*?</tr>", text.partition("<tbody>")[2], re.DOTALL)


def test_officers_alone_read_it(people, at, client, read) -> None:
    assert client.get(PAGE).status_code == 302
    for person in (people.owner, people.agent, people.operator, people.reviewer, people.supervisor):
        assert at(person).get(PAGE).status_code == 403
        assert at(person).get("/desk/privacy/reads.csv").status_code == 403
    assert len(rows(at(people.privacy))) == 3


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"person": "lin@example.com"}, 1),
        ({"person": "nobody@example.com"}, 0),
        ({"whom": "mei@example.com"}, 3),
        ({"whom": "MEI@example.com"}, 3),
        ({"whom": "wang@example.com"}, 0),
        ({"kind": "searched"}, 1),
        ({"kind": "exported"}, 0),
        ({"from": "2026-07-07"}, 2),
        ({"to": "2026-07-06"}, 1),
        ({"person": "lin@example.com", "from": "2026-07-07"}, 0),
    ],
)
def test_it_is_narrowed(asked, count, people, at, read) -> None:
    assert len(rows(at(people.privacy), **asked)) == count


def test_a_complaint_is_found_by_its_reference(people, at, read) -> None:
    [row] = rows(at(people.privacy), whom=read.ref)
    assert read.ref in row
    assert "10.0.0.1" in row


def test_what_was_searched_for_is_told_by_its_length_alone(people, at, read) -> None:
    [row] = rows(at(people.privacy), kind="searched")
    assert f"{len(people.owner.email)} characters" in row
    assert people.owner.email not in row


def test_it_is_taken_along(people, at, read) -> None:
    answer = at(people.privacy).get("/desk/privacy/reads.csv", {"person": "chen@example.com"})
    told = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["who"], row["kind"], row["count"]) for row in told] == [
        ("chen@example.com", "person", "1"),
        ("chen@example.com", "searched", "3"),
    ]
    own = ReadEntry.objects.latest("pk")
    assert (own.reader, own.kind, own.count) == (people.privacy, "exported", 2)


def test_alarms_stand_above(people, at, read) -> None:
    ReadAlarm.objects.create(at=timezone.now(), reader=people.agent, opened=321, taken=0)
    text = at(people.privacy).get(PAGE).content.decode()
    assert "321 times" in text
    assert "?person=lin%40example.com" in text


def test_pages_follow_by_key(people, at, read) -> None:
    now = timezone.now()
    ReadEntry.objects.bulk_create(
        ReadEntry(at=now, reader=people.agent, kind="opened", door="page", place="x", ref=f"n{number}", count=1) for number in range(60)
    )
    text = at(people.privacy).get(PAGE, {"person": "lin@example.com"}).content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', text).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    more = at(people.privacy).get(older).content.decode()
    assert ("n59" in text, "n59" in more, read.ref in more) == (True, False, True)
