"""More pages: of the desk the built-in views, a long history, the figures, what an open queue asks by itself; the customer's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.models import User
from bench.crowd import LONG
from bench.deskwork import polls, unchanged
from bench.visits import VisitKind, Visitor, signed_in
from tickets.models import Ticket

# As desk.queue.saved has them.
VIEWS = (
    "assignee=me", "assignee=none", "due=overdue", "due=today", "waiting_on=customer", "stage=freeze", "status=escalated",
    "follow_up=due",
)  # fmt: skip


def desk_pages() -> dict[str, VisitKind]:
    agent, supervisor = (signed_in(User.objects.get(email=f"{who}@example.com")) for who in ("agent", "supervisor"))
    long = Ticket.objects.order_by("-last_seq").values_list("ref", "last_seq").first() or ("", 0)
    found = {f"?{view}": VisitKind(agent, _at(agent, "/desk/", view)) for view in VIEWS}
    if long[1] >= LONG:
        found["long"] = VisitKind(agent, _at(agent, f"/desk/tickets/{long[0]}/"), rows=1)
    return {
        **found,
        "figures": VisitKind(supervisor, _at(supervisor, "/desk/figures/")),
        "pulse": VisitKind(agent, polls(agent, 20)),
        "unchanged": VisitKind(agent, unchanged(agent), status="304"),
    }


def customer_pages() -> dict[str, VisitKind]:
    """Of whoever has the latest complaint that is under review: one of forty, so with a fortieth of all complaints."""
    mine = Ticket.objects.filter(status="under_review").select_related("owner").latest("pk")
    customer = signed_in(mine.owner)
    return {
        "home": VisitKind(customer, _at(customer, "/")),
        "mine": VisitKind(customer, _at(customer, "/tickets/"), rows=1),
        "complaint": VisitKind(customer, _at(customer, f"/tickets/{mine.ref}/"), rows=1),
    }


def _at(visitor: Visitor, path: str, query: str = "") -> Iterator[Mapping[str, Any]]:
    while True:
        yield visitor.environ("GET", path, query)
