"""All forms of the ticket page: every act open to the viewer, what is not open with its reason, and the one that was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.models import Macro
from desk.shell.fields import Form
from desk.shell.posted_values import whole
from desk.shell.refusals import Why, errors_of, plain, why
from desk.shell.target_names import target_titles
from desk.ticket.drafts import Writing
from desk.ticket.forms.actions import action_form, action_title
from desk.ticket.forms.other_forms import SORTERS, amend_form, call_form, may_amend, message_form, sorting_form, upload_form, verdict_form
from desk.ticket.macros import reply_from
from evidence.models import EvidenceItem
from evidence.operations import may_view
from lib.pages import render_macro
from lib.types import Context, Record, Text
from tickets.cases.case import Case
from tickets.cases.guards import no_part_in_it, not_own_case
from tickets.operations import menu
from tickets.workflow import ACTIONS, Refusal

# Not a hurdle one could take, only nothing to do.
POINTLESS = frozenset({"WRONG_STATUS", "NO_HOLD"})
UNSORTED = "uncategorized_file"
# After those that most often come next: the rest, in the order of the table.
LAST = 1_000
Entry = Record


@dataclass(frozen=True)
class RejectedPost:
    """An act that was refused: what was posted, why not, and what its sender had not seen."""

    action: str
    post: QueryDict
    refusal: Refusal
    news: tuple[str, ...] = ()

    @property
    def item(self) -> int:
        return whole(self.post.get("item", "")) or 0

    def values_for(self, action: str, item: int = 0) -> QueryDict | None:
        """What came back for this form, if it is the one that was tried."""
        return self.post if (action, item) == (self.action, self.item) else None


def forms_of(case: Case, viewer: User, tried: RejectedPost | None, writing: Writing, macro: Macro | None) -> Context:
    """For the template: forms, decides, closed, targets, message, call, amend, upload, verdicts, sortings, accepts, refused."""
    entries = _entries(case, viewer)
    forms = _action_forms(case, entries, tried, writing)
    decides = next((entry["action"] for entry in entries if ACTIONS[entry["action"]].decision and entry["allowed"]), "")
    shown: dict[str, Any] = {
        "forms": forms,
        "decides": decides,
        "closed": _closed_actions(entries, is_open=not forms and not decides),
        "targets": list(_closed_targets(entries)),
        "message": None if no_part_in_it(case, None) else message_form(case, _message_values(case, viewer, tried, writing, macro)),
        "call": None if not_own_case(case, None) else call_form(_posted_values(tried, "call") or writing.draft_values("call")),
        "amend": amend_form(case, _posted_values(tried, "amend")) if may_amend(case) else None,
        "upload": upload_form(case, _posted_values(tried, "upload")),
        "verdicts": _verdicts(case, viewer, tried),
        "sortings": _sortings(case, tried),
        "accepts": _acceptable(case, viewer),
    }
    return {**shown, "refused": _rejected_form(shown, tried) if tried else None}


def _posted_values(tried: RejectedPost | None, action: str, item: int = 0) -> QueryDict | None:
    return tried.values_for(action, item) if tried else None


# ---- Actions of the table
def _entries(case: Case, viewer: User) -> list[Entry]:
    """What the owner does belongs to the portal, also for a colleague who complains."""
    roles, own = roles_of(viewer) & frozenset(STAFF_ROLES), Role.OWNER in case.roles
    found = [(entry, ACTIONS[entry["action"]]) for entry in menu(case)]
    return [entry for entry, action in found if not action.roles.isdisjoint(roles) and not (own and action.is_owners)]


def _action_forms(case: Case, entries: list[Entry], tried: RejectedPost | None, writing: Writing) -> list[Form]:
    """The open ones; and the tried one, though it may be open no longer: what was typed is never lost. A decision has its own page."""
    apart = [entry for entry in entries if not ACTIONS[entry["action"]].decision]
    shown = [entry for entry in apart if entry["allowed"] or (tried and tried.action == entry["action"])]
    forms = []
    for entry in shown:
        key = entry["action"]
        form = action_form(case, entry, _posted_values(tried, key) or writing.draft_values(key))
        form.is_next, form.kept = bool(ACTIONS[key].next_rank), True
        form.is_open = key in writing.drafts
        form.is_likely = not ACTIONS[key].rare
        forms.append(form)
    return sorted(forms, key=lambda form: ACTIONS[form.key].next_rank or LAST)


def _closed_actions(entries: list[Entry], *, is_open: bool) -> SafeString:
    blocked = tuple((each["action"], tuple(map(why, each["blocked_by"]))) for each in entries if _is_blocked(each))
    elsewhere = tuple(each["action"] for each in entries if _is_elsewhere(each))
    return _render_closed(blocked, elsewhere, is_open, get_language() or "")


@lru_cache(maxsize=512)
def _render_closed(
    blocked: tuple[tuple[str, tuple[Why, ...]], ...], elsewhere: tuple[str, ...], is_open: bool, _language: str
) -> SafeString:
    """Complaints that stand alike have the same acts closed to the same roles: their list is drawn once."""
    titled = [(action_title(key), reasons) for key, reasons in blocked]
    return render_macro("desk/unavailable_actions.html", "closed", titled, [action_title(key) for key in elsewhere], is_open)


def _is_elsewhere(entry: Entry) -> bool:
    """Belongs to another status: named, no more."""
    return not entry["allowed"] and entry["blocked_by"][0]["code"] in POINTLESS


def _is_blocked(entry: Entry) -> bool:
    return not entry["allowed"] and not _is_elsewhere(entry)


def _closed_targets(entries: list[Entry]) -> Iterator[tuple[Text, Why]]:
    titles = target_titles()
    for entry in entries:
        for each in entry.get("targets", ()) if entry["allowed"] else ():
            if not each["allowed"]:
                yield titles.get(each["target"], each["target"]), why(each["blocked_by"][0])


def _message_values(case: Case, viewer: User, tried: RejectedPost | None, writing: Writing, macro: Macro | None) -> QueryDict | None:
    """What stands in the box: what was refused, or what was kept, with the macro's text after it."""
    before = _posted_values(tried, "message") or writing.draft_values("message")
    return reply_from(macro, case, viewer, before) if macro and not tried else before


