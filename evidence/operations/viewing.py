"""Looking at evidence: who may, and a record of everyone who did."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from evidence import words
from evidence.files import FileRefused, suffix_of
from evidence.kinds import KINDS, MASKED_KINDS, SENSITIVE, SHOWS_ACCOUNT
from evidence.models import EvidenceItem, LikenessBand
from evidence.operations.item_lock import refuse_if_store_away, visible_item, wrong_state
from evidence.sandbox import client
from evidence.sandbox.drawing_turns import DrawingBusy
from evidence.sandbox.perceptual_hash import are_near, probes
from evidence.statement_of_balance import is_issued_statement, render_statement
from evidence.vault import custody, store
from evidence.vault.custody import PURPOSE_LIMIT, CustodyAction
from evidence.vault.sealing import SealBroken
from evidence.watermark import add_watermark
from lib.sealed_text import SealedTextBroken
from sla.policies import snapshot
from tickets.cases.case import Case
from tickets.models import Freeze, Representation, Ticket
from tickets.models.querysets import is_staff_not_owner
from tickets.workflow import Block, Forbidden, Invalid, NotFound, Refusal
from tickets.workflow.identifiers import masked_account, open_account

log = logging.getLogger(__name__)
State = EvidenceItem.State
PDF = "application/pdf"
MASK = "****"
NOT_TRIED_AGAIN_FOR = 600  # seconds


@dataclass(frozen=True)
class Content:
    """Bytes to show, under a type and a name of our own choosing."""

    data: bytes
    media_type: str
    filename: str


def content(viewer: User, item_id: int, purpose: str = "") -> Content:
    """The safe copy for `viewer`; the look is recorded before a byte leaves, as unmasking where the item is masked for them.

    Raises NotFound, Forbidden, Refusal (WRONG_STATUS while it is not clean: 409), and for a sensitive item of somebody
    else Invalid at purpose, Refusal (CONSENT_REQUIRED until its owner has agreed: 422).
    """
    item, reason = _authorize_view(viewer, item_id, purpose)
    at = timezone.now()
    found = _add_watermark(_safe(item), item, viewer, at)
    custody.record(_view_action(viewer, item), [item], by=viewer, at=at, purpose=reason)
    return found


def thumbnail(viewer: User, item_id: int, purpose: str = "") -> Content:
    """As `content`, in small. Raises Forbidden too for what is masked: a small picture would show it."""
    item, reason = _authorize_view(viewer, item_id, purpose)
    if is_masked(viewer, item):
        raise Forbidden
    at = timezone.now()
    found = _add_watermark(_thumbnail(item), item, viewer, at)
    custody.record(CustodyAction.THUMBNAIL, [item], by=viewer, at=at, purpose=reason)
    return found


def page_picture(viewer: User, item_id: int, number: int) -> Content:
    """A page of a PDF as a picture, the first being 1.

    Raises as `content`; NotFound for a page that is not there, Refusal (NOT_DRAWN: 409; DRAWING_BUSY: 503 at once, while others are
    served). A page that could not be drawn is not tried again for a while.
    """
    item, reason = _authorize_view(viewer, item_id, "")
    if item.safe_type != PDF or item.kind in SENSITIVE or not 1 <= number <= (item.pages or 0):
        raise NotFound
    failed = f"undrawn-{item.pk}-{number}"
    if cache.get(failed):
        raise Refusal(Block("NOT_DRAWN"))
    try:
        drawn = client.page_picture(_bytes(item.safe), number, viewer.pk)
    except DrawingBusy as busy:
        raise Refusal(Block("DRAWING_BUSY")) from busy
    except FileRefused as refused:
        cache.set(failed, True, NOT_TRIED_AGAIN_FOR)
        raise Refusal(Block("NOT_DRAWN")) from refused
    custody.record(_view_action(viewer, item), [item], by=viewer, at=timezone.now(), purpose=reason, detail={"page": number})
    return Content(drawn, "image/jpeg", _filename(item, f"{number}.jpg"))


def unmask(viewer: User, item_id: int) -> EvidenceItem:
    """What was typed beside a masked item is shown to `viewer`, and that is recorded. Raises as `content`."""
    item, reason = _authorize_view(viewer, item_id, "")
    custody.record(_view_action(viewer, item), [item], by=viewer, at=timezone.now(), purpose=reason)
    return item


def _authorize_view(viewer: User, item_id: int, purpose: str) -> tuple[EvidenceItem, str]:
    """The item, and the purpose as it is written down."""
    item = visible_item(viewer, item_id)
    if not may_view(viewer, item):
        raise Forbidden
    _check_fresh(viewer, item)
    reason = _purpose(viewer, item, purpose)
    _check_consent(viewer, item)
    if item.state != State.CLEAN:
        raise wrong_state(item)
    return item, reason


def _view_action(viewer: User, item: EvidenceItem) -> str:
    return CustodyAction.UNMASKED if is_masked(viewer, item) else CustodyAction.VIEWED


def document_number(viewer: User, item_id: int, purpose: str = "") -> str:
    """The number typed beside a sensitive document, in full; reading it is recorded. Raises as `content`, NotFound where none was typed."""
    item = visible_item(viewer, item_id)
    if not may_view(viewer, item):
        raise Forbidden
    _check_fresh(viewer, item)
    reason = _purpose(viewer, item, purpose)
    _check_consent(viewer, item)
    if not viewer.is_factor_fresh:
        raise Refusal(Block("FRESH_FACTOR_REQUIRED"))
    if not item.secret or item.state != EvidenceItem.State.CLEAN:
        raise NotFound
    number = str(json.loads(_bytes(item.secret))["number"])
    custody.record(CustodyAction.NUMBER, [item], by=viewer, at=timezone.now(), purpose=reason)
    return number


def _add_watermark(found: Content, item: EvidenceItem, viewer: User, at: datetime) -> Content:
    """A sensitive picture shows who of the desk looked at it, wherever it goes from here."""
    if item.kind not in SENSITIVE or viewer.pk == item.ticket.owner_id or found.media_type not in ("image/jpeg", "image/png"):
        return found
    local = at.astimezone(ZoneInfo(snapshot(item.ticket.policy_id).zone))
    said = f"{viewer.email} {local:%Y-%m-%d %H:%M:%S %z} {item.ticket.ref}"
    return replace(found, data=add_watermark(found.data, found.media_type, said))


def may_view(viewer: User, item: EvidenceItem) -> bool:
    """Owner, who acts for them, and desk; at sensitive items the owner, the assigned reviewer, freeze operators, privacy officers."""
    roles, ticket = roles_of(viewer), item.ticket
    if viewer.pk == ticket.owner_id:
        return True
    if item.kind not in SENSITIVE:
        return not roles.isdisjoint(STAFF_ROLES) or Representation.objects.by_which(viewer, ticket) is not None
    assigned = Role.REVIEWER in roles and ticket.assignee_id == viewer.pk
    return assigned or not roles.isdisjoint({Role.FREEZE_OPERATOR, Role.PRIVACY_OFFICER})


def is_masked(viewer: User, item: EvidenceItem) -> bool:
    """Bank statements, police receipts and the like: whoever is not the owner sees them after they asked to, and that is recorded."""
    return item.kind in MASKED_KINDS and viewer.pk != item.ticket.owner_id


def lacks_consent(viewer: User, item: EvidenceItem) -> bool:
    """A sensitive item whose owner has not agreed yet that somebody else looks at it."""
    return item.kind in SENSITIVE and item.consent_at is None and viewer.pk != item.ticket.owner_id


def _check_fresh(viewer: User, item: EvidenceItem) -> None:
    """A customer's program takes their identity documents out: so it shows first that it is theirs."""
    if item.kind in SENSITIVE and viewer.token_scopes is not None and viewer.pk == item.ticket.owner_id and not viewer.is_freshly_proven:
        raise Forbidden("FRESH_PROOF_REQUIRED")


