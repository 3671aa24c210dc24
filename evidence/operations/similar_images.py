"""Which complaints hold nearly the same pictures as this one: a hint for the desk, never shown to a customer."""

from __future__ import annotations

from accounts.models import User
from evidence.models import EvidenceItem, LikenessBand
from evidence.operations.viewing import MOST_CANDIDATES
from evidence.sandbox.perceptual_hash import are_near, probes
from tickets.models import Ticket

LIVE = (EvidenceItem.State.CLEAN, EvidenceItem.State.SUPERSEDED)


def tickets_with_similar_images(viewer: User, ticket: Ticket) -> set[int]:
    """Ids of the tickets with the very bytes, or nearly the same picture, of an item of this one. Three queries at most."""
    held = EvidenceItem.objects.visible_to(viewer).filter(ticket=ticket, state__in=LIVE).exclude(original="")
    items = list(held.values_list("sha256", "likeness"))
    others = EvidenceItem.objects.filter(state__in=LIVE).exclude(ticket=ticket)
    hashes = {sha256 for sha256, _noted in items if sha256}
    found = set(others.filter(sha256__in=hashes).values_list("ticket", flat=True)[:MOST_CANDIDATES]) if hashes else set()
    wanted = {noted: probes(noted) for _sha256, noted in items if noted}
    if not wanted:
        return found
    bands = LikenessBand.objects.filter(band__in=set().union(*wanted.values()), item__state__in=LIVE).exclude(item__ticket=ticket)
    for band, noted, pk in bands.values_list("band", "item__likeness", "item__ticket")[:MOST_CANDIDATES]:
        if any(band in probed and are_near(own, noted) for own, probed in wanted.items()):
            found.add(pk)
    return found
