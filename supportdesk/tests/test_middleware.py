"""PostgreSQL keeps no NUL: one in an address or in a form is never an error page."""

import pytest
from django.test import Client

from tickets.models import Message, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
FREEZE = {"account": "douyin:138\x0000001111", "category": "billing_unauthorized", "not_me": "on", "once": "a\x00b"}


def browser(person=None):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/follow/?ref=TS%00",
        "/file/?category=a%00",
        "/tickets/?before=1%00-2&after=%00",
        "/tickets/TS%00/",
        "/freeze/TS%00/",
        "/file/TS%00/a%00/",
        "/?a=%00",
    ],
)
def test_an_address_of_the_portal(mei, address):
    assert browser(mei).get(address).status_code in (200, 302, 404)


@pytest.mark.parametrize(
    "address",
    [
        "/desk/?q=%00",
        "/desk/?q=a%00b&assignee=x%00&category=%00&status=%00",
        "/desk/?after=1%00-2",
        "/desk/notices/?before=1%00",
        "/desk/file/?category=billing_duplicate&on_behalf_of=a%00@example.com",
        "/desk/tickets/a%00/",
        "/desk/tickets/a%00/message/",
        "/desk/tickets/a%2500/",
        "/evidence/1/?purpose=%00",
        "/api/v1/tickets/?q=a%00&assignee=%00&category=%00",
        "/api/v1/tickets/a%00/",
    ],
)
def test_an_address_of_the_desk_or_the_api(lin, address):
    assert browser(lin).get(address).status_code in (200, 302, 400, 404)


def test_a_form_of_the_portal_and_the_token_in_it(mei):
    client = browser(mei)
    first, second = client.post("/freeze/", FREEZE), client.post("/freeze/", FREEZE)
    assert first.url == second.url == f"/freeze/{Ticket.objects.get().ref}/"


def test_a_form_of_the_desk(mei, lin):
    ref = file_ticket(mei, filing()).ref
    client, version = browser(lin), Ticket.objects.get().version
    assert client.post("/desk/tickets/a%00/message/", {"body": "x"}).status_code == 404
    assert client.post(f"/desk/tickets/{ref}/message/", {"body": "a\x00b", "version": version, "visibility": "internal"}).status_code == 302
    assert Message.objects.get().body == "ab"
    caller = {"category": "billing_duplicate", "on_behalf_of": "caller\x00@example.com", "channel": "phone"}
    assert client.post("/desk/file/", caller).status_code == 302
    assert Ticket.objects.filter(owner__email="caller@example.com").exists()


def test_a_form_of_the_accounts(mei):
    for page in ("login", "signup", "password/reset", "login/code"):
        answer = browser().post(f"/accounts/{page}/", {"login": "a\x00@example.com", "email": "a\x00@example.com", "by": "code"})
        assert answer.status_code < 500


@pytest.mark.parametrize("address", ["/", "/tickets/", "/api/v1/tickets/"])
def test_a_cookie(address):
    assert browser().get(address, headers={"cookie": 'sessionid="abcdefgh\\000ijk"'}).status_code in (200, 302, 401)
