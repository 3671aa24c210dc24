"""What the custody log tells of an item: to its owner who looked, in role words; to the desk everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from evidence.models import EvidenceItem
from evidence.operations.item_lock import visible_item
from evidence.operations.viewing import may_view
from evidence.vault.custody import CustodyAction, CustodyEntry
from lib.types import Record
from tickets.workflow import Forbidden

LOOKS = (CustodyAction.VIEWED, CustodyAction.UNMASKED, CustodyAction.THUMBNAIL, CustodyAction.NUMBER, CustodyAction.EXPORTED)
# Whoever holds several roles is named by the first: the one in which documents are opened.
ROLE_ORDER = (Role.REVIEWER, Role.FREEZE_OPERATOR, Role.PRIVACY_OFFICER, Role.SUPERVISOR, Role.AGENT)
SYSTEM, DESK = "system", "desk"
# Of one complaint: what is older is in the log, and nobody reads further.
MOST = 2000


@dataclass(frozen=True)
class CustodyLine:
    """One entry. `who` is a role, owner, desk or system; the last four are for the desk alone."""

    item_id: int
    at: datetime
    action: str
    who: str
    purpose: str
    seq: int | None = None
    by: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    digest: str = ""


@dataclass
class AccessSummary:
    """Looks of one day by one role with one purpose: a page that is opened ten times is told once."""

    at: datetime
    action: str
    who: str
    purpose: str
    times: int = 1


def custody_of(viewer: User, item_id: int) -> list[CustodyLine]:
    """Everything that happened to the item, oldest first. Raises NotFound, Forbidden for who may not look at it."""
    item = visible_item(viewer, item_id)
    if not may_view(viewer, item):
        raise Forbidden
    return _custody_lines(viewer, [item], tuple(CustodyAction))[::-1]


def access_summaries(viewer: User, items: Iterable[EvidenceItem]) -> Mapping[int, list[AccessSummary]]:
    """By the item's id, who looked at it, latest first; one query for all. The items come with their tickets.

    What the owner sees on their own page in small is not told to them.
    """
    listed = [item for item in items if may_view(viewer, item)]
    found: dict[int, dict[tuple[object, ...], AccessSummary]] = {item.pk: {} for item in listed}
    for told in _custody_lines(viewer, listed, LOOKS):
        if told.who == Role.OWNER and told.action == CustodyAction.THUMBNAIL:
            continue
        days = found[told.item_id]
        key = (timezone.localdate(told.at), told.action, told.who, told.purpose)
        if key in days:
            days[key].times += 1
        else:
            days[key] = AccessSummary(told.at, told.action, told.who, told.purpose)
    return {pk: list(days.values()) for pk, days in found.items()}


def _custody_lines(viewer: User, items: list[EvidenceItem], actions: Iterable[str]) -> list[CustodyLine]:
    """Latest first. A person of several groups comes as several rows of the one query."""
    owners = {item.pk: item.ticket.owner_id for item in items}
    if not owners:
        return []
    columns = ("seq", "number", "item_id", "at", "action", "by", "by__email", "purpose", "detail", "digest", "by__groups__name")
    rows = CustodyEntry.objects.filter(item_id__in=owners, action__in=list(actions)).order_by("-seq").values(*columns)[:MOST]
    groups: dict[int, set[str]] = {}
    for row in rows:
        groups.setdefault(row["seq"], set()).add(row["by__groups__name"] or "")
    once = {row["seq"]: row for row in rows}
    return [_one(row, groups[seq], viewer, owners[row["item_id"]]) for seq, row in once.items()]


def _one(row: Record, groups: set[str], viewer: User, owner_id: int) -> CustodyLine:
    told = CustodyLine(row["item_id"], row["at"], row["action"], _who(row["by"], groups, owner_id), row["purpose"])
    if viewer.pk == owner_id:
        return told
    more = {"seq": row["number"] or row["seq"], "by": row["by__email"], "detail": row["detail"], "digest": row["digest"]}
    return CustodyLine(told.item_id, told.at, told.action, told.who, told.purpose, **more)


def _who(by: int | None, groups: set[str], owner_id: int) -> str:
    if by is None:
        return SYSTEM
    if by == owner_id:
        return Role.OWNER
    return next((role for role in ROLE_ORDER if role in groups), DESK)
