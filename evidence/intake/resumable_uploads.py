"""A file that comes in parts: each is sealed as it arrives, and when the last is there the whole goes the way of every upload.

Nothing is held between two requests but sealed parts and one row, so any process may take the next part. The row is locked to
add a part; the item is made under the lock of its ticket, and takes the upload along in the same transaction: never two.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from evidence import words
from evidence.files import MEGA, display_name
from evidence.intake.fields import TypedFields, clean
from evidence.intake.uploads import check_permitted, check_room, circumstances_of, read_case, upload_then
from evidence.models import EvidenceItem, PartialUpload, SealedFile, UploadPart
from evidence.operations.item_lock import refuse_if_store_away
from evidence.operations.limits import check_files_of_a_day, check_rate
from evidence.vault import store
from evidence.vault.sealing import SealBroken
from lib.duties.setting_aside import delete_all_or_each, each_row, name_of
from lib.redaction import without_secrets
from tickets.cases.case import Case
from tickets.models import Ticket
from tickets.workflow import Block, Invalid, NotFound, Refusal
from tickets.workflow.inputs import REQUIRED

log = logging.getLogger(__name__)

# How much to send at once: a part that is lost on a bad line is sent again whole.
PART_SIZE = 512 * 1024
# Smaller parts are taken too, but a file does not come byte by byte.
MOST_PARTS = 200
LIFE = timedelta(hours=24)
MOST_OPEN = 10
# What nobody moved for so long makes room for the next.
IDLE = timedelta(hours=1)
OF_THE_FILE = frozenset({"name", "size", "sha256"})


class _AlreadyEnded(Exception):
    """Another request made the item, or the upload has ended."""


# ---- Beginning
@dataclass(frozen=True)
class StagedUpload:
    """An upload that is still to begin: checked, and what was typed beside it sealed in the store already."""

    case: Case
    kind: str
    name: str
    size: int
    sha256: str
    said: str


def begin(actor: User, ref: str, raw: Mapping[str, object]) -> PartialUpload:
    """Announce a file: `raw` is what `upload` takes, with the file's name and size (and sha256, to have it compared at the end).

    Raises NotFound, Forbidden, Refusal (WRONG_STATUS, EVIDENCE_FULL, UPLOADS_OPEN: 409, throttled: 429), Invalid (also where its
    end can be foreseen).
    """
    with stage_partial(actor, ref, raw) as coming:
        return create_partial(actor, coming)


@contextmanager
def stage_partial(actor: User, ref: str, raw: Mapping[str, object]) -> Iterator[StagedUpload]:
    """The first half of `begin`, outside any transaction. Raises as that. What no upload has taken up at the end is removed."""
    check_rate("THROTTLE_UPLOAD", actor.pk)
    case = read_case(actor, ref)
    check_permitted(case, raw)
    typed = clean({name: value for name, value in raw.items() if name not in OF_THE_FILE}, circumstances_of(case))
    size, sha256 = _size(case, typed, raw.get("size")), _hash(raw.get("sha256"))
    _check_consent(case, typed)
    check_room(case, size, typed.kind.key)
    check_files_of_a_day(actor.pk, case.ticket.owner_id, case.now)
    said = {name: value for name, value in raw.items() if name not in OF_THE_FILE}
    name = "" if typed.kind.is_sensitive else without_secrets(display_name(str(raw.get("name") or "")))
    with refuse_if_store_away():
        sealed = store.put(json.dumps(said).encode())
    try:
        yield StagedUpload(case, typed.kind.key, name, size, sha256, sealed)
    finally:
        store.remove_unadopted([sealed])


def create_partial(actor: User, coming: StagedUpload) -> PartialUpload:
    """The second half of `begin`: nothing but rows. Raises UPLOADS_OPEN."""
    now = coming.case.now
    with transaction.atomic():
        _make_room(actor, now)
        return PartialUpload.objects.create(
            ticket=coming.case.ticket, by=actor, kind=coming.kind, name=coming.name, size=coming.size, sha256=coming.sha256,
            said=SealedFile.objects.get(name=coming.said), made_at=now, moved_at=now, expires_at=now + LIFE,
        )  # fmt: skip


def _size(case: Case, typed: TypedFields, size: object) -> int:
    if not typed.kind.takes_files:
        raise Invalid({"kind": [words.reason("type_not_allowed", case.policy, typed.kind.forms)]})
    if size is None or size == "":
        raise Invalid({"size": [REQUIRED]})
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise Invalid({"size": [_("Send the size of the file in bytes, as a whole number.")]})
    if size == 0 or size > case.policy.max_upload_mb * MEGA:
        raise Invalid({"size": [words.reason("too_large" if size else "empty", case.policy)]})
    return size


def _hash(sha256: object) -> str:
    found = str(sha256 or "").lower()
    if found and not re.fullmatch(r"[0-9a-f]{64}", found):
        raise Invalid({"sha256": [_("Send the SHA-256 of the file as 64 hexadecimal digits, or leave it out.")]})
    return found


def _check_consent(case: Case, typed: TypedFields) -> None:
    """The owner agrees before such a file leaves their device. The desk cannot agree for them: the owner is asked afterwards."""
    if typed.kind.is_sensitive and not typed.consent and case.owner_acts:
        raise Invalid({"consent": [_("Please tick that you agree. Without your consent we do not take this document.")]})


def _make_room(actor: User, now: datetime) -> None:
    """Counted under the lock of the person. Raises UPLOADS_OPEN."""
    User.objects.select_for_update().get(pk=actor.pk)
    open_ = PartialUpload.objects.filter(by=actor, item=None, expires_at__gt=now)
    if open_.count() < MOST_OPEN:
        return
    idle = open_.filter(moved_at__lte=now - IDLE).order_by("moved_at").first()
    if idle is None:
        raise Refusal(Block("UPLOADS_OPEN", extra={"max_open": MOST_OPEN}))
    _end(idle)


# ---- Going on
def visible_upload(actor: User, upload_id: UUID) -> PartialUpload:
    """An upload of the actor's own, on a ticket they still see. Raises NotFound, also when its time is over."""
    own = PartialUpload.objects.filter(by=actor, ticket__in=Ticket.objects.visible_to(actor), expires_at__gt=timezone.now())
    found = own.select_related("ticket", "said", "item").filter(pk=upload_id).first()
    if found is None:
        raise NotFound
    return found


