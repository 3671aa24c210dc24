"""The intake inspection: claim an item, look at its file outside any transaction, mark it clean or rejected."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from evidence.files import MEGA, FileRefused, Limits, SafeCopy
from evidence.intake import scanner
from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem, LikenessBand
from evidence.sandbox.client import SandboxUnavailable, as_one_picture, safe_copy
from evidence.sandbox.perceptual_hash import bands
from evidence.vault import custody, store
from evidence.vault.custody import CustodyAction
from evidence.vault.sealing import SealBroken
from lib.outbox import Columns, Outbox
from sla.policies import PolicySnapshot, snapshot
from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.notices import notify, notify_people
from tickets.models import Ticket
from tickets.operations.expiry import settle

log = logging.getLogger(__name__)

WAITING = (EvidenceItem.State.UPLOADED, EvidenceItem.State.SCANNING)
# A worker that has been silent for so long is dead, and its item is taken up again.
SILENCE = timedelta(minutes=5)
OF_ONE_PERSON = 2
# Younger ones still have a task of their own on the way.
PASSED_BY = timedelta(seconds=2)
# A file that killed its worker so often is not parsed again.
MOST_ATTEMPTS = 3
OUTBOX = Outbox(
    EvidenceItem,
    goes_out=False,
    waiting=WAITING,
    held=EvidenceItem.State.SCANNING,
    sent=EvidenceItem.State.CLEAN,
    failed=EvidenceItem.State.REJECTED,
    lease=SILENCE,
    columns=Columns(next_at="", error="", claimed_at="claimed_at"),
)


def limits_of(policy: PolicySnapshot) -> Limits:
    return Limits(policy.max_upload_mb * MEGA, policy.max_megapixels * 1_000_000, policy.min_side_px, policy.max_pdf_pages)


def has_turn(item_id: int, now: datetime) -> bool:
    """One person's files keep so many workers busy and no more, however many they send."""
    item = EvidenceItem.objects.filter(pk=item_id).only("uploaded_by_id").first()
    if item is None:
        return False
    in_hand = EvidenceItem.objects.filter(uploaded_by=item.uploaded_by_id, state__in=WAITING, claimed_at__gte=now - SILENCE)
    return in_hand.count() < OF_ONE_PERSON


def left_behind(item_id: int, now: datetime) -> int | None:
    """The oldest of the same person's that found others in hand when its turn came."""
    person = EvidenceItem.objects.filter(pk=item_id).values("uploaded_by")
    waiting = EvidenceItem.objects.waiting(now - SILENCE).filter(uploaded_by__in=person, uploaded_at__lt=now - PASSED_BY)
    return waiting.exclude(pk=item_id).order_by("pk").values_list("pk", flat=True).first()


def inspect(item_id: int, now: datetime) -> bool:
    """Bring one item to its end. False when it is not waiting, another worker has it, or something it needs is away."""
    item = OUTBOX.claim(item_id, now, "ticket")
    if item is None:
        return False
    try:
        data = store.read(item.original)
        copy = _examine(item, data)
        _accept(item, copy, now)
    except SealBroken as broken:
        log.error("the seal of evidence %d does not hold: %s", item.pk, broken)
        if broken.code == "unknown_key":
            return _wait(item)  # the key may come back; the file is whole
        _reject(item, "lost", now)
    except FileRefused as refused:
        _reject(item, refused.code, now)
    except OSError:
        log.exception("store, scanner or examiner is away; evidence %d waits", item.pk)
        return _wait(item)
    return True


def _wait(item: EvidenceItem) -> bool:
    """Given back as if nobody had tried. False: it did not come to its end."""
    OUTBOX.give_back(item)
    return False


def _examine(item: EvidenceItem, data: bytes) -> SafeCopy:
    """Raises FileRefused, for a parser's crash too: whatever a hostile file does, its owner gets an answer."""
    if item.attempts > MOST_ATTEMPTS:
        raise FileRefused("check_failed")
    may_scan = item.kind not in SENSITIVE or scanner.is_local()
    if may_scan and (found := scanner.scan_for_viruses(data)):
        log.warning("evidence %d holds %s", item.pk, found)
        raise FileRefused("malware")
    limits = limits_of(snapshot(item.ticket.policy_id))
    try:
        copy = safe_copy(data, item.media_type, limits)
        return as_one_picture(copy, limits) if item.kind in SENSITIVE and copy.pages else copy
    except (FileRefused, SandboxUnavailable):
        raise
    except Exception as error:
        log.exception("inspection of evidence %d failed", item.pk)
        raise FileRefused("check_failed") from error


