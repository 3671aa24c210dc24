"""Drawing a page holds up nobody: few at a time, one for each person, refused at once; and no small file asks for endless drawing."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from evidence.files import FileRefused, Limits
from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.operations import page_picture
from evidence.periodic import inspect_waiting
from evidence.sandbox import client
from evidence.sandbox.drawing_turns import DrawingBusy, turn
from evidence.sandbox.pdf_sanitizer import pdf_copy
from evidence.tests import making
from tickets.workflow import Refusal

LIMITS = Limits(2**20, 2**20, 1, 5)


def nested(levels: int, calls: int, kind: str = "form") -> bytes:
    """Forms on the second page that each call the next `calls` times; the innermost fills the page."""
    document = pikepdf.new()
    document.add_blank_page()
    page = document.add_blank_page()
    inner = document.make_stream(b"0 0 600 600 re f\n" * calls, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 600]))
    for _level in range(levels):
        outer = document.make_stream(b"/F Do\n" * calls, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 600]))
        outer.Resources = Dictionary(XObject=Dictionary(F=inner))
        inner = outer
    page.Resources, content = ARMED[kind](document, inner)
    page.Contents = document.make_stream(content * calls)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


ARMED = {
    "form": lambda document, form: (Dictionary(XObject=Dictionary(F=form)), b"/F Do\n"),
    "mask": lambda document, form: (
        Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Alpha, G=form)))),
        b"/G gs 0 0 600 600 re f\n",
    ),
    "letters": lambda document, form: (
        Dictionary(Font=Dictionary(T=Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=form)))),
        b"BT /T 9 Tf (aaaaaaaaaa) Tj ET\n",
    ),
}


@pytest.mark.parametrize("kind", ARMED)
def test_small_files_that_ask_for_endless_drawing_are_refused(kind):
    bomb = nested(6, 10, kind)
    assert len(bomb) < 5_000
    with pytest.raises(FileRefused, match="too_heavy"):
        pdf_copy(bomb, LIMITS)


def test_forms_too_deep_are_refused_and_what_programs_make_is_taken():
    with pytest.raises(FileRefused, match="too_heavy"):
        pdf_copy(nested(20, 1), LIMITS)
    for kind in ARMED:
        assert pdf_copy(nested(3, 5, kind), LIMITS).pages == 2


def test_a_form_that_calls_itself_is_no_crash():
    document = pikepdf.new()
    page = document.add_blank_page()
    form = document.make_stream(b"/F Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form.Resources = page.Resources = Dictionary(XObject=Dictionary(F=form))
    page.Contents = document.make_stream(b"/F Do")
    target = io.BytesIO()
    document.save(target)
    assert pdf_copy(target.getvalue(), LIMITS).pages == 1


# ---- Turns
def test_one_page_at_a_time_for_each_person_and_two_in_all():
    with turn(1):
        with pytest.raises(DrawingBusy), turn(1):
            pass
        with turn(2), pytest.raises(DrawingBusy), turn(3):
            pass
    with turn(3):
        pass


@pytest.fixture
def paper(ticket, mei, db) -> EvidenceItem:
    upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.pdf(2), "1.pdf"))
    inspect_waiting(ticket.created_at)
    return EvidenceItem.objects.get()


def test_who_comes_while_others_are_served_is_told_so_at_once(paper, mei, client):
    client.force_login(mei)
    with turn(98), turn(99):
        answer = client.get(f"/evidence/{paper.pk}/pages/1/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "Try again in a moment" in answer.content.decode()
    assert client.get(f"/evidence/{paper.pk}/pages/1/").status_code == 200


def test_a_page_that_could_not_be_drawn_is_not_tried_again_at_once(paper, mei, monkeypatch):
    calls = []

    def dies(*args):
        calls.append(args)
        raise FileRefused("check_failed")

    monkeypatch.setattr(client, "_draw", dies)
    for _ in range(3):
        with pytest.raises(Refusal, match="NOT_DRAWN"):
            page_picture(mei, paper.pk, 1)
    assert len(calls) == 1
