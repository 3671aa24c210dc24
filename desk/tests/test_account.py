"""The account at the desk: masked until somebody who may opens it, on the record; shown by POST alone, and kept by no cache."""

import pytest

from evidence.models import CustodyEntry
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
BARE = "13912345678"


@pytest.fixture
def ref(mei):
    return file_ticket(mei, filing(request_freeze=True, account=f"douyin:{BARE}")).ref


def test_an_operator_opens_it_with_one_press(client, ref, zhou):
    client.force_login(zhou)
    place = f"/desk/tickets/{ref}/account/"
    for page in ("/desk/freezes/", f"/desk/tickets/{ref}/", place):
        answer = client.get(page).content.decode()
        assert f'action="{place}"' in answer
        assert BARE not in answer
    assert not CustodyEntry.objects.filter(action="account").exists()
    answer = client.post(place, {"freeze": ""})
    assert f"douyin:{BARE}" in answer.content.decode()
    assert 'data-copy="account-in-full"' in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert CustodyEntry.objects.get(action="account").by == zhou


def test_a_supervisor_is_asked_why(client, ref, zhao):
    client.force_login(zhao)
    place = f"/desk/tickets/{ref}/account/"
    assert client.post(place, {"freeze": ""}).status_code == 400
    assert BARE in client.post(place, {"freeze": "", "purpose": "decision"}).content.decode()


def test_an_agent_has_no_such_page(client, ref, lin):
    client.force_login(lin)
    assert client.get(f"/desk/tickets/{ref}/account/").status_code == 404
    assert client.post(f"/desk/tickets/{ref}/account/", {"purpose": "x"}).status_code == 404
