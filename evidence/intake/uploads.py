"""How evidence comes in: shape and type are checked at once, the file itself by a worker after the commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.core.files import File
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from evidence import words
from evidence.files import MEGA, FileRefused, accepted_type, display_name, sniff
from evidence.intake.fields import Circumstances, TypedFields, clean, kind_of
from evidence.kinds import CARRIES_ORDER, CONSENT_VERSION, CSV, FORM, JSON, SENSITIVE, TEXT, Kind
from evidence.models import EvidenceItem
from evidence.operations.item_lock import event_data, on_ticket, refuse_if_store_away, wrong_state
from evidence.operations.limits import check_files_of_a_day, check_rate
from evidence.sandbox import client
from evidence.vault import custody, store
from evidence.vault.custody import CustodyAction
from lib.background import enqueue
from lib.keyring import digest
from lib.redaction import without_secrets
from tickets.cases.case import Case
from tickets.cases.checklist import COMING
from tickets.cases.guards import no_part_in_it, not_own_case
from tickets.models import Ticket
from tickets.operations import look, open_case
from tickets.operations.filing import add_order_number, take_statement
from tickets.operations.intake_clocks import restart_silence_timer
from tickets.workflow import Block, Forbidden, Invalid, NotFound, Refusal, Status
from tickets.workflow.vocabulary import DESK_FILE, STATEMENT_SLOTS

State = EvidenceItem.State
# Typed items are small; this only stops a machine.
MOST_TYPED = 200
TYPED_FORMS = frozenset({TEXT, FORM, CSV, JSON})


@dataclass(frozen=True)
class Arrival:
    """A file as it came: its bytes, what they are, and their hash."""

    data: bytes
    media_type: str
    sha256: str
    name: str


@dataclass(frozen=True)
class SealedUpload:
    """An item that is still to come in: checked, and sealed in the store already."""

    ref: str
    raw: Mapping[str, object]
    typed: TypedFields
    arrival: Arrival | None
    names: Mapping[str, str]

    @property
    def size(self) -> int | None:
        return len(self.arrival.data) if self.arrival else None


def upload(actor: User, ref: str, raw: Mapping[str, object], file: File | None = None) -> EvidenceItem:
    """Add one item: `raw` names its kind and typed fields, `file` is the uploaded file if there is one.

    Raises NotFound, Forbidden, Refusal (WRONG_STATUS, EVIDENCE_FULL: 409, throttled: 429, STORE_AWAY: 503), Invalid (also for a file
    that is plainly wrong). A file is `scanning` until a worker has looked at it; what is only typed is `clean` at once.
    """
    check_rate("THROTTLE_UPLOAD", actor.pk)
    return upload_then(actor, ref, raw, file, lambda item: None)


def upload_then(actor: User, ref: str, raw: Mapping[str, object], file: File | None, then: Callable[[EvidenceItem], None]) -> EvidenceItem:
    """As `upload`, of a file that was counted when it was announced. `then` hears of the new item inside its transaction; what it raises
    undoes everything."""
    with _stage(actor, ref, raw, file) as parcel:
        return commit_upload(actor, parcel, then)


@contextmanager
def stage_upload(actor: User, ref: str, raw: Mapping[str, object], file: File | None = None) -> Iterator[SealedUpload]:
    """The first half of `upload`, outside any transaction: the store may be across a network. Raises as that.

    What no item has taken up when the block is left goes from the store again.
    """
    check_rate("THROTTLE_UPLOAD", actor.pk)
    with _stage(actor, ref, raw, file) as parcel:
        yield parcel


@contextmanager
def _stage(actor: User, ref: str, raw: Mapping[str, object], file: File | None) -> Iterator[SealedUpload]:
    case = read_case(actor, ref)
    check_permitted(case, raw)
    typed = clean(raw, circumstances_of(case))
    parcel = SealedUpload(ref, raw, typed, _read_arrival(file, typed, case), {})
    if file is not None:
        check_files_of_a_day(actor.pk, case.ticket.owner_id, case.now)
    check_room(case, parcel.size, typed.kind.key)
    with refuse_if_store_away():
        parcel = replace(parcel, names=_store_files(typed, parcel.arrival))
    try:
        yield parcel
    finally:
        store.remove_unadopted(parcel.names.values())


def commit_upload(actor: User, parcel: SealedUpload, then: Callable[[EvidenceItem], None] = lambda item: None) -> EvidenceItem:
    """The second half of `upload`: nothing but rows. Raises as that."""
    with open_case(actor, parcel.ref) as case:
        check_permitted(case, parcel.raw)
        check_room(case, parcel.size, parcel.typed.kind.key)
        item = _add_item(case, parcel)
        then(item)
    return item


def read_case(actor: User, ref: str) -> Case:
    """The ticket as it stands, or what it was joined into. Raises NotFound."""
    ticket = Ticket.objects.visible_to(actor).filter(ref=ref).select_related("owner").first()
    if ticket is None:
        raise NotFound
    return look(ticket.living, actor)


def circumstances_of(case: Case) -> Circumstances:
    return Circumstances(case.now, case.policy.zone, case.ticket.amount)


def check_permitted(case: Case, raw: Mapping[str, object]) -> None:
    """The owner while the ticket is not closed; the desk at any time, and alone for its own kinds.

    Nobody is the desk to themselves, and those complained about add nothing.
    """
    of_desk = not case.roles.isdisjoint(STAFF_ROLES)
    if not of_desk and Role.OWNER not in case.roles:
        raise Forbidden
    if case.status == Status.CLOSED and not of_desk:
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
    kind = kind_of(raw)
    if kind.of_desk and not of_desk:
        raise Forbidden
    if conflict := not_own_case(case, None) if kind.of_desk else no_part_in_it(case, None):
        raise Forbidden(conflict.code)


def _read_arrival(file: File | None, typed: TypedFields, case: Case) -> Arrival | None:
    """The file's bytes, when its kind takes them. Raises Invalid at `file`, or at `text` where only text will do."""
    kind = typed.kind
    if file is None:
        _check_enough(typed)
        return None
    try:
        if not kind.takes_files:
            raise FileRefused("type_not_allowed")
        return _read(file, case, kind)
    except FileRefused as refused:
        raise Invalid({"file": [words.reason(refused.code, case.policy, kind.forms, refused.of)]}) from refused


