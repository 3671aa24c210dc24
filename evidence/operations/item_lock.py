"""One item on its locked ticket: how every operation on an existing item begins."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from evidence.models import EvidenceItem
from tickets.cases.case import Case
from tickets.operations import open_case
from tickets.workflow import Block, NotFound, Refusal

log = logging.getLogger(__name__)


def visible_item(actor: User, item_id: int) -> EvidenceItem:
    """The item with its ticket. Raises NotFound when it is not theirs to see."""
    item = EvidenceItem.objects.visible_to(actor).select_related("ticket").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


@contextmanager
def on_ticket(actor: User, item_id: int) -> Iterator[tuple[Case, EvidenceItem]]:
    """The item, read again under the lock of its ticket. Raises NotFound."""
    ref = visible_item(actor, item_id).ticket.ref
    with open_case(actor, ref) as case:
        item = next((item for item in case.evidence if item.pk == item_id), None)
        if item is None:
            raise NotFound
        yield case, item


@contextmanager
def refuse_if_store_away() -> Iterator[None]:
    """What is put or read in here answers in words when the store is away or full. Raises Refusal (STORE_AWAY: 503)."""
    try:
        yield
    except OSError as error:
        log.exception("the store of evidence is away or full")
        raise Refusal(Block("STORE_AWAY")) from error


def wrong_state(item: EvidenceItem) -> Refusal:
    return Refusal(Block("WRONG_STATUS", extra={"state": item.state}))


def event_data(item: EvidenceItem) -> dict[str, object]:
    """What history says of an item: never what is in it."""
    return {"item": item.pk, "kind": item.kind, "sha256": item.sha256}
