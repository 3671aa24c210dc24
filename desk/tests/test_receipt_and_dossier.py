"""The dossier and the receipt from the desk: for the five groups, never with identity documents."""

import io
import json
import zipfile

import pytest

from evidence.vault.custody import CustodyEntry
from tickets.models import Event
from tickets.tests.making import put_evidence
from tickets.tests.stages import MAKERS

ROLES = ("agent", "operator", "reviewer", "supervisor", "privacy")


@pytest.fixture
def ticket(people):
    ticket = MAKERS["under_review"](people)
    put_evidence(ticket, "id_card_front")
    ticket.evidence.create(kind="cs_conversation", state="clean", text="客服说会处理。", uploaded_by=people.owner)
    return ticket


@pytest.mark.parametrize("role", ROLES)
def test_every_role_takes_it_and_each_file_is_recorded(people, at, ticket, role):
    client, events = at(getattr(people, role)), Event.objects.count()
    page = client.get(f"/desk/tickets/{ticket.ref}/").content.decode()
    assert f'action="/desk/tickets/{ticket.ref}/dossier/"' in page
    answer = client.get(f"/desk/tickets/{ticket.ref}/dossier/?for=regulator_12315")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
        assert json.loads(packed.read("manifest.json"))["for"] == "regulator_12315"
    assert sum("cs_conversation" in name for name in names) == 1
    assert not any("id_card" in name for name in names)
    # The printed page of the card tells its bank and last digits: that is taken along too.
    assert set(CustodyEntry.objects.values_list("kind", "action")) == {("cs_conversation", "exported"), ("bank_card_masked", "exported")}
    assert Event.objects.count() == events


def test_nobody_at_the_desk_takes_identity_documents(people, at, ticket):
    for role in ROLES:
        assert at(getattr(people, role)).get(f"/desk/tickets/{ticket.ref}/dossier/?include_sensitive=1").status_code == 403
    assert not CustodyEntry.objects.exists()


def test_too_many_dossiers_are_refused_in_words(people, at, ticket, settings):
    settings.THROTTLE_DOSSIER = "1/min"
    answers = [at(people.agent).get(f"/desk/tickets/{ticket.ref}/dossier/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "请稍后再继续" in answers[1].content.decode() or "a little later" in answers[1].content.decode()


def test_the_receipt_is_a_pdf(people, at, ticket):
    answer = at(people.agent).get(f"/desk/tickets/{ticket.ref}/receipt/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_customers_adapters_and_admins_get_403_and_an_unknown_ticket_404(people, at, ticket, admin_person):
    for path in ("dossier/", "receipt/"):
        for person in (people.owner, people.service, admin_person):
            assert at(person).get(f"/desk/tickets/{ticket.ref}/{path}").status_code == 403
        assert at(people.agent).get(f"/desk/tickets/TS-20260101-999999/{path}").status_code == 404


def test_a_wish_that_is_none_is_refused_in_words(people, at, ticket):
    assert at(people.agent).get(f"/desk/tickets/{ticket.ref}/dossier/?for=nobody").status_code == 400