# ---- Evidence
def _acceptable(case: Case, viewer: User) -> list[int]:
    """What one press accepts: checked, not judged, not withheld from the viewer, sorted."""
    if Role.OWNER in case.roles or not_own_case(case, None):
        return []
    waiting = [item for item in _reviewable_items(case) if not item.verdict and item.kind != UNSORTED]
    return [item.pk for item in waiting if may_view(viewer, item)]


def evidence_forms(case: Case, viewer: User, tried: RejectedPost | None) -> Context:
    """For the evidence viewer: verdicts, sortings, and the one of them that was refused."""
    verdicts, sortings = _verdicts(case, viewer, tried), _sortings(case, tried)
    if tried is None:
        return {"verdicts": verdicts, "sortings": sortings, "refused": None}
    forms = {"verdict": verdicts, "reclassify": sortings}.get(tried.action, {})
    form = forms.get(tried.item, Form(tried.action, "", ""))
    return {"verdicts": verdicts, "sortings": sortings, "refused": with_errors(form, tried)}


def _verdicts(case: Case, viewer: User, tried: RejectedPost | None) -> dict[int, Form]:
    """Only on what one may look at, and never on one's own complaint."""
    shown = [item for item in _reviewable_items(case) if may_view(viewer, item)]
    return {item.pk: verdict_form(item.pk, _posted_values(tried, "verdict", item.pk)) for item in shown if Role.OWNER not in case.roles}


def _reviewable_items(case: Case) -> list[EvidenceItem]:
    """What was checked; what we sent ourselves proves nothing."""
    return [item for item in case.evidence if item.state == "clean" and not item.is_of_desk]


def _sortings(case: Case, tried: RejectedPost | None) -> dict[int, Form]:
    if case.roles.isdisjoint(SORTERS):
        return {}
    unsorted = [item for item in case.evidence if item.kind == UNSORTED and item.state in ("clean", "scanning")]
    return {item.pk: sorting_form(case, item, _posted_values(tried, "reclassify", item.pk)) for item in unsorted}


# ---- What was refused
def _rejected_form(shown: Record, tried: RejectedPost) -> Form:
    """The tried form with its errors; a form of its own when the page has it no longer."""
    candidates = [*shown["forms"], shown["upload"], *shown["verdicts"].values(), *shown["sortings"].values()]
    candidates += [shown[name] for name in ("message", "amend", "call") if shown[name]]
    fitting = (form for form in candidates if (form.key, form.item) == (tried.action, tried.item))
    return with_errors(next(fitting, Form(tried.action, "", "")), tried)


def with_errors(form: Form, tried: RejectedPost) -> Form:
    form.refuse(errors_of(tried.refusal))
    if not form.errors and not form.wrong:
        form.errors.append(plain(tried.refusal.code))
    return form
