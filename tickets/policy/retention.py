"""How long each kind of evidence is kept after closing: the policy's row, never below what the law asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from sla.policies import PolicySnapshot
from tickets.words import EVIDENCE_KIND
from tickets.workflow import AUTHORITY_DOCUMENTS, FACE_RESULT, IDENTITY_DOCUMENTS, TimerKey

# Complaint material: three years from the closing (PBOC order 5/2020), the day of a leap year among them. No version goes below it.
FLOOR_DAYS = 1096
# Copies of identity documents and cards, and letters of authority: the less is kept the better.
MAY_GO_EARLIER = frozenset({*IDENTITY_DOCUMENTS, *AUTHORITY_DOCUMENTS, FACE_RESULT, "bank_card_masked"})
WITH_THE_TICKET = frozenset({"order_number"})
# A group of kinds that fills one slot; nothing of it is stored.
NOT_STORED = frozenset({"identity_proof"})
KEPT_KINDS = tuple(kind for kind in EVIDENCE_KIND if kind not in WITH_THE_TICKET | NOT_STORED)


def floor_of(kind: str) -> int:
    """The least number of days; 1 for what may go early."""
    return 1 if kind in MAY_GO_EARLIER else FLOOR_DAYS


def days_kept(policy: PolicySnapshot, kind: str) -> int | None:
    """None: as long as the ticket."""
    return None if kind in WITH_THE_TICKET else days_by_rows(policy.retention, kind)


def days_by_rows(rows: Mapping[str, int], kind: str) -> int:
    """Older versions say less than the law asks: the floor counts, and where no row speaks of a kind."""
    return max(rows.get(kind, FLOOR_DAYS), floor_of(kind))


def goes_with_the_purge(policy: PolicySnapshot, kind: str) -> bool:
    """Kept no longer than the purge of sensitive files waits: it goes when that clock runs down, not by its days."""
    days = days_kept(policy, kind)
    return days is not None and days <= policy.timers[TimerKey.EVIDENCE_PURGE].duration.amount


def retention_problems(rows: Mapping[str, int], purge_days: int) -> Iterator[tuple[str, str]]:
    """Why a version may not be published: the kind, and what is wrong with its row."""
    for kind in rows:
        if kind not in KEPT_KINDS:
            yield kind, _("there is no such kind of evidence that is kept by days.")
    for kind in KEPT_KINDS:
        if kind not in rows:
            yield kind, _("say how many days it is kept.")
        elif rows[kind] < floor_of(kind):
            yield kind, _("the law asks for at least %(days)s days.") % {"days": FLOOR_DAYS}
        elif rows[kind] < purge_days:
            yield kind, _("sensitive files go %(days)s days after closing; nothing is kept for less.") % {"days": purge_days}
