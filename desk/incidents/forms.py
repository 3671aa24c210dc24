"""The desk's forms about incidents: suggest, open, dismiss, tell everybody, one step for all, link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.shell.cached_labels import category_titles
from desk.shell.fields import Choice, Field, Form
from desk.shell.formatting import money
from desk.shell.posted_values import local_moment
from lib.types import Record
from tickets.incidents.mass_actions import is_of_money, mass_actions, open_linked_tickets
from tickets.incidents.operations import LEADERS, LINKERS, TITLE_LIMIT
from tickets.models import Incident, IncidentLink, Ticket
from tickets.words import ACTION, FACT_CHOICE
from tickets.words.incidents import HOW_LINKED
from tickets.workflow import ACTIONS
from tickets.workflow.inputs import TEXT_LIMIT
from tickets.workflow.vocabulary import FACTS

MOMENT_INPUT = "%Y-%m-%dT%H:%M"
USUAL_WAIT = timedelta(hours=2)
# The rest comes up once these are done.
SHOWN_AMOUNTS = 200


def _value_of(typed: QueryDict | None, name: str, default: str = "") -> str:
    return default if typed is None else typed.get(name, "")


def pay_methods() -> list[Choice]:
    return [(code, FACT_CHOICE["pay_method", code]) for code in FACTS["pay_method"].choices]


def suggest_form(typed: QueryDict | None = None) -> Form:
    titles = category_titles(get_language() or "", timezone.now())
    fields = [
        Field(
            "suggest", "category", _("Category"), "select", required=True,
            value=_value_of(typed, "category"), choices=list(titles.items()),
        ),
        Field("suggest", "pay_method", _("Way to pay"), "select", value=_value_of(typed, "pay_method"), choices=pay_methods()),
    ]  # fmt: skip
    note = _("Complaints of this kind that arrived shortly before belong to it once a supervisor opens it.")
    return Form("suggest", _("Suggest an incident"), _("Suggest"), fields, note=note)


def open_form(typed: QueryDict | None = None) -> Form:
    fields = [
        Field("open", "title_zh", _("What it is, in Chinese"), required=True, value=_value_of(typed, "title_zh"), limit=TITLE_LIMIT),
        Field("open", "title_en", _("What it is, in English"), required=True, value=_value_of(typed, "title_en"), limit=TITLE_LIMIT),
        Field("open", "banner", _("Show a banner on the home page"), "check", value=typed is None or typed.get("banner") == "on"),
    ]
    note = _("Customers read this. Name the fault, never a person or how many are concerned.")
    return Form("open", _("Open the incident"), _("Open and link the complaints"), fields, note=note, is_next=True)


def dismiss_form(typed: QueryDict | None = None) -> Form:
    reason = Field("dismiss", "reason", _("Reason"), required=True, value=_value_of(typed, "reason"), limit=200)
    return Form("dismiss", _("It is no incident"), _("Dismiss"), [reason], danger=True)


def announce_form(typed: QueryDict | None = None) -> Form:
    usual = timezone.localtime(timezone.now() + USUAL_WAIT).strftime(MOMENT_INPUT)
    fields = [
        Field("announce", "body_zh", _("In Chinese"), "area", required=True, value=_value_of(typed, "body_zh"), limit=TEXT_LIMIT),
        Field("announce", "body_en", _("In English"), "area", required=True, value=_value_of(typed, "body_en"), limit=TEXT_LIMIT),
        Field("announce", "eta_at", _("Next news by"), "moment", required=True, value=_value_of(typed, "eta_at", usual)),
    ]
    note = _(
        "Each linked customer gets it as a message in their language, those linked later as well."
        " It is the first reply to those of the same category."
    )
    return Form("announce", _("Tell everybody"), _("Send to all"), fields, note=note)


def run_form(roles: frozenset[Role], linked: Sequence[Ticket], typed: QueryDict | None = None) -> Form:
    fields = [
        Field("run", "action", _("Step"), "select", required=True, value=_value_of(typed, "action"), choices=run_choices(roles)),
        Field("run", "reference", _("Reference"), value=_value_of(typed, "reference"), limit=100),
        Field("run", "reason", _("Reason"), value=_value_of(typed, "reason"), hint=_("Needed to skip the wait."), limit=200),
    ]
    if any(map(is_of_money, dict(run_choices(roles)))):
        fields.append(_amounts(linked, typed))
    note = _("Taken on each open complaint by itself, with its own amount, clocks and history. What is refused is told per complaint.")
    return Form("run", _("One step for all"), _("Take this step for all"), fields, note=note, danger=True)


def _amounts(linked: Sequence[Ticket], typed: QueryDict | None) -> Field:
    """The largest first. Ticked at first: what somebody linked by hand."""
    choices = [(_amount_key(each), _amount_words(each)) for each in linked]
    by_hand = [_amount_key(each) for each in linked if each.incident_link.how == IncidentLink.How.BY_HAND]
    hint = _("For a refund only: just the ticked ones are recorded. Look at each amount first: it is what the customer says.")
    ticked = by_hand if typed is None else typed.getlist("amounts")
    return Field("run", "amounts", _("Amounts"), "checks", value=ticked, choices=choices, hint=hint, ticks_all=True)


def _amount_key(ticket: Ticket) -> str:
    return f"{ticket.ref} {ticket.amount}"


def _amount_words(ticket: Ticket) -> str:
    return f"{ticket.ref} · {money(ticket.amount, ticket.currency)} · {HOW_LINKED[ticket.incident_link.how]}"


def run_choices(roles: frozenset[Role]) -> list[Choice]:
    """What these roles may do to a single complaint, of what fits many."""
    return [(key, ACTION[key]) for key in mass_actions() if not (ACTIONS[key].roles & frozenset(STAFF_ROLES)).isdisjoint(roles)]


def link_form(typed: QueryDict | None = None) -> Form:
    field = Field("link", "tickets", _("References"), "area", required=True, value=_value_of(typed, "tickets"), limit=TEXT_LIMIT)
    field.hint = _("One or several, with spaces or on lines of their own.")
    return Form("link", _("Link complaints by hand"), _("Link"), [field])


def forms_for(incident: Incident, user: User, action: str = "", typed: QueryDict | None = None) -> dict[str, Form]:
    """Those that this incident and this person's roles allow, by key; `typed` is what was posted to `action`."""
    roles = roles_of(user)
    leads, links = not LEADERS.isdisjoint(roles), not LINKERS.isdisjoint(roles)
    suggested, is_open = incident.state == Incident.State.SUGGESTED, incident.state == Incident.State.OPEN
    wanted = {
        "open": (leads and suggested, open_form),
        "dismiss": (leads and suggested, dismiss_form),
        "announce": (leads and is_open, announce_form),
        "run": (is_open and bool(run_choices(roles)), lambda said: run_form(roles, _with_amounts(incident, user), said)),
        "link": (links and is_open, link_form),
    }
    return {key: make(typed if key == action else None) for key, (allowed, make) in wanted.items() if allowed}


def _with_amounts(incident: Incident, user: User) -> Sequence[Ticket]:
    """A case of one's own is none to settle."""
    linked = open_linked_tickets(incident, user).of_others(user).exclude(amount=None).order_by("-amount", "pk")
    return list(linked.select_related("incident_link")[:SHOWN_AMOUNTS])


def incident_input(action: str, post: QueryDict) -> Mapping[str, object]:
    """What the operation of this action takes. Nothing is checked here."""
    said: dict[str, str | None] = {name: post.get(name) for name in post if name not in ("csrfmiddlewaretoken", "version")}
    if at := said.get("eta_at"):
        said["eta_at"] = local_moment(at)
    return _run_input(said, post) if action == "run" else said


def _run_input(said: Record, post: QueryDict) -> Mapping[str, object]:
    """What belongs to the chosen step; of money always the ticked amounts, also where none is ticked."""
    action = said.get("action") or ""
    names = {"action", *(each.name for each in mass_actions().get(action, ()))}
    kept = {name: value for name, value in said.items() if name in names}
    if action in mass_actions() and is_of_money(action):
        kept["amounts"] = dict(pair.split(" ", 1) for pair in post.getlist("amounts") if " " in pair)
    return kept
