"""The links of a complaint: suggestions, the acts, the block on the ticket page, and joining reached from a suggestion."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.tests.reading import forms
from evidence.intake import upload
from evidence.models import LikenessBand
from evidence.sandbox.perceptual_hash import bands
from evidence.tests import making
from tickets.models import Ticket, TicketLink
from tickets.operations import file_ticket
from tickets.tests.making import filing, put_evidence

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
LIKENESS = "0123456789abcdef" + "0" * 64


def about(owner, number: str) -> Ticket:
    return file_ticket(owner, filing(order_numbers=[{"issuer": "other", "number": number}]))


def picture(ticket: Ticket, likeness: str) -> None:
    item = put_evidence(ticket, "payment_voucher")[0]
    type(item).objects.filter(pk=item.pk).update(original="x", likeness=likeness)
    LikenessBand.objects.bulk_create(LikenessBand(item=item, band=band) for band in bands(likeness))


def page(client, ref: str, **headers) -> str:
    answer = client.get(f"/desk/tickets/{ref}/links/", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_same_order_and_nearly_the_same_picture_are_suggested(people, at, clock, wang) -> None:
    this, order, near, far = about(people.owner, "M00001111"), about(wang, "M00001111"), about(wang, "M00002222"), about(wang, "M00003333")
    picture(this, LIKENESS)
    picture(near, LIKENESS[:-1] + "3")
    picture(far, LIKENESS[:16] + "f" * 64)
    html = page(at(people.agent), this.ref)
    assert (html.count("Same order"), html.count("Same picture")) == (1, 1)
    assert order.ref in html
    assert near.ref in html
    assert far.ref not in html
    assert "2 look alike" in page(at(people.agent), this.ref, **{"hx-request": "true"})


def test_it_costs_the_same_however_many_there_are(people, at, clock, wang) -> None:
    this, client = about(people.owner, "M00001111"), at(people.agent)
    about(wang, "M00001111")

    def cost() -> int:
        page(client, this.ref)
        with CaptureQueriesContext(connection) as found:
            page(client, this.ref)
        return len(found)

    few = cost()
    for _ in range(5):
        about(wang, "M00001111")
    assert cost() == few


def test_a_suggestion_becomes_a_link_and_goes_again(people, at, clock, wang) -> None:
    this, other, client = about(people.owner, "M00001111"), about(wang, "M00001111"), at(people.agent)
    form = next(form for form in forms(page(client, this.ref)) if form.values.get("kind") == ["duplicate"])
    assert client.post(form.action, form.values)["Location"] == f"/desk/tickets/{this.ref}/links/"
    assert TicketLink.objects.get().kind == "duplicate"
    assert "Same order" not in page(client, this.ref)
    assert this.ref in page(client, other.ref)
    form = next(form for form in forms(page(client, this.ref)) if form.action.endswith("/unlink/"))
    client.post(form.action, form.values)
    assert not TicketLink.objects.exists()


def test_joining_is_offered_for_one_customer_alone_and_keeps_both_histories(people, at, clock, wang) -> None:
    this, own, strange = about(people.owner, "M00001111"), about(people.owner, "M00001111"), about(wang, "M00001111")
    client = at(people.agent)
    joins = [form for form in forms(page(client, this.ref)) if form.action.endswith("/merge/")]
    assert [form.values["into"] for form in joins] == [[own.ref]]
    shown = client.post(joins[0].action, joins[0].values)
    assert shown.status_code == 200
    assert Ticket.objects.get(pk=own.pk).merged_into_id is None  # looked at, and not done
    text = shown.content.decode()
    for words in ("Goes on", this.ref, "Closes", own.ref, "Its status: "):
        assert words in text, words
    confirm = next(form for form in forms(text) if form.action.endswith("/merge/"))
    assert confirm.values["into"] == [own.ref]
    assert client.post(confirm.action, confirm.values).status_code == 302
    assert Ticket.objects.get(pk=own.pk).merged_into_id == this.pk
    assert own.ref in page(client, this.ref)
    assert "Joined into" in page(client, own.ref)
    assert this.events.count() > 1
    assert strange.pk


def test_what_is_wrong_is_said_and_kept(people, at, clock) -> None:
    this, client = about(people.owner, "M00001111"), at(people.agent)
    answer = client.post(f"/desk/tickets/{this.ref}/links/link/", {"other": "TS-20200101-000009", "kind": "related"})
    assert answer.status_code == 400
    assert "There is no complaint with this reference." in answer.content.decode()
    assert 'value="TS-20200101-000009"' in answer.content.decode()


def test_a_new_complaint_is_split_off(people, at, clock) -> None:
    this, client = about(people.owner, "M00001111"), at(people.agent)
    form = next(form for form in forms(page(client, this.ref)) if form.action.endswith("/split/"))
    fresh = client.post(form.action, form.filled(category="billing_duplicate", amount="5.00"))["Location"].split("/")[3]
    assert Ticket.objects.get(ref=fresh).owner_id == people.owner.pk
    assert fresh in page(client, this.ref)
    assert "/split/" not in page(at(people.reviewer), this.ref)


def test_strangers_and_nonsense(people, at, clock) -> None:
    this = about(people.owner, "M00001111")
    address = f"/desk/tickets/{this.ref}/links/"
    assert at(people.owner).get(address).status_code == 403
    assert at(people.agent).get("/desk/tickets/TS-20200101-000009/links/").status_code == 404
    assert at(people.agent).post(f"{address}burn/", {}).status_code == 404
    assert at(people.privacy).post(f"{address}link/", {"other": this.ref}).status_code in (400, 403)
    assert at(people.agent).get(f"{address}link/")["Location"] == address
    assert "links/" in at(people.agent).get(f"/desk/tickets/{this.ref}/").content.decode()


def test_evidence_is_chosen_to_go_over(people, at, clock) -> None:
    this = file_ticket(people.owner, filing())
    item = upload(people.owner, this.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    card = upload(people.owner, this.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png()))
    client = at(people.agent)
    shown = page(client, this.ref)
    assert f'name="evidence" value="{item.pk}"' in shown and f'name="evidence" value="{card.pk}"' not in shown
    form = next(form for form in forms(shown) if form.action.endswith("/split/"))
    refused = client.post(form.action, {**form.values, "evidence": [str(item.pk), str(card.pk)]})
    assert refused.status_code == 400
    assert f'value="{item.pk}" checked' in refused.content.decode()
    fresh = client.post(form.action, {**form.values, "evidence": str(item.pk)})["Location"].split("/")[3]
    item.refresh_from_db()
    assert item.ticket.ref == fresh
