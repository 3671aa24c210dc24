"""E-mails that no machine could settle: kept sealed, shown to the desk, put on the complaint or set aside by a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role, roles_of
from evidence.models import HeldLetter, SealedFile
from evidence.sandbox.letter_reader import decode
from evidence.vault import store
from lib.duties.setting_aside import each_row, name_of
from lib.redaction import without_one_time_codes, without_secrets
from tickets.models import Ticket
from tickets.workflow import Block, Forbidden, NotFound, Refusal

State = HeldLetter.State
# Of one customer at a time: whoever sends more has a page to write on.
MOST_WAITING = 10
KEPT_FOR = timedelta(days=30)
SHOWN = 6_000  # bytes of the letter as it came
READERS = frozenset({Role.AGENT, Role.SUPERVISOR})


def hold_letter(ticket: Ticket, digest: str, raw: bytes, reason: str, now: datetime) -> bool:
    """Keep it for a person; the same letter once. False where too many of this customer wait already. Raises OSError."""
    if HeldLetter.objects.filter(digest=digest).exists():
        return True
    if HeldLetter.objects.filter(ticket__owner=ticket.owner_id).exclude(state=State.SETTLED).count() >= MOST_WAITING:
        return False
    name = store.put(raw)
    with transaction.atomic():
        file = SealedFile.objects.get(name=name)
        _row, created = HeldLetter.objects.get_or_create(
            digest=digest, defaults={"ticket": ticket, "reason": reason, "file": file, "at": now}
        )
        if not created:
            store.drop([name])
    return True


def letters_to_settle(viewer: User) -> QuerySet[HeldLetter]:
    """Those on complaints the viewer works on, oldest first. Raises Forbidden."""
    if roles_of(viewer).isdisjoint(READERS):
        raise Forbidden
    seen = Ticket.objects.visible_to(viewer).order_by()
    return HeldLetter.objects.exclude(state=State.SETTLED).filter(ticket__in=seen).select_related("ticket", "ticket__owner")


def beginning_of(letter: HeldLetter) -> str:
    """How it begins, as plain text and without what must not be shown. Empty where its file is gone. Raises SealBroken, OSError."""
    if letter.file is None:
        return ""
    return without_one_time_codes(without_secrets(decode(store.read_row(letter.file)[:SHOWN], "")))


def original_of(letter: HeldLetter) -> bytes:
    """Raises SealBroken, OSError, NotFound where it is gone."""
    if letter.file is None:
        raise NotFound
    return store.read_row(letter.file)


def release_letter(actor: User, pk: int) -> HeldLetter:
    """To be put on its complaint as its owner's, whatever was doubted. Raises Forbidden, NotFound, Refusal (WRONG_STATUS)."""
    return _leave_waiting(actor, pk, State.RELEASED)


def dismiss_letter(actor: User, pk: int) -> HeldLetter:
    """It belongs to nobody's complaint, or was dealt with otherwise; what came is destroyed. Raises as `release_letter`."""
    return _leave_waiting(actor, pk, State.SETTLED)


def _leave_waiting(actor: User, pk: int, state: str) -> HeldLetter:
    with transaction.atomic():
        letter = letters_to_settle(actor).select_for_update(of=("self",)).filter(pk=pk).first()
        if letter is None:
            raise NotFound
        if letter.state != State.WAITING:
            raise Refusal(Block("WRONG_STATUS"))
        set_letter_state(letter, state, actor)
    return letter


def set_letter_state(letter: HeldLetter, state: str, by: User | None = None, reason: str = "") -> None:
    """A settled one keeps its row, so that it is not taken for a new one, and nothing of what was written."""
    letter.state, letter.reason = state, reason or letter.reason
    letter.settled_at = None if state == State.WAITING else timezone.now()
    letter.settled_by = by or letter.settled_by
    doomed = [letter.file.name] if state == State.SETTLED and letter.file is not None else []
    letter.file = None if doomed else letter.file
    with transaction.atomic():
        letter.save(update_fields=["state", "reason", "settled_at", "settled_by", "file"])
        store.drop(doomed)


def released_letters() -> QuerySet[HeldLetter]:
    return HeldLetter.objects.filter(state=State.RELEASED).select_related("ticket", "ticket__owner", "file")


def forget_letters_of(ticket: Ticket) -> int:
    """What waits there is destroyed, with the texts of its owner. How many."""
    return _forget(HeldLetter.objects.filter(ticket=ticket))


def forget_old_letters(now: datetime) -> int:
    """What nobody settled in time is destroyed. How many."""
    old = HeldLetter.objects.filter(at__lt=now - KEPT_FOR).exclude(state=State.SETTLED)
    return each_row(name_of(forget_old_letters), old, lambda pk: _forget(HeldLetter.objects.filter(pk=pk)), now)


def _forget(letters: QuerySet[HeldLetter]) -> int:
    found = list(letters.exclude(state=State.SETTLED).select_related("file"))
    for letter in found:
        set_letter_state(letter, State.SETTLED)
    return len(found)
