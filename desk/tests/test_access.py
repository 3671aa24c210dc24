"""Who may open the desk: members of the five groups and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from desk.shell.access import viewer
from tickets.models import Event, Notification, Ticket
from tickets.tests.stages import MAKERS

PAGES = ("/desk/", "/desk/freezes/", "/desk/countersign/", "/desk/notices/", "/desk/channels/")
DESK = ("agent", "operator", "reviewer", "supervisor", "privacy")


@pytest.fixture
def ref(people) -> str:
    return MAKERS["under_review"](people).ref


@pytest.fixture
def addresses(ref) -> tuple[str, ...]:
    return (*PAGES, "/desk/file/", f"/desk/tickets/{ref}/")


def test_visitors_are_sent_to_sign_in(client, addresses) -> None:
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/desk/")


def test_customers_and_admins_without_a_group_get_403(addresses, people, admin_person, at) -> None:
    for person in (people.owner, admin_person, people.service):
        for address in addresses:
            assert at(person).get(address).status_code == 403, address


def test_the_five_groups_get_in(people, at) -> None:
    for role in DESK:
        for address in PAGES:
            assert at(getattr(people, role)).get(address).status_code == 200, (role, address)


def test_only_agents_file_for_callers(people, at) -> None:
    assert at(people.agent).get("/desk/file/").status_code == 200
    for role in ("operator", "reviewer", "supervisor", "privacy"):
        client = at(getattr(people, role))
        assert client.get("/desk/file/").status_code == 403
        assert "/desk/file/" not in client.get("/desk/").content.decode()


def test_a_draft_and_an_unknown_ticket_are_not_there(people, at) -> None:
    draft = MAKERS["draft"](people)
    for ref in (draft.ref, "TS-20260101-999999", "nonsense"):
        assert at(people.agent).get(f"/desk/tickets/{ref}/").status_code == 404
        assert at(people.agent).post(f"/desk/tickets/{ref}/message/", {"version": "1", "body": "x"}).status_code == 404


def test_customers_cannot_act_through_the_desk(ref, people, at) -> None:
    for action in ("approve", "message", "amend", "upload", "verdict"):
        assert at(people.owner).post(f"/desk/tickets/{ref}/{action}/", {}).status_code == 403


def test_an_act_that_does_not_exist_is_404(ref, people, at) -> None:
    assert at(people.agent).post(f"/desk/tickets/{ref}/explode/", {}).status_code == 404


def test_get_changes_nothing(ref, addresses, people, at) -> None:
    def state() -> tuple[object, ...]:
        return (list(Ticket.objects.values()), Event.objects.count(), Notification.objects.count())

    before = state()
    for role in DESK:
        client = at(getattr(people, role))
        for address in (*addresses, f"/desk/tickets/{ref}/approve/", f"/desk/tickets/{ref}/message/"):
            client.get(address)
        assert client.get("/desk/notices/retry/").status_code == 405
    assert state() == before


def test_reloading_a_refused_act_leads_back_to_the_ticket(ref, people, at) -> None:
    response = at(people.agent).get(f"/desk/tickets/{ref}/approve/")
    assert (response.status_code, response["Location"]) == (302, f"/desk/tickets/{ref}/")


def test_a_view_that_forgot_to_ask_for_somebody_refuses(rf, people) -> None:
    request = rf.get("/desk/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        viewer(request)
    request.user = people.agent
    assert viewer(request) == people.agent
