"""Views that people keep: named, shared, ordered, counted; and what an open queue is told every few seconds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.models import SavedView
from desk.queue import counts as queue_counts
from desk.tests.test_queue import crowd
from tickets.models import Ticket
from tickets.operations import amend, file_ticket, post_message
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def save(client, name, query="", **more):
    return client.post("/desk/views/save/", {"name": name, "query": query, **more})


def page(client, address="/desk/") -> str:
    return client.get(address).content.decode()


def test_the_filters_on_the_page_are_kept_under_a_name_and_nothing_else_of_the_address(people, at) -> None:
    client = at(people.agent)
    answer = save(client, "  Big   ones ", "waiting_on=agent&status=&after=1-2&page_size=20&category=x&evil=1")
    assert answer["Location"] == "/desk/?category=x&waiting_on=agent"
    assert SavedView.objects.get().name == "Big ones"
    assert 'href="/desk/?category=x&amp;waiting_on=agent" aria-current="page"' in page(client, answer["Location"])
    save(client, "Big ones", "lane=merchant")
    assert SavedView.objects.get().query == "lane=merchant"


def test_only_shared_ones_are_seen_by_others_and_only_their_owner_changes_them(people, at) -> None:
    client = at(people.agent)
    save(client, "Mine alone", "lane=merchant")
    save(client, "For all", "lane=standard", shared="on")
    alone, shared = SavedView.objects.order_by("id")
    other = page(at(people.reviewer))
    assert "For all" in other
    assert "Mine alone" not in other
    for person, view, do, status in (
        (people.reviewer, shared, "rename", 404),
        (people.reviewer, shared, "delete", 404),
        (people.supervisor, alone, "delete", 404),
        (people.supervisor, shared, "rename", 404),
        (people.supervisor, shared, "delete", 302),
        (people.owner, shared, "delete", 403),
    ):
        assert at(person).post(f"/desk/views/{view.pk}/", {"do": do, "name": "Taken"}).status_code == status
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Mine alone"]


def test_they_are_renamed_moved_and_deleted(people, at) -> None:
    client = at(people.agent)
    for name in ("One", "Two", "Three"):
        save(client, name, f"q={name}")
    three = SavedView.objects.get(name="Three")
    client.post(f"/desk/views/{three.pk}/", {"do": "up"})
    assert list(SavedView.objects.values_list("name", flat=True)) == ["One", "Three", "Two"]
    client.post(f"/desk/views/{three.pk}/", {"do": "rename", "name": "One"})
    client.post(f"/desk/views/{three.pk}/", {"do": "rename", "name": "Tres", "shared": "on"})
    assert list(SavedView.objects.values_list("name", "shared"))[1] == ("Tres", True)
    assert "Tres" in page(client, "/desk/views/")
    client.post(f"/desk/views/{three.pk}/", {"do": "delete"})
    assert "View deleted: Tres." in page(client)
    assert "Tres" not in page(client)
    assert client.get(f"/desk/views/{three.pk}/").status_code == 405


def test_what_colleagues_share_hides_nothing_of_one_s_own(people, at) -> None:
    for person in (people.reviewer, people.supervisor, people.privacy):
        SavedView.objects.bulk_create(SavedView(owner=person, name=f"S{n}", shared=True, position=n) for n in range(30))
    SavedView.objects.bulk_create(SavedView(owner=people.agent, name=f"Own {n}", position=100 + n) for n in range(30))
    assert page(at(people.agent), "/desk/views/").count('value="Own ') == 30


def test_a_view_too_long_to_keep_is_refused_in_words(people, at) -> None:
    client = at(people.agent)
    save(client, "Long", f"q={'充值' * 150}")
    assert "too long to be kept" in page(client)
    assert not SavedView.objects.exists()


def test_what_is_due_today_is_counted_where_one_is(people, at, clock) -> None:
    crowd(people.owner, 1)
    Ticket.objects.update(due_at="2026-03-11T16:00:00+08:00")
    clock("2026-03-11T01:00:00+08:00")
    people.reviewer.timezone = "America/Los_Angeles"
    people.reviewer.save()
    counted = [pulse(at(person)).json()["counts"]["b5"] for person in (people.agent, people.reviewer)]
    assert counted == ["1", "0"]


def test_what_was_committed_late_is_told_once_more(people, at, clock) -> None:
    drawn = int(timezone.now().timestamp() * 1_000_000)
    clock(timezone.now() + timedelta(seconds=5))
    ref = file_ticket(people.owner, filing()).ref
    heard = pulse(at(people.agent)).json()["since"]
    assert dict(pulse(at(people.agent), f"since={heard}&at={drawn}").json()["touched"]) == {ref: 2}
    clock(timezone.now() + timedelta(seconds=61))
    assert pulse(at(people.agent), f"since={heard}&at={drawn}").json()["touched"] == []


def pulse(client, query="", **headers):
    return client.get(f"/desk/pulse/?{query}", headers=headers)


def test_counts_are_bounded_and_shared_for_seconds(people, at, clock) -> None:
    crowd(people.owner, 130)
    client = at(people.agent)
    Ticket.objects.filter(ref__endswith="7").update(assignee=people.agent)
    counts = pulse(client).json()["counts"]
    assert (counts["b0"], counts["b3"], counts["b4"], counts["b7"]) == ("99+", "13", "99+", "0")
    assert "99+" in page(client)
    pulse(client)
    with CaptureQueriesContext(connection) as asked:
        pulse(at(people.agent), "since=0")
    with CaptureQueriesContext(connection) as asked_by_another:
        assert pulse(at(people.reviewer)).json()["counts"]["b3"] == "0"
    counted = [[query["sql"] for query in found if "COUNT(" in query["sql"]] for found in (asked, asked_by_another)]
    assert [len(found) for found in counted] == [0, 1]
    assert all("LIMIT 100" in sql for sql in counted[1])


def test_nothing_new_costs_three_queries_and_no_words(people, at, clock) -> None:
    file_ticket(people.owner, filing())
    client = at(people.agent)
    tag = pulse(client)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        answer = pulse(client, **{"if-none-match": tag})
    assert (answer.status_code, answer.content, len(asked)) == (304, b"", 3)
    post_message(people.owner, Ticket.objects.get().ref, {"body": "Hello?"})
    assert pulse(client, **{"if-none-match": tag}).status_code == 200


def test_it_tells_what_came_what_changed_and_what_left_the_view(people, at, clock) -> None:
    old, mine = (file_ticket(people.owner, filing()).ref for _ in range(2))
    amend(people.agent, mine, {"assignee": people.agent.email})
    client = at(people.agent)
    since = pulse(client).json()["since"]
    clock(timezone.now() + timedelta(minutes=5))
    drawn = int(timezone.now().timestamp() * 1_000_000)
    assert pulse(client, f"since={since}&at={drawn}").json()["touched"] == []
    fresh = file_ticket(people.owner, filing()).ref
    post_message(people.owner, mine, {"body": "Hello?"})
    amend(people.supervisor, old, {"assignee": people.agent.email})
    end = f"{0}-{0}"  # a page that ends before every deadline
    told = dict(pulse(client, f"since={since}&at={drawn}&to={end}&assignee=none").json()["touched"])
    assert told == {fresh: 2, mine: 0, old: 0}
    told = dict(pulse(client, f"since={since}&at={drawn}&to={end}").json()["touched"])
    assert told == {fresh: 2, mine: 1, old: 1}
    assert dict(pulse(client, f"since={since}&at={drawn}").json()["touched"]) == {fresh: 2, mine: 2, old: 2}
    assert fresh in dict(pulse(client, f"at={drawn}").json()["touched"])


def test_it_is_the_desk_s_alone_and_takes_any_nonsense(people, at, client) -> None:
    assert at(people.owner).get("/desk/pulse/").status_code == 403
    assert client.get("/desk/pulse/").status_code == 302
    assert at(people.agent).post("/desk/pulse/").status_code == 405
    for query in ("since=x&at=y&to=z", "since=99999999999999999999", "at=9999999999999999", "status=on_fire"):
        assert pulse(at(people.agent), query).status_code == 200


def test_kept_counts_do_not_grow_without_end(people, at, clock, monkeypatch) -> None:
    monkeypatch.setattr(queue_counts, "MAX_CACHED", 3)
    for person in (people.agent, people.reviewer, people.supervisor):
        pulse(at(person))
    assert len(queue_counts._cache) <= 3 + 1