def _accept(item: EvidenceItem, copy: SafeCopy, now: datetime) -> None:
    names = {"safe": store.put(copy.data), "thumbnail": store.put(copy.thumbnail) if copy.thumbnail else ""}
    seen = {"safe_type": copy.media_type, "width": copy.width, "height": copy.height, "pages": copy.pages, "likeness": copy.likeness}
    seen["remarks"] = " ".join(copy.remarks)
    if not _finish(item, now, state=EvidenceItem.State.CLEAN, **names, **seen):
        store.remove(name for name in names.values() if name)


def _reject(item: EvidenceItem, code: str, now: datetime) -> None:
    _finish(item, now, state=EvidenceItem.State.REJECTED, reason=code)


def _finish(item: EvidenceItem, now: datetime, **found: object) -> bool:
    """Write the result and say so on the ticket. False when the item was replaced or deleted meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(evidence=item).first()
        if ticket is None or not EvidenceItem.objects.filter(pk=item.pk, state__in=WAITING).update(claimed_at=None, **found):
            return False
        item.refresh_from_db(fields=["internal", "message"])  # it may have been sent meanwhile
        for name, value in found.items():
            setattr(item, name, value)
        store.adopt(item)
        LikenessBand.objects.bulk_create(LikenessBand(item=item, band=band) for band in bands(item.likeness))
        state = str(found["state"])
        action = CustodyAction.REFUSED if state == EvidenceItem.State.REJECTED else CustodyAction.CLEARED
        custody.record(action, [item], by=None, at=now, detail={"reason": item.reason} if item.reason else _copies(item))
        if item.is_unsent or (item.is_of_desk and item.state == EvidenceItem.State.CLEAN):
            return True  # nothing that history tells of
        case = Case(ticket, now)
        settle(case)
        case.record(f"evidence.{state}", _event_data(item, found), internal=item.internal or item.is_of_desk)
        if state == EvidenceItem.State.REJECTED:
            _bring_back(item, case)
            if item.reason == "malware":
                case.record("evidence.quarantined", _event_data(item, {}), internal=True)
            if item.is_of_desk:
                notify_people(case, "evidence_rejected", [item.uploaded_by_id])
            elif not item.internal:
                notify(case, "evidence_rejected", evidence=item.kind, item=item.pk)
        take_stock(case)
        case.save()
    return True


def _copies(item: EvidenceItem) -> dict[str, str]:
    """Hashes of what was made of it: what people look at can be proven too."""
    kept = store.hashes(item.names)
    return {column: kept[name] for column in ("safe", "thumbnail") if (name := getattr(item, column)) in kept}


def _event_data(item: EvidenceItem, found: dict[str, object]) -> dict[str, object]:
    told = {"item": item.pk, "kind": item.kind, "sha256": item.sha256}
    return {**told, "reason": found["reason"]} if "reason" in found else told


def _bring_back(item: EvidenceItem, case: Case) -> None:
    """What a refused file was to replace counts again; what had not been looked at by then is looked at now."""
    earlier = item.supersedes.filter(state=EvidenceItem.State.SUPERSEDED).exclude(original="").order_by("-pk").first()
    if earlier is None:
        return
    found = EvidenceItem.State.CLEAN if earlier.safe else EvidenceItem.State.SCANNING
    EvidenceItem.objects.filter(pk=earlier.pk).update(state=found, superseded_by=None, claimed_at=None, attempts=0)
    custody.record(CustodyAction.RESTORED, [earlier], by=None, at=case.now, detail={"instead_of": item.pk})
    if earlier.safe:
        case.record("evidence.clean", {"item": earlier.pk, "kind": earlier.kind, "sha256": earlier.sha256})
