"""How much one person may file within an hour, at whatever door: each freeze rings somebody on duty. Counted in the rows themselves.

What the desk or the platform files for a caller is not counted: they file for many. A flood of freezes by strangers from one network is
not refused, for a victim may be among them; it is marked, rings once, and stands behind the freezes of people we know.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.rates import count_one
from lib.requester import current_network
from lib.types import Text
from tickets.cases.case import Case
from tickets.models import Freeze, Representation, Ticket
from tickets.workflow import Block, Data, Refusal

SPAN = timedelta(hours=1)
# Whoever has had an account, or a complaint, for so long is no stranger.
KNOWN_AFTER = timedelta(days=1)
FREEZES = _(
    "You have asked for %(most)s freezes within an hour. The next one is possible from %(until)s. "
    "Until then freeze the account in its own app."
)
COMPLAINTS = _("You have begun %(most)s complaints within an hour. You can go on with those, and begin another from %(until)s.")


class TooManyFilings(Refusal):
    """429. `words` want `most` and `until`, which `available_from` says."""

    def __init__(self, words: Text, most: int, until: datetime) -> None:
        super().__init__(Block("throttled", available_from=until))
        self.words, self.most, self.until = words, most, until


def one_at_a_time(person: User) -> None:
    """Hold the person's row until the transaction ends, so that rivals count each other. Before any ticket is locked."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def check_freezes(person: User, owner_id: int, now: datetime) -> None:
    """Raises TooManyFilings."""
    if person.pk == owner_id:
        asked = Freeze.objects.filter(owner=person, origin=Freeze.Origin.USER_PROTECTIVE)
        _check(asked, "requested_at", settings.FREEZES_PER_HOUR, FREEZES, now)


def check_complaints(person: User, data: Data, now: datetime) -> None:
    """Of one's own, and of those one files for others; the person's row is held from here on. Raises TooManyFilings."""
    if not settings.FILINGS_PER_HOUR or data.get("on_behalf_of"):
        return
    one_at_a_time(person)
    own = Q(owner=person)
    if person.follows_others:
        own |= Q(pk__in=Representation.objects.filter(person=person).values("ticket"))
    _check(Ticket.objects.filter(own, filed_by=person), "created_at", settings.FILINGS_PER_HOUR, COMPLAINTS, now)


def _check(rows: QuerySet, moment: str, most: int, words: Text, now: datetime) -> None:
    """Until the oldest of as many as are allowed is an hour old."""
    if not most:
        return
    latest = list(rows.filter(**{f"{moment}__gt": now - SPAN}).order_by(f"-{moment}").values_list(moment, flat=True)[:most])
    if len(latest) == most:
        raise TooManyFilings(words, most, latest[-1] + SPAN)


def is_part_of_flood(case: Case) -> bool:
    """One more freeze of a stranger, from a network that has sent as many as FREEZES_OF_STRANGERS allows."""
    network, owner = current_network.get(), case.ticket.owner
    if not network or case.actor is None or case.actor.pk != owner.pk or _is_known(owner, case.now):
        return False
    use = count_one("FREEZES_OF_STRANGERS", network)
    return use is not None and not use.allowed


def _is_known(owner: User, now: datetime) -> bool:
    return owner.date_joined <= now - KNOWN_AFTER or Ticket.objects.filter(owner=owner, created_at__lte=now - KNOWN_AFTER).exists()
