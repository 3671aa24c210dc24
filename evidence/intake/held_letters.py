"""E-mails that no machine could settle: kept sealed, shown to the desk, put on the complaint or set aside by a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role, roles_of
from evidence.files import FileRefused
from evidence.models import HeldLetter, SealedFile
from evidence.sandbox.client import SandboxUnavailable, read_letter
from evidence.sandbox.letter_charsets import decode
from evidence.sandbox.letter_files import decoded_words
from evidence.vault import store
from lib.duties.setting_aside import each_row, name_of
from lib.redaction import without_one_time_codes, without_secrets
from tickets.models import Ticket
from tickets.workflow import Block, Forbidden, NotFound, Refusal

State, Reason = HeldLetter.State, HeldLetter.Reason
# Of one customer at a time: whoever sends more has a page to write on.
MOST_WAITING = 10
# What is nobody's or a machine's, all together: the oldest makes way. Of each the beginning, which is what the mailbox was asked for.
MOST_OF_OTHERS, OTHERS_BEGINNING = 200, 64 * 1024
OTHERS = (Reason.STRANGER, Reason.AUTOMATIC)
# What no person of the desk has to look at: it is not a customer's, or its sender has been asked.
NOT_WAITING = (*OTHERS, Reason.BEGUN)
HEAD_SHOWN = ("from", "to", "date", "subject")
KEPT_FOR = timedelta(days=30)
SHOWN = 6_000  # bytes of the letter as it came
READERS = frozenset({Role.AGENT, Role.SUPERVISOR})


def hold_letter(ticket: Ticket, digest: str, raw: bytes, reason: str, now: datetime) -> bool:
    """Keep it for a person; the same letter once. False where too many of this customer wait already: it is counted. Raises OSError."""
    if HeldLetter.objects.filter(digest=digest).exists():
        return True
    mine = HeldLetter.objects.filter(ticket__owner=ticket.owner_id).exclude(Q(state=State.SETTLED) | Q(reason__in=OTHERS))
    waiting = list(mine.order_by("at", "pk").values_list("pk", flat=True))
    if len(waiting) >= MOST_WAITING:
        HeldLetter.objects.filter(pk=waiting[-1]).update(unkept=F("unkept") + 1)
        return False
    keep_letter(ticket, digest, raw, reason, now)
    return True


def hold_of_others(ticket: Ticket | None, digest: str, raw: bytes, reason: str, now: datetime) -> None:
    """What is no answer of a customer's: its beginning, so that a person can see that it was none. Raises OSError."""
    others = HeldLetter.objects.filter(reason__in=OTHERS).exclude(state=State.SETTLED)
    if not HeldLetter.objects.filter(digest=digest).exists():
        forget(others.filter(pk__in=others.order_by("-at", "-pk").values_list("pk", flat=True)[MOST_OF_OTHERS - 1 :]))
        keep_letter(ticket, digest, raw[:OTHERS_BEGINNING], reason, now)


def keep_letter(ticket: Ticket | None, digest: str, raw: bytes, reason: str, now: datetime, sender: str = "") -> HeldLetter:
    """Without a bound of its own: the caller has counted. Raises OSError."""
    name = store.put(raw)
    with transaction.atomic():
        file = SealedFile.objects.get(name=name)
        row, created = HeldLetter.objects.get_or_create(
            digest=digest, defaults={"ticket": ticket, "reason": reason, "file": file, "at": now, "sender": sender}
        )
        if not created:
            store.drop([name])
    return row


def is_held(digest: str) -> bool:
    """Whether it can be read here; of one that was too large only its beginning can."""
    return HeldLetter.objects.filter(digest=digest).exclude(Q(state=State.SETTLED) | Q(reason=Reason.TOO_LARGE)).exists()


def letters_to_settle(viewer: User) -> QuerySet[HeldLetter]:
    """Those on complaints the viewer works on, oldest first; a supervisor's also those of nobody. Raises Forbidden."""
    roles = roles_of(viewer)
    if roles.isdisjoint(READERS):
        raise Forbidden
    mine = Q(ticket__in=Ticket.objects.visible_to(viewer).order_by())
    mine = mine | Q(ticket=None) if Role.SUPERVISOR in roles else mine
    return HeldLetter.objects.exclude(state=State.SETTLED).filter(mine).select_related("ticket", "ticket__owner")


def count_by_reason(letters: QuerySet[HeldLetter]) -> Mapping[str, int]:
    return dict(letters.order_by().values_list("reason").annotate(Count("pk")))


def beginning_of(letter: HeldLetter) -> str:
    """Who wrote and what, as plain text and without what must not be shown. Empty where its file is gone. Raises SealBroken, OSError."""
    if letter.file is None:
        return ""
    raw = store.read_row(letter.file)
    try:
        content = read_letter(raw)
        said = "\n\n".join(filter(None, [*_head(raw), content.text, content.folded, *(file.name for file in content.attachments)]))
    except (FileRefused, SandboxUnavailable):
        said = decode(raw[:SHOWN], "")
    return without_one_time_codes(without_secrets(said[:SHOWN]))


def _head(raw: bytes) -> list[str]:
    fields = BytesHeaderParser().parsebytes(raw[:OTHERS_BEGINNING]).raw_items()
    shown = [(name, decoded_words(str(value)[:500])) for name, value in fields if name.lower() in HEAD_SHOWN]
    return ["\n".join(f"{name}: {value}" for name, value in shown)]


def original_of(letter: HeldLetter) -> bytes:
    """Raises SealBroken, OSError, NotFound where it is gone."""
    if letter.file is None:
        raise NotFound
    return store.read_row(letter.file)


def release_letter(actor: User, pk: int, ref: str = "") -> HeldLetter:
    """To be put on its complaint as its owner's, whatever was doubted; one of nobody's on the complaint that is named.

    Raises Forbidden, NotFound (also for a complaint that is not there), Refusal (WRONG_STATUS).
    """
    with transaction.atomic():
        letter = _leave_waiting(actor, pk, State.RELEASED)
        if letter.ticket is None:
            letter.ticket = Ticket.objects.visible_to(actor).filter(ref=ref.strip().upper()).first()
            if letter.ticket is None:
                raise NotFound
            letter.save(update_fields=["ticket"])
    return letter


def dismiss_letter(actor: User, pk: int, _ref: str = "") -> HeldLetter:
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
    return forget(HeldLetter.objects.filter(ticket=ticket))


def forget_old_letters(now: datetime) -> int:
    """What nobody settled in time is destroyed. How many."""
    old = HeldLetter.objects.filter(at__lt=now - KEPT_FOR).exclude(state=State.SETTLED)
    return each_row(name_of(forget_old_letters), old, lambda pk: forget(HeldLetter.objects.filter(pk=pk)), now)


def forget(letters: QuerySet[HeldLetter]) -> int:
    """What came is destroyed; that it came stays. How many."""
    found = list(letters.exclude(state=State.SETTLED).select_related("file"))
    for letter in found:
        set_letter_state(letter, State.SETTLED)
    return len(found)
