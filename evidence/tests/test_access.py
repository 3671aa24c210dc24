"""Who sees what, through the one way out; and the record of everyone who looked."""

import io
import zipfile

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageChops

from accounts.roles import Role
from evidence.intake import give_consent, upload
from evidence.models import EvidenceItem
from evidence.operations import access_summaries, as_dict, content, document_number, items_of, page_picture, same_file_elsewhere, thumbnail
from evidence.operations.access_history import LOOKS
from evidence.people import export_person
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import looks
from evidence.vault.custody import CustodyEntry
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.cast import person
from tickets.tests.making import filing, under_review
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

PURPOSE = "核对身份"


@pytest.fixture
def photo(ticket, mei, clock) -> EvidenceItem:
    upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg(), "我的照片.jpg"))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return EvidenceItem.objects.get(kind="transaction_screenshot")


@pytest.fixture
def card(ticket, mei, clock) -> EvidenceItem:
    raw = {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}
    upload(mei, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return EvidenceItem.objects.get(kind="id_card_front")


def outcome(viewer, item, purpose=PURPOSE) -> str:
    try:
        content(viewer, item.pk, purpose)
    except Refusal as refusal:
        return refusal.code
    return "seen"


@pytest.fixture
def everyone(mei, wang, lin, zhou, chen, zhao, sun, adapter, admin_person):
    assigned = person("assigned@example.com", Role.REVIEWER)
    Ticket.objects.update(assignee=assigned)
    return {
        "owner": mei, "stranger": wang, "agent": lin, "freeze operator": zhou, "another reviewer": chen, "supervisor": zhao,
        "privacy officer": sun, "adapter": adapter, "admin": admin_person, "assigned reviewer": assigned,
    }  # fmt: skip


def test_ordinary_items_are_the_owners_and_the_desks(photo, everyone):
    seen = {who for who, viewer in everyone.items() if outcome(viewer, photo, "") == "seen"}
    assert seen == {"owner", "agent", "freeze operator", "another reviewer", "supervisor", "privacy officer", "assigned reviewer"}
    assert outcome(everyone["stranger"], photo) == outcome(everyone["admin"], photo) == "not_found"
    assert outcome(everyone["adapter"], photo) == "forbidden"
    assert set(looks().values_list("by__email", flat=True)) == {everyone[who].email for who in seen}


def test_sensitive_items_are_for_four_roles_alone(card, everyone):
    found = {who: outcome(viewer, card) for who, viewer in everyone.items()}
    assert {who for who, got in found.items() if got == "seen"} == {"owner", "freeze operator", "privacy officer", "assigned reviewer"}
    assert {who for who, got in found.items() if got == "forbidden"} == {"agent", "another reviewer", "supervisor", "adapter"}
    assert found["stranger"] == found["admin"] == "not_found"
    assert looks().count() == 4


def test_without_consent_a_sensitive_item_is_the_owners_alone(ticket, mei, zhou, sun, client, clock):
    raw = {"kind": "id_card_front", "number": "11010519491231002X"}
    card = upload(mei, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    for viewer in (zhou, sun):
        for look in (content, document_number, thumbnail):
            with pytest.raises(Refusal) as refusal:
                look(viewer, card.pk, PURPOSE)
            assert (refusal.value.code, refusal.value.status) == ("CONSENT_REQUIRED", 422)
    assert outcome(mei, card) == "seen"
    assert set(looks().values_list("by", flat=True)) == {mei.pk}
    client.force_login(zhou)
    shown = client.get(reverse("evidence:show", args=[card.pk]), {"purpose": PURPOSE})
    assert (shown.status_code, "尚未同意" in shown.content.decode()) == (422, True)
    page = client.get(reverse("desk:viewer", args=[ticket.ref]), {"item": card.pk, "why": "identity"}).content.decode()
    assert "尚未同意" in page
    assert reverse("evidence:show", args=[card.pk]) not in page
    give_consent(mei, card.pk)
    assert outcome(zhou, card) == "seen"


def test_a_sensitive_item_of_somebody_else_is_opened_for_a_purpose(card, mei, sun, zhou):
    for viewer in (sun, zhou):
        for blank in ("", "   ", "\n"):
            with pytest.raises(Invalid) as invalid:
                content(viewer, card.pk, blank)
            assert list(invalid.value.errors) == ["purpose"]
    assert not looks().exists()
    content(sun, card.pk, "  核对\n身份 ")
    content(mei, card.pk)
    assert list(looks().values_list("by__email", "purpose")) == [(sun.email, "核对 身份"), (mei.email, "")]


def test_who_looked_is_burnt_into_every_part_of_a_sensitive_picture(card, mei, sun):
    plain, marked = (Image.open(io.BytesIO(content(viewer, card.pk, "核对").data)).convert("RGB") for viewer in (mei, sun))
    assert plain.size == marked.size
    width, height = plain.size
    for left, top in ((0, 0), (width // 2, 0), (0, height // 2), (width // 2, height // 2)):
        part = (left, top, left + width // 2, top + height // 2)
        assert ImageChops.difference(plain.crop(part), marked.crop(part)).getbbox() is not None
    small = [thumbnail(viewer, card.pk, "核对").data for viewer in (mei, sun)]
    assert small[0] != small[1]


def test_an_ordinary_picture_is_shown_as_it_is(photo, mei, chen):
    assert content(mei, photo.pk).data == content(chen, photo.pk).data


def test_an_agent_who_may_not_look_does_not_read_the_fields_either(card, mei, lin, sun):
    assert as_dict(card, lin)["fields"] == {}
    assert as_dict(card, lin)["state"] == "clean"
    for viewer in (mei, sun):
        assert as_dict(card, viewer)["fields"] == {"number": "110****002X"}


@pytest.mark.parametrize("state", ["uploaded", "scanning", "rejected", "superseded", "deleted"])
def test_only_what_is_clean_is_shown(photo, mei, lin, state):
    EvidenceItem.objects.update(state=state)
    for viewer in (mei, lin):
        assert outcome(viewer, photo) == "WRONG_STATUS"
    assert not looks().exists()


def test_the_copy_is_shown_and_never_the_original(photo, mei, clock):
    shown = content(mei, photo.pk)
    assert shown.data != making.jpeg()
    assert making.SECRET.encode() not in shown.data
    assert (shown.media_type, shown.filename) == ("image/jpeg", f"{photo.ticket.ref}-transaction_screenshot-{photo.pk}.jpg")


def test_typed_items_are_shown_as_text(ticket, mei):
    item = upload(mei, ticket.ref, {"kind": "cs_conversation", "text": "<script>alert(1)</script>"})
    shown = content(mei, item.pk)
    assert (shown.media_type, shown.data) == ("text/plain; charset=utf-8", b"<script>alert(1)</script>")


def test_a_page_shows_it_harmlessly(photo, mei, client):
    client.force_login(mei)
    response = client.get(reverse("evidence:show", args=[photo.pk]))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert "照片" not in response["Content-Disposition"]
    small = client.get(reverse("evidence:thumbnail", args=[photo.pk]))
    assert small["Content-Type"] == "image/jpeg"
    assert len(small.content) < len(response.content)
    assert list(looks().values_list("action", flat=True)) == ["viewed", "thumbnail"]


def test_a_pdf_is_saved_and_not_opened_in_place(ticket, mei, client, clock):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.armed_pdf()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    client.force_login(mei)
    response = client.get(reverse("evidence:show", args=[item.pk]))
    assert response["Content-Disposition"].startswith("attachment;")
    assert client.get(reverse("evidence:thumbnail", args=[item.pk]))["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(("who", "status"), [("wang", 404), ("adapter", 403), ("lin", 403), ("zhou", 400), ("mei", 200)])
def test_a_page_refuses_as_the_operation_does(card, client, request, who, status):
    client.force_login(request.getfixturevalue(who))
    for name in ("show", "thumbnail"):
        assert client.get(reverse(f"evidence:{name}", args=[card.pk])).status_code == status


def test_a_purpose_opens_it_in_the_browser_too(card, client, zhou):
    client.force_login(zhou)
    assert client.get(reverse("evidence:show", args=[card.pk]), {"purpose": PURPOSE}).status_code == 200


def test_nobody_looks_without_signing_in_and_nothing_is_changed_by_post(photo, client, mei):
    address = reverse("evidence:show", args=[photo.pk])
    assert client.get(address).status_code == 302
    client.force_login(mei)
    assert client.post(address).status_code == 405
    assert client.get(reverse("evidence:show", args=[999999])).status_code == 404


def test_what_is_still_checked_says_so_to_the_browser(ticket, mei, client):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    client.force_login(mei)
    assert client.get(reverse("evidence:show", args=[item.pk])).status_code == 409


def test_a_path_of_the_store_leads_nowhere(photo, mei, client):
    client.force_login(mei)
    store_folder = settings.STORAGES["evidence"]["OPTIONS"]["location"]
    for name in photo.names:
        for prefix in ("", "media/", "static/", "evidence/", "var/evidence/", "static/../var/evidence/"):
            assert client.get(f"/{prefix}{name}").status_code == 404
    assert store_folder != settings.MEDIA_ROOT
    assert not str(store_folder).startswith(str(settings.STATIC_ROOT))


def test_file_permissions_keep_others_on_the_machine_out(photo, vault):
    for path in vault.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_lists_hold_what_the_viewer_may_know_of(ticket, mei, wang, chen, lin):
    upload(mei, ticket.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    upload(chen, ticket.ref, {"kind": "system_log", "text": "20:15 ok"})
    assert [item.kind for item in items_of(mei, ticket)] == ["cs_conversation"]
    assert [item.kind for item in items_of(lin, ticket)] == ["cs_conversation", "system_log"]
    assert items_of(wang, ticket) == []


def test_an_internal_item_is_hidden_from_the_customer_in_every_way(ticket, mei, chen):
    log = upload(chen, ticket.ref, {"kind": "system_log", "text": "20:15 ok"})
    assert outcome(mei, log) == "not_found"
    assert outcome(chen, log) == "seen"


def test_an_agent_is_a_customer_on_their_own_complaint(clock, lin, chen, client):
    own = file_ticket(lin, filing())
    log = upload(chen, own.ref, {"kind": "system_log", "text": "20:15 ok"})
    assert outcome(lin, log) == "not_found"
    assert items_of(lin, own) == []
    assert [item.pk for item in items_of(chen, own)] == [log.pk]
    told = b"".join(export_person(lin, lin))
    assert b"system_log" not in _unzipped(told)
    client.force_login(lin)
    for name in ("desk:ticket", "desk:viewer"):
        page = client.get(reverse(name, args=[own.ref])).content.decode()
        assert "20:15 ok" not in page
        assert f"?item={log.pk}" not in page


def _unzipped(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_lists_mask_accounts_and_a_look_shows_them(ticket, mei, lin, client):
    item = upload(mei, ticket.ref, {"kind": "account_info", "text": "douyin:13800138000\n微信:mei_zhang_1988"})
    for viewer in (mei, lin):
        assert as_dict(item, viewer)["text"] == "douyin:138****8000\n微信:mei****1988"
        assert content(viewer, item.pk).data.decode() == item.text
    client.force_login(lin)
    assert "13800138000" not in client.get(reverse("desk:ticket", args=[ticket.ref])).content.decode()


def test_what_is_masked_opens_by_its_content_alone_and_its_owner_sees_it_as_ever(ticket, mei, lin, wang, client, clock):
    typed = {"kind": "bank_statement_screenshot", "order_no": "202603100001234", "amount": "600.00", "issuer": "douyin_mp"}
    item = upload(mei, ticket.ref, typed, making.file(making.png()))
    said = upload(mei, ticket.ref, {"kind": "bank_card_masked", "text": "招商银行 8888"})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    told = as_dict(item, lin)
    assert told["fields"] == {"order_no": "****", "amount": "****"}
    assert (told["has_thumbnail"], as_dict(said, lin)["text"]) == (False, "****")
    with pytest.raises(Forbidden):
        thumbnail(lin, item.pk)
    assert not looks().exists()
    own = as_dict(item, mei)
    assert (own["fields"]["amount"], own["has_thumbnail"], as_dict(said, mei)["text"][-4:]) == ("600.00", True, "8888")
    content(lin, item.pk)
    assert b"8888" in content(lin, said.pk).data
    content(mei, item.pk)
    thumbnail(mei, item.pk)
    assert list(CustodyEntry.objects.filter(action__in=LOOKS).order_by("seq").values_list("by", "action")) == [
        (lin.pk, "unmasked"), (lin.pk, "unmasked"), (mei.pk, "viewed"), (mei.pk, "thumbnail"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        content(wang, item.pk)
    shown = access_summaries(mei, [item])[item.pk]
    assert ("unmasked", Role.AGENT) in [(look.action, look.who) for look in shown]


def test_pages_of_a_pdf_follow_the_rules_of_the_file(ticket, mei, wang, lin, adapter, client, clock):
    item = upload(mei, ticket.ref, {"kind": "police_receipt"}, making.file(making.pdf(2)))
    address = [reverse("evidence:page", args=[item.pk, number]) for number in (1, 2, 3, 0)]
    assert client.get(address[0]).status_code == 302
    client.force_login(mei)
    assert client.get(address[0]).status_code == 409
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    for viewer, statuses in ((mei, [200, 200, 404, 404]), (lin, [200, 200, 404, 404]), (wang, [404] * 4), (adapter, [403] * 4)):
        client.force_login(viewer)
        assert [client.get(each).status_code for each in address] == statuses
    assert client.post(address[0]).status_code == 405
    found = CustodyEntry.objects.filter(action__in=LOOKS).order_by("seq")
    assert [(each.by, each.action, each.detail["page"]) for each in found] == [
        (mei, "viewed", 1), (mei, "viewed", 2), (lin, "unmasked", 1), (lin, "unmasked", 2),
    ]  # fmt: skip
    drawn = Image.open(io.BytesIO(page_picture(mei, item.pk, 2).data))
    assert (drawn.format, max(drawn.size)) == ("JPEG", 2000)
    assert not drawn.getexif()


def test_an_identity_document_has_no_pages_whatever_its_file(card, mei, sun):
    EvidenceItem.objects.filter(pk=card.pk).update(safe_type="application/pdf", pages=1)
    for viewer in (mei, sun):
        with pytest.raises((NotFound, Invalid)):
            page_picture(viewer, card.pk, 1)
    assert not looks().exists()


def test_a_page_that_cannot_be_drawn_says_so(ticket, mei, client, clock, monkeypatch):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.pdf(1)))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    monkeypatch.setattr("evidence.sandbox.client.PAGE_WITHIN", 0.0001)
    client.force_login(mei)
    answer = client.get(reverse("evidence:page", args=[item.pk, 1]))
    assert (answer.status_code, "PDF" in answer.content.decode()) == (409, True)
    assert not looks().exists()


def test_customers_are_not_told_who_at_the_desk_uploaded(clock, mei, chen):
    ticket = under_review(mei, chen)
    item = upload(chen, ticket.ref, {"kind": "statement_of_balance"}, making.file(making.png()))
    assert as_dict(item, mei)["uploaded_by"] is None
    assert as_dict(item, chen)["uploaded_by"] == chen.email


def test_a_list_asks_the_database_a_fixed_number_of_times(ticket, mei, lin, django_assert_max_num_queries):
    for number in range(8):
        upload(mei, ticket.ref, {"kind": "cs_conversation", "text": f"第 {number} 句"})
    with django_assert_max_num_queries(6):
        shown = [as_dict(item, lin) for item in items_of(lin, ticket)]
    assert len(shown) == 8


def test_reasons_are_in_the_readers_words(ticket, mei, clock):
    upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png(size=(120, 120))))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    said = as_dict(EvidenceItem.objects.get(), mei)
    assert said["state"] == "rejected"
    assert "300" in said["reason"]
    assert said["reason_code"] == "too_small"


def test_the_same_file_on_another_ticket_is_a_hint_for_the_desk(ticket, mei, wang):
    mine = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    assert same_file_elsewhere([mine]) == set()
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    theirs = upload(wang, other.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    unlike = upload(wang, other.ref, {"kind": "payment_voucher"}, making.file(making.png((9, 9, 9))))
    assert same_file_elsewhere([mine]) == {mine.pk}
    assert same_file_elsewhere([theirs, unlike]) == {theirs.pk}


def test_the_admin_shows_that_it_is_there_and_nothing_of_it(photo, card, admin_person, client):
    client.force_login(admin_person)
    page = client.get(reverse("admin:evidence_evidenceitem_changelist"))
    assert page.status_code == 200
    shown = page.content.decode()
    assert "transaction_screenshot" in shown
    assert "id_card_front" not in shown
    assert client.get(reverse("admin:evidence_evidenceitem_change", args=[card.pk])).status_code == 302
    detail = client.get(reverse("admin:evidence_evidenceitem_change", args=[photo.pk])).content.decode()
    assert photo.safe not in detail
    assert photo.original not in detail
    assert 'name="_save"' not in detail
    assert client.get(reverse("admin:evidence_evidenceitem_add")).status_code == 403


def test_forbidden_and_unknown_are_told_apart_by_what_one_may_see(card, lin, wang):
    with pytest.raises(Forbidden):
        content(lin, card.pk, PURPOSE)
    with pytest.raises(NotFound):
        content(wang, card.pk, PURPOSE)