def _check_enough(typed: TypedFields) -> None:
    """Without a file, what was typed must be enough; a statement may be unfinished."""
    kind = typed.kind
    if kind.key in STATEMENT_SLOTS or (typed.text and kind.forms & TYPED_FORMS):
        return
    if kind.takes_files:
        raise Invalid({"file": [_("Add the picture or the file.")]})
    raise Invalid({"text": [_("This is needed.")]})


def _read(file: File, case: Case, kind: Kind) -> Arrival:
    limit = case.policy.max_upload_mb * MEGA
    if (file.size or 0) > limit:
        raise FileRefused("too_large")
    if getattr(file, "cut_short", False):
        raise FileRefused("too_much_at_once")
    file.seek(0)
    data = file.read(limit + 1)
    if len(data) > limit or len(data) < (file.size or 0):
        raise FileRefused("too_large")
    if not data:
        raise FileRefused("empty")
    media_type = accepted_type(sniff(data), data, kind.forms)
    client.check_decodable(media_type)
    name = "" if kind.is_sensitive else without_secrets(display_name(file.name or ""))
    return Arrival(data, media_type, hashlib.sha256(data).hexdigest(), name)


def check_room(case: Case, size: int | None, kind: str) -> None:
    """`size` of the file, None where there is none. Raises EVIDENCE_FULL: too many items, or too many megabytes for one submission.

    What the desk sends with its messages has as much room again: it takes none from the customer.
    """
    of_desk = Q(kind=DESK_FILE)
    items = EvidenceItem.objects.filter(of_desk if kind == DESK_FILE else ~of_desk, ticket=case.ticket).exclude(state=State.DELETED)
    if size is None:
        if items.filter(original="").count() >= MOST_TYPED:
            raise Refusal(Block("EVIDENCE_FULL", extra={"max_items": MOST_TYPED}))
        return
    most = case.policy.max_files * (1 + case.ticket.merged.count())  # each complaint that was joined brought its own room
    if items.exclude(original="").count() >= most:
        raise Refusal(Block("EVIDENCE_FULL", extra={"max_files": most}))
    last = case.ticket.submissions.order_by("-at").first()
    counted = items.filter(state__in=COMING, **({"uploaded_at__gt": last.at} if last else {}))
    held = counted.aggregate(total=Sum("size"))["total"] or 0
    if held + size > case.policy.max_submission_mb * MEGA:
        raise Refusal(Block("EVIDENCE_FULL", extra={"max_submission_mb": case.policy.max_submission_mb}))


def _store_files(typed: TypedFields, arrival: Arrival | None) -> dict[str, str]:
    """Names in the store, by the item's columns: the file, and what was typed from inside a sensitive document."""
    names = {"original": store.put(arrival.data)} if arrival else {}
    return names | ({"secret": store.put(json.dumps(typed.secret).encode())} if typed.secret else {})