def receive(actor: User, upload_id: UUID, offset: int, data: bytes) -> PartialUpload:
    """Take the part that begins at `offset`; with the last one the upload has its item, and has it for whoever asks again.

    Raises NotFound, Refusal (UPLOAD_OFFSET with the right `offset`: 409), Invalid, and for the whole as `upload` does.
    A whole that no second try could mend is forgotten.
    """
    found = visible_upload(actor, upload_id)
    if found.offset < found.size:
        found = _with_part(found, offset, data)
    return found if found.item_id or found.offset < found.size else _complete(actor, found)


def _with_part(found: PartialUpload, offset: int, data: bytes) -> PartialUpload:
    _check_fits(found, offset, data)
    with ExitStack() as undo:
        with refuse_if_store_away():
            name = store.put(data)
        undo.callback(store.remove, [name])
        with transaction.atomic():
            locked = PartialUpload.objects.select_for_update().filter(pk=found.pk).first()
            if locked is None:
                raise NotFound
            _check_fits(locked, offset, data)
            UploadPart.objects.create(upload=locked, offset=offset, file=SealedFile.objects.get(name=name))
            found.offset, found.moved_at = offset + len(data), timezone.now()
            found.save(update_fields=["offset", "moved_at"])
        undo.pop_all()
    return found


