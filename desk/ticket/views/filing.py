"""Filing on behalf of a caller: first who and what about, then the case with the questions of its category."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.form_token import AlreadySent, new_token, once
from accounts.roles import Role, roles_of
from desk.shell.access import desk_page, viewer
from desk.shell.cached_labels import category_titles
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from desk.ticket.forms.filing import fields_of, filing_form, filing_input, opening_form
from sla.policies import current
from tickets.operations import file_ticket
from tickets.policy.playbooks import Playbook, playbooks
from tickets.workflow import Refusal

CARRIED_FIELDS = ("on_behalf_of", "channel", "category")


@desk_page
def file(request: HttpRequest) -> HttpResponse:
    """Agents only (403). GET changes nothing; the first step is an address one can come back to."""
    user = viewer(request)
    if Role.AGENT not in roles_of(user):
        raise PermissionDenied
    if request.method == "POST":
        return _file_complaint(request)
    playbook = _playbook(request.GET)
    if playbook is None or not request.GET.get("on_behalf_of"):
        return _first(request)
    return _second(request, playbook, request.GET)


def _playbook(said: QueryDict) -> Playbook | None:
    return playbooks(current(timezone.now()).version).get(said.get("category", ""))


def _first(request: HttpRequest) -> HttpResponse:
    titles = category_titles(get_language() or "", timezone.now())
    form = opening_form(titles, request.GET)
    return render_page(
        request, "desk/filing_category.html", {"form": form, "address": request.path}, title=_("File for a caller"), current="file"
    )


def _second(request: HttpRequest, playbook: Playbook, said: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    form = filing_form(playbook, said)
    if refusal is not None:
        form.refuse(fields_of(errors_of(refusal)))
    titles = category_titles(get_language() or "", timezone.now())
    kept = {name: said.get(name, "") for name in CARRIED_FIELDS}
    context = {
        "form": form,
        "refused": form if refusal else None,
        "kept": kept,
        "once": new_token(),
        "category": titles.get(playbook.key, playbook.key),
        "address": request.path,
        "back": f"{request.path}?{_first_step_query(kept)}",
        "colon": pgettext("between a field's name and its error", ": "),
    }
    status = refusal.status if refusal else 200
    return render_page(request, "desk/filing.html", context, title=_("File for a caller"), current="file", status=status)


def _first_step_query(kept: dict[str, str]) -> str:
    """Back to the first step with everything but the caller, which is what leads on from there."""
    back = QueryDict(mutable=True)
    back.update({name: value for name, value in kept.items() if name != "on_behalf_of"})
    return back.urlencode()


def _file_complaint(request: HttpRequest) -> HttpResponse:
    playbook = _playbook(request.POST)
    if playbook is None:
        return _first(request)
    user = viewer(request)
    try:
        with once(request, user) as sent:
            ticket = file_ticket(user, filing_input(request.POST, playbook.facts))
            sent.location = reverse("desk:ticket", args=[ticket.ref])
    except AlreadySent as before:
        return HttpResponseRedirect(before.location)
    except Refusal as refusal:
        return _second(request, playbook, request.POST, refusal)
    messages.success(request, _("Filed as %(ref)s.") % {"ref": ticket.ref})
    return HttpResponseRedirect(sent.location)
