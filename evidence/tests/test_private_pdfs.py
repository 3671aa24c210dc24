"""A PDF of a private paper is looked at as a picture, with the viewer's name burnt in as into any other."""

from __future__ import annotations

import io

from PIL import Image

from evidence.intake import upload
from evidence.operations import content
from evidence.periodic import inspect_waiting
from evidence.tests import making


def test_its_pages_become_one_picture_and_a_viewer_is_named_in_it(ticket, mei, zhou, clock) -> None:
    item = upload(mei, ticket.ref, {"kind": "kinship_proof", "consent": True}, making.file(making.pdf(), "family.pdf"))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    assert (item.state, item.safe_type, item.pages) == ("clean", "image/jpeg", None)
    mine, theirs = content(mei, item.pk).data, content(zhou, item.pk, "核对身份").data
    assert Image.open(io.BytesIO(mine)).size == Image.open(io.BytesIO(theirs)).size
    assert mine != theirs
