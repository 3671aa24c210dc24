"""What a complaint belongs with: its links, what was joined with it, and which others are about the same order or show the same picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.shell.cached_labels import category_titles
from desk.shell.formatting import moment_text, money
from evidence.operations import tickets_with_similar_images
from lib.types import Context, Record
from tickets.models import OrderReference, Ticket, TicketLink
from tickets.models.querysets import TicketQuerySet, is_staff_not_owner
from tickets.words import STATUS

Kind = TicketLink.Kind
MOST = 20
COLUMNS = ("id", "ref", "category", "status", "amount", "currency", "owner", "created_at")


def links_context(ticket: Ticket, viewer: User, now: datetime) -> Context:
    """Everything the block of links shows, in a constant number of queries. To its owner only what was joined."""
    seen = Ticket.objects.visible_to(viewer)
    links: dict[int, str] = {}
    by_order, by_picture = set[int](), set[int]()
    if is_staff_not_owner(ticket, viewer):
        links = dict(_links(ticket))
        by_order, by_picture = _about_the_same_order(ticket, seen), tickets_with_similar_images(viewer, ticket)
    joined = set(ticket.merged.values_list("pk", flat=True))
    suggested = (by_order | by_picture) - links.keys() - joined - {ticket.pk, ticket.merged_into_id}
    wanted = {*links, *suggested, *joined, ticket.merged_into_id} - {None}
    rows = {row["id"]: row for row in seen.filter(pk__in=wanted).order_by("id").values(*COLUMNS)}
    show = _row_builder(ticket, viewer, now)
    return {
        "links": [{**show(row), "kind": links[pk]} for pk, row in rows.items() if pk in links],
        "suggested": [{**show(row), "order": pk in by_order, "picture": pk in by_picture} for pk, row in rows.items() if pk in suggested][
            :MOST
        ],
        "into": [show(row) for pk, row in rows.items() if pk == ticket.merged_into_id],
        "joined": [show(row) for pk, row in rows.items() if pk in joined],
    }


def _links(ticket: Ticket) -> list[tuple[int, str]]:
    """The other end, and what it is to this one."""
    out = TicketLink.objects.filter(source=ticket).values_list("target", "kind")
    back = TicketLink.objects.filter(target=ticket).values_list("source", "kind")
    whole = {Kind.CHILD: pgettext("link", "the whole it is part of")}
    parts = {Kind.CHILD: pgettext("link", "a part of this one")}
    both = {Kind.RELATED: pgettext("link", "related"), Kind.DUPLICATE: pgettext("link", "duplicate")}
    return [(pk, (both | whole)[Kind(kind)]) for pk, kind in out] + [(pk, (both | parts)[Kind(kind)]) for pk, kind in back]


def _about_the_same_order(ticket: Ticket, seen: TicketQuerySet) -> set[int]:
    numbers = OrderReference.objects.filter(ticket=ticket).values("number")
    found = seen.filter(order_references__number__in=numbers).exclude(pk=ticket.pk)
    return set(found.values_list("pk", flat=True)[: 10 * MOST])


def _row_builder(ticket: Ticket, viewer: User, now: datetime) -> Callable[[Record], Context]:
    titles = category_titles(get_language() or "", now)
    agent = Role.AGENT in roles_of(viewer)

    def show(row: Record) -> Context:
        own = row["owner"] == ticket.owner_id
        return {
            "ref": row["ref"],
            "category": titles.get(row["category"], row["category"]),
            "status": STATUS[row["status"]],
            "amount": money(row["amount"], row["currency"]),
            "filed": moment_text(row["created_at"]),
            "whose": _("the same customer") if own else _("another customer"),
            "joinable": own and agent and ticket.is_open and row["status"] not in ("draft", "resolved", "closed"),
        }

    return show