def _check_consent(viewer: User, item: EvidenceItem) -> None:
    if lacks_consent(viewer, item):
        raise Refusal(Block("CONSENT_REQUIRED", extra={"kinds": [item.kind]}))


def _purpose(viewer: User, item: EvidenceItem, purpose: str) -> str:
    said = " ".join(str(purpose or "").replace("\x00", "").split())[:PURPOSE_LIMIT]
    if not said and item.kind in SENSITIVE and viewer.pk != item.ticket.owner_id:
        raise Invalid({"purpose": [_("Say why you look at this document. The owner can see it.")]})
    return said


def _safe(item: EvidenceItem) -> Content:
    if item.safe:
        return Content(_bytes(item.safe), item.safe_type, _filename(item, suffix_of(item.safe_type)))
    if is_issued_statement(item):
        return Content(render_statement(item), PDF, _filename(item, "pdf"))
    if item.kind in SENSITIVE or not item.text:
        raise NotFound
    return Content(item.text.encode(), "text/plain; charset=utf-8", _filename(item, "txt"))


def _thumbnail(item: EvidenceItem) -> Content:
    if not item.thumbnail:
        raise NotFound
    return Content(_bytes(item.thumbnail), "image/jpeg", _filename(item, "jpg"))


def _bytes(name: str) -> bytes:
    try:
        with refuse_if_store_away():
            return store.read(name)
    except SealBroken as broken:
        log.error("evidence cannot be opened: %s", broken)
        raise Refusal(Block("EVIDENCE_BROKEN")) from broken


