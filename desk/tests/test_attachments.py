"""Files with a reply or a note: into the box, along with the words, back with the undo, refused by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from desk.models import Draft
from desk.tests.reading import form_of
from desk.ticket.sending import release_due
from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting
from evidence.tests import making
from tickets.models import Message
from tickets.operations import post_message
from tickets.tests.stages import MAKERS

BODY = "您好，对账单见附件。"


@pytest.fixture
def ref(people, clock) -> str:
    return MAKERS["appeal_submitted"](people).ref


def picture(name: str = "对账单.png", colour: tuple[int, int, int] = (30, 120, 200)) -> SimpleUploadedFile:
    return making.file(making.png(colour), name)


def page(client, ref: str) -> str:
    return client.get(f"/desk/tickets/{ref}/").content.decode()


def send(client, ref: str, *files, visibility: str = "public", form=None, **typed):
    form = form or form_of(page(client, ref), "message")
    return client.post(form.action, {**form.filled(body=BODY, visibility=visibility, **typed), "files": list(files)})


def box(client, ref: str) -> list[str]:
    return form_of(page(client, ref), "message").values.get("attached", [])


def out(client, ref: str) -> None:
    release_due(timezone.now() + timedelta(minutes=1))


def test_a_reply_goes_out_with_its_files_and_the_customer_sees_them_under_it(people, at, ref) -> None:
    assert send(at(people.agent), ref, picture(), picture("收据.png", (9, 9, 9))).status_code == 302
    assert "2 files go along" in page(at(people.agent), ref)
    assert box(at(people.agent), ref) == []
    assert "对账单.png" not in at(people.owner).get(f"/tickets/{ref}/").content.decode()
    out(at(people.agent), ref)
    inspect_waiting(timezone.now())
    items = EvidenceItem.objects.filter(message=Message.objects.get(by_staff=True))
    assert [(item.original_name, item.internal, item.state) for item in items.order_by("pk")] == [
        ("对账单.png", False, "clean"), ("收据.png", False, "clean"),
    ]  # fmt: skip
    for reader, address in ((people.owner, f"/tickets/{ref}/"), (people.supervisor, f"/desk/tickets/{ref}/")):
        shown = at(reader).get(address).content.decode()
        assert "对账单.png" in shown and "收据.png" in shown
    assert f"item={items[0].pk}" in page(at(people.agent), ref)


def test_taken_back_they_are_in_the_box_again_and_nobody_has_seen_them(people, at, ref) -> None:
    agent = at(people.agent)
    send(agent, ref, picture())
    item = EvidenceItem.objects.get(kind="desk_file")
    agent.post(f"/desk/tickets/{ref}/undo/")
    assert release_due(timezone.now() + timedelta(hours=1)) == 0
    assert box(agent, ref) == [str(item.pk)]
    assert (item.message_id, item.internal) == (None, True)
    assert "对账单.png" not in page(at(people.supervisor), ref)
    send(agent, ref)
    out(agent, ref)
    assert EvidenceItem.objects.get(pk=item.pk).message == Message.objects.get(by_staff=True)


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_a_file_that_is_refused_is_named_and_neither_text_nor_other_files_are_lost(people, at, ref, visibility) -> None:
    agent = at(people.agent)
    refused = send(agent, ref, picture(), making.file(b"PK\x03\x04 no picture", "程序.zip"), visibility=visibility)
    shown = refused.content.decode()
    assert refused.status_code == 400
    assert "程序.zip: " in shown
    form = form_of(shown, "message")
    assert form.values["body"] == [BODY]
    kept = EvidenceItem.objects.get(kind="desk_file")
    assert form.values["attached"] == [str(kept.pk)]
    assert not Message.objects.exists() and not Draft.objects.filter(send_at__isnull=False).exists()
    assert send(agent, ref, form=form, visibility=visibility).status_code == 302
    out(agent, ref)
    assert EvidenceItem.objects.get(pk=kept.pk).message == Message.objects.get()


def test_what_the_check_refuses_before_it_goes_out_brings_the_reply_back(people, at, ref) -> None:
    agent = at(people.agent)
    send(agent, ref, making.file(making.png()[:200], "坏的.png"))
    inspect_waiting(timezone.now())
    out(agent, ref)
    assert not Message.objects.exists()
    shown = page(agent, ref)
    assert "This was not sent" in shown and "坏的.png" in shown and "unusable" in shown
    item = EvidenceItem.objects.get(kind="desk_file")
    agent.post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY, "without": str(item.pk)})
    assert box(agent, ref) == []
    send(agent, ref)
    out(agent, ref)
    assert Message.objects.get().body == BODY


def test_files_of_a_note_stay_among_colleagues(people, at, ref) -> None:
    assert send(at(people.agent), ref, picture("内部.png"), visibility="internal").status_code == 302
    inspect_waiting(timezone.now())
    item = EvidenceItem.objects.get(kind="desk_file")
    assert (item.internal, item.message.visibility) == (True, "internal")
    assert "内部.png" in page(at(people.supervisor), ref)
    owner = at(people.owner)
    assert "内部.png" not in owner.get(f"/tickets/{ref}/").content.decode()
    assert owner.get(f"/evidence/{item.pk}/").status_code == 404


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_pressed_twice_it_is_said_once_with_its_files_once(people, at, ref, visibility) -> None:
    agent = at(people.agent)
    form = form_of(page(agent, ref), "message")
    for _press in range(2):
        assert send(agent, ref, picture(), form=form, visibility=visibility).status_code == 302
    out(agent, ref)
    assert Message.objects.count() == 1
    assert list(EvidenceItem.objects.filter(kind="desk_file").exclude(state="deleted").values_list("message", flat=True)) == [
        Message.objects.get().pk
    ]


def test_a_stale_page_loses_no_file(people, at, ref) -> None:
    agent = at(people.agent)
    form = form_of(page(agent, ref), "message")
    post_message(people.owner, ref, {"body": "新消息"})
    refused = send(agent, ref, picture(), form=form)
    assert refused.status_code == 412
    assert len(form_of(refused.content.decode(), "message").values["attached"]) == 1


def test_files_lie_with_the_draft_and_go_with_it(people, at, ref) -> None:
    agent, address = at(people.agent), f"/desk/tickets/{ref}/draft/message/"
    agent.post(address, {"body": BODY, "files": [picture(), making.file(b"no", "x.exe")]})
    assert len(box(agent, ref)) == 1
    assert box(at(people.supervisor), ref) == []
    agent.post(address, {"body": BODY, "drop": "1"})
    assert box(agent, ref) == []
    assert EvidenceItem.objects.get(kind="desk_file").state == "deleted"


def test_nobody_removes_or_sends_what_is_not_theirs(people, at, ref) -> None:
    agent, other = at(people.agent), at(people.supervisor)
    agent.post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY, "files": [picture()]})
    item = EvidenceItem.objects.get(kind="desk_file")
    other.post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY, "without": str(item.pk)})
    assert EvidenceItem.objects.get(pk=item.pk).state != "deleted"
    form = form_of(page(other, ref), "message")
    stolen = other.post(form.action, {**form.filled(body=BODY, visibility="internal"), "attached": str(item.pk)})
    assert stolen.status_code == 400
    assert not Message.objects.exists()
