"""What a token is good for: each view and each action names its scope, and a machine of the platform reads what it acts on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from accounts.scopes import ANY, SCOPES, grants
from api.authentication import make_token
from api.permissions import Anyone, SessionOnly
from api.tests.driving import ROOT, Desk
from api.urls import urlpatterns
from api.views.base import Endpoint
from api.views.tickets import TicketAction
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.workflow import ACTIONS

METHODS = ("get", "post", "put", "patch", "delete")


def views() -> Iterator[type[Endpoint]]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback.view_class
        if not {Anyone, SessionOnly} & set(view.permission_classes):
            yield view


def test_every_view_names_the_scope_of_each_of_its_methods():
    walked = list(views())
    unnamed = [
        (view.__name__, method)
        for view in walked
        for method in METHODS
        if hasattr(view, method) and view is not TicketAction and view.scopes.get(method.upper()) not in {*SCOPES, ANY}
    ]
    assert unnamed == []
    assert len(walked) > 30


def test_every_action_names_a_scope_and_what_machines_do_has_one_of_its_own():
    assert {action.scope for action in ACTIONS.values()} <= {*SCOPES} - {"read", "write"}
    of_machines = {key for key, action in ACTIONS.items() if Role.SERVICE in action.roles and action.scope == "tickets:act"}
    assert of_machines == {"refer_to_police"}


def test_the_wide_scopes_mean_what_they_meant_and_let_nobody_else_in():
    for scope in set(SCOPES) - {"read", "write", "auth:exchange"}:
        assert grants(["read"], scope) is scope.endswith(":read")
        assert grants(["write"], scope) is not scope.endswith(":read")
    assert not grants(["read", "write"], "auth:exchange")
    assert grants(["auth:exchange"], "auth:exchange")


def by(person: User, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(person, 'p', scopes)[1]}")
    return client


@pytest.mark.django_db
def test_a_token_reaches_as_far_as_its_scopes(mei):
    client = by(mei, "tickets:file")
    ref = client.post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    for refused, scope in (
        (client.get(f"{ROOT}tickets/{ref}/"), "tickets:read"),
        (client.post(f"{ROOT}tickets/{ref}/actions/withdraw/", {}, format="json"), "tickets:act"),
        (client.post(f"{ROOT}tickets/{ref}/messages/", {"body": "x"}, format="json"), "messages:write"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert f'scope="{scope}"' in refused["WWW-Authenticate"]
    assert by(mei, "tickets:read").get(f"{ROOT}tickets/{ref}/").status_code == 200


@pytest.mark.django_db
def test_the_platform_s_machine_files_for_customers_and_reads_what_it_filed(adapter, mei):
    other = file_ticket(mei, filing())
    machine = by(adapter, "tickets:file")
    for contact in ("new@example.com", "+8613800138000", "external:u-17"):
        made = machine.post(f"{ROOT}tickets/", {**filing(), "on_behalf_of": contact}, format="json")
        assert made.status_code == 201, made.content
        assert (Ticket.objects.get(ref=made.json()["ref"]).channel, made.json()["ref"] == other.ref) == ("api", False)
    assert len(machine.get(f"{ROOT}tickets/").json()["results"]) == 3
    assert machine.get(f"{ROOT}tickets/{other.ref}/").status_code == 404
    assert machine.get(f"{ROOT}tickets/count/").json() == {"count": 3}
    assert machine.get(f"{ROOT}events/").status_code == 403
    assert by(adapter, "evidence:read").get(f"{ROOT}tickets/{other.ref}/evidence/").status_code == 404


@pytest.mark.django_db
def test_a_machine_for_freezes_sees_frozen_complaints_and_moves_nothing_else(desk: Desk):
    body = {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13800000000", "amount": "10.00"}
    desk.at("2026-03-10T20:52:00+08:00").file(body)
    plain = file_ticket(desk.people["user"], filing())
    machine = by(desk.people["system"], "freezes:write")
    assert [row["ref"] for row in machine.get(f"{ROOT}tickets/").json()["results"]] == [desk.ref]
    assert machine.get(f"{ROOT}tickets/{plain.ref}/").status_code == 404
    done = machine.post(f"{ROOT}tickets/{desk.ref}/actions/confirm_freeze/", {"reference": "F-1"}, format="json")
    assert (done.status_code, done.json()["freeze"]["state"]) == (200, "active")
    paid = machine.post(f"{ROOT}tickets/{desk.ref}/actions/record_refund/", {"amount": "1.00"}, format="json")
    assert 'scope="remedies:confirm"' in paid["WWW-Authenticate"]
    assert by(desk.people["system"], "remedies:confirm").get(f"{ROOT}tickets/").json()["results"] == []
    assert len(by(desk.people["system"], "read").get(f"{ROOT}tickets/").json()["results"]) == 2