def _filename(item: EvidenceItem, suffix: str) -> str:
    return f"{item.ticket.ref}-{item.kind}-{item.pk}.{suffix}"


# ---- Lists
def items_of(viewer: User, ticket: Ticket) -> list[EvidenceItem]:
    """What the viewer may know of, oldest first."""
    found = EvidenceItem.objects.visible_to(viewer).filter(ticket=ticket).select_related("uploaded_by")
    items = list(found.order_by("pk"))
    for item in items:
        item.ticket = ticket
    return items


def known_items(viewer: User, case: Case) -> list[EvidenceItem]:
    """Of the items at hand those the viewer may know of: at the desk all that is in, on a case of one's own what visible_to says."""
    items = [item for item in case.evidence if not item.is_unsent or item.uploaded_by_id == viewer.pk]
    if case.may_see_internal:
        return items
    known = set(EvidenceItem.objects.visible_to(viewer).filter(ticket=case.ticket).values_list("pk", flat=True))
    return [item for item in items if item.pk in known]


def as_dict(item: EvidenceItem, viewer: User) -> dict[str, object]:
    """The item as API and pages show it. What is in a sensitive one is for those who may look at it."""
    kind = KINDS[item.kind]
    shown = may_view(viewer, item)
    return {
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "reason": _reason(item),
        "reason_code": item.reason,
        "media_type": item.media_type,
        "size": item.size,
        "sha256": item.sha256,
        "uploaded_at": item.uploaded_at,
        "uploaded_by": _uploader(item, viewer),
        "verdict": item.verdict,
        "verdict_reason": item.verdict_reason,
        "verdict_at": item.verdict_at,
        "fields": listed_fields(viewer, item) if shown else {},
        "text": listed_text(viewer, item) if shown else "",
        "name": item.original_name,
        "privacy": kind.privacy,
        "internal": item.internal,
        "consent_at": item.consent_at,
        "consent_version": item.consent_version,
        "message": item.message_id,
        "superseded_by": item.superseded_by_id,
        "deleted_at": item.deleted_at,
        "width": item.width,
        "height": item.height,
        "pages": item.pages,
        "has_thumbnail": bool(item.thumbnail) and not is_masked(viewer, item),
    }


def listed_fields(viewer: User, item: EvidenceItem) -> dict[str, object]:
    """The typed fields as lists show them. Warnings are ours, and say nothing of what is in them."""
    if not is_masked(viewer, item):
        return item.fields
    return {name: value if name == "warnings" else MASK for name, value in item.fields.items()}


def listed_text(viewer: User, item: EvidenceItem) -> str:
    """What was typed, as lists show it: accounts with their middle masked. In full it is there to look at, and each look is recorded."""
    if is_masked(viewer, item):
        return MASK if item.text else ""
    if item.kind not in SHOWS_ACCOUNT:
        return item.text
    return "\n".join(masked_account(line) if line.strip() else "" for line in item.text.splitlines())


def _reason(item: EvidenceItem) -> str:
    """Why it does not count, whether a check or a person said so."""
    if item.verdict == EvidenceItem.Verdict.REJECTED:
        return item.verdict_reason
    return words.reason(item.reason, snapshot(item.ticket.policy_id), KINDS[item.kind].forms)


def _uploader(item: EvidenceItem, viewer: User) -> str | None:
    """Customers are not told who at the desk it was."""
    known = item.uploaded_by_id in (viewer.pk, item.ticket.owner_id) or not roles_of(viewer).isdisjoint(STAFF_ROLES)
    return item.uploaded_by.email if known else None


def same_number_elsewhere(items: Iterable[EvidenceItem]) -> set[int]:
    """Ids of the documents whose number was typed on somebody else's ticket too: a hint for those who may look at them."""
    listed = [item for item in items if item.number_digest]
    owners = {item.ticket.owner_id for item in listed}
    others = EvidenceItem.objects.filter(number_digest__in={item.number_digest for item in listed}).exclude(ticket__owner__in=owners)
    twins = set(others.values_list("number_digest", flat=True))
    return {item.pk for item in listed if item.number_digest in twins}


