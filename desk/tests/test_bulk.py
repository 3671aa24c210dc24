"""What is done to ticked rows: each in its own transaction, told one by one, turned back by the inverse act."""

import pytest

from desk.queue.bulk import SelectedRow, parse_rows
from desk.tests.reading import forms
from tickets.models import Event, Tag, Ticket, TicketLink
from tickets.operations import amend, file_ticket, tag
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def refs(people, clock) -> list[str]:
    Tag.objects.create(name="press", tone="warn")
    return [file_ticket(people.owner, filing()).ref for _ in range(3)]


def post(client, refs, was=0, **said) -> str:
    response = client.post("/desk/bulk/", {"row": [f"{ref}.{was}" for ref in refs], **said})
    assert response.status_code == 200
    return response.content.decode()


def undo(client, html: str) -> str:
    form = next(form for form in forms(html) if form.action == "/desk/bulk/" and "undoes" in form.names)
    return client.post(form.action, form.values).content.decode()


def assignees(refs) -> list[str | None]:
    by_ref = dict(Ticket.objects.filter(ref__in=refs).values_list("ref", "assignee__email"))
    return [by_ref[ref] for ref in refs]


def tagged(refs) -> list[str]:
    return sorted(Ticket.objects.filter(ref__in=refs, taggings__tag__name="press").values_list("ref", flat=True))


def test_rows_are_assigned_and_put_back(refs, people, at) -> None:
    client, lin = at(people.agent), people.agent.email
    amend(people.agent, refs[2], {"assignee": people.reviewer.email})
    html = client.post(
        "/desk/bulk/", {"row": [f"{refs[0]}.0", f"{refs[1]}.0", f"{refs[2]}.{people.reviewer.pk}"], "do": "assign", "to": "me"}
    ).content.decode()
    assert "3 complaints changed." in html
    assert assignees(refs) == [lin] * 3
    html = undo(client, html)
    assert assignees(refs) == [None, None, people.reviewer.email]
    assert "undoes" not in html


def test_what_is_refused_is_told_with_the_reason_and_stops_no_other(refs, people, at) -> None:
    amend(people.supervisor, refs[0], {"complained_about": [people.agent.email]})
    amend(people.supervisor, refs[1], {"assignee": people.reviewer.email})
    html = post(at(people.agent), [*refs, "TS-20200101-000001"], do="assign", to="me")
    assert "1 complaint changed." in html
    assert "3 refused:" in html
    assert "Somebody else has taken it" in html
    assert assignees(refs) == [None, people.reviewer.email, people.agent.email]


def test_tags_are_put_on_and_taken_off_and_put_back(refs, people, at) -> None:
    client = at(people.agent)
    tag(people.agent, refs[0], ["press"])
    html = post(client, refs, do="tag", tag="press")
    assert "2 complaints changed." in html
    assert "1 was so already." in html
    assert tagged(refs) == refs
    undo(client, html)
    assert tagged(refs) == [refs[0]]
    undo(client, post(client, refs, do="untag", tag="press"))
    assert tagged(refs) == [refs[0]]
    assert Event.objects.filter(ticket__ref=refs[1], kind="tagged").count() == 2


def test_rows_are_linked_with_the_first_and_parted_again(refs, people, at) -> None:
    client = at(people.agent)
    html = post(client, refs, do="link")
    assert set(TicketLink.objects.values_list("kind", "source__ref", "target__ref")) == {("related", refs[0], ref) for ref in refs[1:]}
    undo(client, html)
    assert not TicketLink.objects.exists()


@pytest.mark.parametrize("said", [{"do": "tag"}, {"do": "burn"}, {}, {"do": "assign", "to": "x"}, {"do": "tag", "tag": "nothing"}])
def test_an_act_without_sense_does_nothing(said, refs, people, at) -> None:
    version = list(Ticket.objects.values_list("version", flat=True))
    html = post(at(people.agent), refs, **said)
    assert "Nothing was done." in html or "3 refused:" in html
    assert list(Ticket.objects.values_list("version", flat=True)) == version


def test_it_comes_back_to_the_same_filters_and_get_changes_nothing(refs, people, at) -> None:
    client = at(people.agent)
    html = post(client, refs[:1], do="assign", to="me", back="assignee=none")
    assert 'name="back" value="assignee=none"' in html
    assert f'data-ref="{refs[0]}"' not in html
    assert client.get("/desk/bulk/")["Location"] == "/desk/"


def test_it_is_the_desk_s_alone(refs, people, at) -> None:
    assert at(people.owner).post("/desk/bulk/", {"row": [f"{refs[0]}.0"], "do": "assign", "to": "me"}).status_code == 403
    html = post(at(people.privacy), refs, do="tag", tag="press")
    assert "3 refused:" in html
    assert tagged(refs) == []


def test_rows_are_read_as_a_page_names_them() -> None:
    values = ["TS-1.0", "TS-2.7.0", "TS-1.5", "TS-3", "TS-4.x", ".1", "TS-5.1.2.3", "TS-6." + "9" * 30]
    assert parse_rows(values) == [SelectedRow("TS-1", 0), SelectedRow("TS-2", 7, 0)]
