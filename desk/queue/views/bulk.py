"""What is done to the rows ticked in the queue: the queue again, with what became of each."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.models import User
from desk.queue import bulk
from desk.queue.bulk import BulkOutcome, SelectedRow
from desk.queue.views.queue import show
from desk.shell.access import desk_page, viewer
from desk.shell.cached_labels import people_of_the_desk
from lib.types import Context


@desk_page
def bulk_act(request: HttpRequest) -> HttpResponse:
    """Reloaded, the address leads back to the queue: GET changes nothing."""
    user = viewer(request)
    back = request.POST.get("back", "")[:2000]
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:queue"))
    rows = bulk.parse_rows(request.POST.getlist("row"))
    do = request.POST.get("do", "")
    outcome = _run_action(user, do, rows, request.POST) if rows else None
    return show(request, QueryDict(back), _outcome_context(do, outcome, request.POST.get("undoes", "") == "1"))


def _run_action(user: User, do: str, rows: list[SelectedRow], said: Mapping[str, str]) -> BulkOutcome | None:
    """None when the form does not say with what."""
    name, hub = said.get("tag", ""), said.get("hub", "")
    if do == "assign":
        return _assign_rows(user, rows, said.get("to", ""))
    if do == "tag" and name:
        return bulk.add_tag(user, rows, name)
    if do == "untag" and name:
        return bulk.remove_tag(user, rows, name)
    if do == "unlink" and hub:
        return bulk.part(user, rows, hub)
    if do == "link" and (hub or len(rows) > 1):
        return bulk.relate(user, rows, hub)
    return None


def _assign_rows(user: User, rows: list[SelectedRow], to: str) -> BulkOutcome | None:
    addresses = {person.pk: person.email for person in people_of_the_desk(timezone.now())} | {user.pk: user.email}
    if to == "me":
        return bulk.assign(user, rows, user.pk, addresses)
    return bulk.assign(user, rows, int(to), addresses) if to.isdecimal() and len(to) < 12 else None


def _outcome_context(do: str, outcome: BulkOutcome | None, undoes: bool) -> Context:
    """For the template. An undo offers no undo of itself: the same bar is still there."""
    if outcome is None:
        return {
            "title": gettext("Nothing was done."),
            "note": gettext("Tick at least one row and choose what to do with it; a link needs two."),
        }
    count = len(outcome.done)
    title = ngettext("%(count)s complaint changed.", "%(count)s complaints changed.", count) % {"count": count}
    same = len(outcome.same)
    note = ngettext("%(count)s was so already.", "%(count)s were so already.", same) % {"count": same} if same else ""
    undo = None
    if outcome.undo and not undoes:
        act, rows, what = outcome.undo
        undo = {"do": act, "rows": rows, "name": {"assign": "to", "tag": "tag", "untag": "tag"}.get(act, "hub"), "value": what}
    return {"title": title, "note": note, "done": outcome.done, "refused": outcome.refused, "undo": undo}