def _check_fits(found: PartialUpload, offset: int, data: bytes) -> None:
    if offset != found.offset:
        raise Refusal(Block("UPLOAD_OFFSET", extra={"offset": found.offset}))
    if not data:
        raise Invalid({"body": [_("This part is empty.")]})
    if offset + len(data) > found.size:
        raise Invalid({"body": [_("This is more than the file was said to hold.")]})
    # No part of a file that keeps to this is refused: the rest then fits into parts of the size we ask for.
    if len(data) < PART_SIZE and offset + len(data) < found.size and found.parts.count() >= MOST_PARTS:
        raise Invalid({"body": [_("The file comes in too many small parts. Send more at once.")]})


# ---- The end
def _complete(actor: User, found: PartialUpload) -> PartialUpload:
    try:
        with refuse_if_store_away():
            raw, file = _whole(found)
        upload_then(actor, found.ticket.living.ref, raw, file, lambda item: _take_along(found, item))
    except (_AlreadyEnded, SealBroken) as error:
        return _of_another(found, error)
    except Invalid:
        discard(found)
        raise
    return visible_upload(actor, found.pk)


def _whole(found: PartialUpload) -> tuple[dict[str, object], ContentFile]:
    """What was typed, and the file, in memory alone. Raises SealBroken; Invalid where it is not what its sender announced."""
    if found.said is None:
        raise SealBroken("missing")
    raw = json.loads(store.read_row(found.said))
    data = b"".join(store.read_row(part.file) for part in found.parts.select_related("file"))
    if len(data) != found.size:
        raise SealBroken("truncated")
    if found.sha256 and hashlib.sha256(data).hexdigest() != found.sha256:
        raise Invalid({"sha256": [words.REASON["lost"]]})
    return raw, ContentFile(data, name=found.name)


def _take_along(found: PartialUpload, item: EvidenceItem) -> None:
    """The upload has its item, and its parts have served. Under the lock of the ticket, so the second to come finds it taken."""
    if not PartialUpload.objects.filter(pk=found.pk, item=None).update(item=item):
        raise _AlreadyEnded
    _forget_parts(found)


def _of_another(found: PartialUpload, error: Exception) -> PartialUpload:
    """The item that another request made meanwhile. There being none, the parts are not what was sent: Raises Invalid."""
    again = PartialUpload.objects.select_related("ticket", "item").filter(pk=found.pk).first()
    if again is None:
        raise NotFound from error
    if again.item_id is None:
        log.error("upload %s cannot be put together: %s", found.pk, error)
        discard(again)
        raise Invalid({"file": [words.REASON["lost"]]}) from error
    return again


def cancel(actor: User, upload_id: UUID) -> None:
    """Forget a file on its way. Raises NotFound, Refusal (WRONG_STATUS when it has arrived: 409)."""
    found = visible_upload(actor, upload_id)
    if found.item_id or not discard(found):
        raise Refusal(Block("WRONG_STATUS"))


def discard(found: PartialUpload) -> bool:
    """Destroy keys and bytes of what has come. False when it became an item."""
    with transaction.atomic():
        locked = PartialUpload.objects.select_for_update().filter(pk=found.pk, item=None).first()
        if locked is not None:
            _end(locked)
    return locked is not None


def _end(locked: PartialUpload) -> None:
    _forget_parts(locked)
    locked.delete()


def _forget_parts(found: PartialUpload) -> None:
    names = list(found.parts.values_list("file__name", flat=True)) + ([found.said.name] if found.said else [])
    found.parts.all().delete()
    PartialUpload.objects.filter(pk=found.pk).update(said=None)
    store.drop(names)


def end_stale(now: datetime) -> int:
    """Forget every upload whose time is over; what became an item stays. How many had not arrived."""
    delete_all_or_each(f"{name_of(end_stale)}_taken", PartialUpload.objects.filter(expires_at__lte=now, item__isnull=False), now)
    stale = PartialUpload.objects.filter(expires_at__lte=now, item=None).order_by("expires_at")
    return each_row(name_of(end_stale), stale, lambda pk: discard(PartialUpload(pk=pk)), now)