def _add_item(case: Case, parcel: SealedUpload) -> EvidenceItem:
    typed, item = parcel.typed, _row(case, parcel)
    there = case.evidence  # read before the new one is a row, or it would take the place of itself
    item.save()
    store.adopt(item)
    replaced = _supersede(case, item) if typed.kind.single else []
    there.append(item)
    agreed: dict[str, object] = {"consent": item.consent_version} if item.consent_at else {}
    custody.record(CustodyAction.ARRIVED, [item], by=case.actor, at=case.at, detail={"size": item.size, **agreed})
    if parcel.arrival is not None:
        enqueue("evidence.inspect_item", item.pk)
    if item.is_unsent:
        case.discarded = True  # on the ticket nothing has happened yet
        return item
    case.record("evidence.added", event_data(item) | ({"replaces": replaced} if replaced else {}), internal=item.internal)
    _merge_statement(case, typed)
    if typed.order and typed.kind.key in CARRIES_ORDER:
        issuer, number, warning = typed.order
        add_order_number(case, issuer, number, warning, item.pk)
    restart_silence_timer(case)
    return item


def _row(case: Case, parcel: SealedUpload) -> EvidenceItem:
    typed, arrival = parcel.typed, parcel.arrival
    agreed = typed.consent and typed.kind.is_sensitive and case.owner_acts  # nobody agrees for somebody else
    item = EvidenceItem(
        ticket=case.ticket,
        kind=typed.kind.key,
        state=State.SCANNING if arrival else State.CLEAN,
        internal=typed.kind.of_desk,
        uploaded_at=case.at,
        uploaded_by=case.actor,
        fields=typed.fields,
        text=typed.text,
        number_digest=digest("document", f"{typed.kind.key} {typed.secret['number']}") if "number" in typed.secret else "",
        consent_at=case.at if agreed else None,
        consent_version=CONSENT_VERSION if agreed else "",
        **parcel.names,
    )
    if arrival is not None:
        item.original_name = arrival.name
        item.media_type, item.size, item.sha256 = arrival.media_type, len(arrival.data), arrival.sha256
    else:
        said = typed.text.encode()
        item.media_type, item.size, item.sha256 = "text/plain", len(said), hashlib.sha256(said).hexdigest()
    return item


def _supersede(case: Case, item: EvidenceItem) -> list[int]:
    """One of a kind: the new one takes the place of the old, which stays on record."""
    old = [other for other in case.evidence if other.kind == item.kind and other.state in COMING]
    for other in old:
        other.state, other.superseded_by = State.SUPERSEDED, item
        case.new_rows.append(other)
    custody.record(CustodyAction.SUPERSEDED, old, by=case.actor, at=case.at, detail={"by": item.pk})
    return [other.pk for other in old]


def _merge_statement(case: Case, typed: TypedFields) -> None:
    """The statement of the ticket grows until the appeal is handed in, and while the desk asks for more."""
    ticket = case.ticket
    if typed.kind.key not in STATEMENT_SLOTS or (ticket.ever_submitted and case.status != Status.NEEDS_EVIDENCE):
        return
    said: dict[str, object] = {name: typed.fields[name] for name in ("occurred_at", "amount", "symptom") if name in typed.fields}
    take_statement(case, said)
    ticket.demands = list(dict.fromkeys([*ticket.demands, *typed.fields.get("demands", [])]))
    case.search_words.append(str(said.get("symptom", "")))


def give_consent(actor: User, item_id: int) -> EvidenceItem:
    """The owner agrees, after the upload, that a sensitive document is used; for every item of its kind on the ticket. Said again, it
    is said.

    Raises NotFound, Forbidden, Refusal (WRONG_STATUS for what is not sensitive or is gone: 409).
    """
    with on_ticket(actor, item_id) as (case, item):
        if not case.owner_acts:
            raise Forbidden("OWNERS_ALONE" if case.representation else "forbidden")
        if item.kind not in SENSITIVE or item.state not in COMING:
            raise wrong_state(item)
        agreed = [each for each in case.evidence if each.kind == item.kind and each.state in COMING and each.consent_at is None]
        if not agreed:
            case.discarded = True
            return item
        for each in agreed:
            each.consent_at, each.consent_version = case.at, CONSENT_VERSION
        case.new_rows.extend(agreed)
        custody.record(CustodyAction.CONSENTED, agreed, by=actor, at=case.at, detail={"version": CONSENT_VERSION})
        case.record("evidence.consent", {"item": item.pk, "kind": item.kind, "version": CONSENT_VERSION})
        restart_silence_timer(case)
    return item