def same_file_elsewhere(items: Iterable[EvidenceItem]) -> set[int]:
    """Ids of the items whose very bytes came with another ticket too: a hint for the desk, never shown to a customer."""
    listed = [item for item in items if item.original]
    hashes = {item.sha256 for item in listed}
    others = EvidenceItem.objects.filter(sha256__in=hashes).exclude(ticket__in={item.ticket_id for item in listed})
    twins = set(others.values_list("sha256", flat=True))
    return {item.pk for item in listed if item.sha256 in twins}


# A band that very many pictures share says little; nobody waits for all of them.
MOST_CANDIDATES = 2000


def near_elsewhere(items: Iterable[EvidenceItem]) -> set[int]:
    """Ids of the items that look nearly like a picture of another ticket: a hint for the desk, never shown to a customer. One query."""
    listed = [item for item in items if item.likeness]
    wanted = {item.pk: probes(item.likeness) for item in listed}
    others = LikenessBand.objects.filter(band__in=set().union(*wanted.values()))
    others = others.exclude(item__ticket__in={item.ticket_id for item in listed})
    found = list(others.values_list("band", "item__likeness")[:MOST_CANDIDATES]) if listed else []
    return {item.pk for item in listed if any(band in wanted[item.pk] and are_near(item.likeness, noted) for band, noted in found)}


# ---- The account a complaint is about: in full for those who carry out its freeze or decide on it
@dataclass(frozen=True)
class OpenedAccount:
    """`freeze_ids`: the freezes of this complaint that concern it."""

    account: str
    respondent: str
    freeze_ids: list[int]


@dataclass(frozen=True)
class _Subject:
    """What the custody log says was opened: no item of the vault."""

    ticket_id: int
    pk: int = 0
    kind: str = "account"
    sha256: str = ""


def may_open_account(viewer: User, ticket: Ticket, complained_about: Collection[User]) -> bool:
    """Freeze operators, supervisors and the assigned reviewer; neither its owner nor those complained about."""
    roles = roles_of(viewer)
    assigned = Role.REVIEWER in roles and ticket.assignee_id == viewer.pk
    allowed = assigned or not roles.isdisjoint({Role.FREEZE_OPERATOR, Role.SUPERVISOR})
    return allowed and is_staff_not_owner(ticket, viewer) and viewer not in complained_about


def open_account_for(viewer: User, ref: str, purpose: str = "", freeze_id: int | None = None) -> OpenedAccount:
    """In full, of the complaint or of one of its freezes; written into the custody log before it leaves.

    Raises NotFound (none is kept, or not any more), Forbidden, Invalid at purpose (operators need not say), Refusal (EVIDENCE_BROKEN:
    409, STORE_AWAY: 503).
    """
    ticket = Ticket.objects.visible_to(viewer).filter(ref=ref).first()
    if ticket is None:
        raise NotFound
    if not may_open_account(viewer, ticket, ticket.complained_about.all()):
        raise Forbidden
    if not viewer.is_factor_fresh:
        raise Refusal(Block("FRESH_FACTOR_REQUIRED"))
    said = " ".join(str(purpose or "").replace("\x00", "").split())[:PURPOSE_LIMIT]
    if not said and Role.FREEZE_OPERATOR not in roles_of(viewer):
        raise Invalid({"purpose": [_("Say why you look at this account.")]})
    row: Ticket | Freeze | None = ticket if freeze_id is None else ticket.freezes.filter(pk=freeze_id).first()
    if row is None or not row.account_sealed:
        raise NotFound
    account = _read(row)
    ids = sorted(ticket.freezes.filter(account_hmac=row.account_hmac).values_list("pk", flat=True))
    detail = {"freeze_ids": ids}
    custody.record(CustodyAction.ACCOUNT, [_Subject(ticket.pk)], by=viewer, at=timezone.now(), purpose=said, detail=detail)
    return OpenedAccount(account, ticket.respondent, ids)


def _read(row: Ticket | Freeze) -> str:
    try:
        with refuse_if_store_away():
            return open_account(row.account_sealed, row.account_hmac)
    except SealedTextBroken as broken:
        raise Refusal(Block("EVIDENCE_BROKEN")) from broken
