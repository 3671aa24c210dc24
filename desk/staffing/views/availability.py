"""Availability: one's own, and for supervisors that of all, with handing over what somebody has."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.shell.access import desk_page, supervisors_page, viewer
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from desk.staffing.availability_form import availability_form, availability_input
from desk.staffing.team import absence, profile_of, rules, team
from tickets import staffing
from tickets.workflow import Forbidden, NotFound, Refusal


@require_safe
@desk_page
def own(request: HttpRequest) -> HttpResponse:
    user = viewer(request)
    return _page(request, _colleague(user.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def of(request: HttpRequest, person: int) -> HttpResponse:
    """A colleague's for supervisors; one's own for everybody."""
    user = viewer(request)
    if not staffing.settable_fields(user, person):
        raise PermissionDenied
    colleague = _colleague(person)
    if request.method != "POST":
        return _page(request, colleague)
    try:
        staffing.set_availability(user, person, availability_input(user, person, request.POST))
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _page(request, colleague, refusal)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("desk:availability"))


def _colleague(pk: int) -> User:
    people = User.objects.filter(pk=pk, is_active=True, groups__name__in=STAFF_ROLES).distinct()
    person = people.select_related("staff_profile__stand_in").first()
    if person is None:
        raise Http404
    return person


def _page(request: HttpRequest, person: User, refusal: Refusal | None = None) -> HttpResponse:
    user = viewer(request)
    mine, leads = person.pk == user.pk, Role.SUPERVISOR in roles_of(user)
    form = availability_form(user, profile_of(person), request.POST if refusal else None)
    if refusal:
        form.refuse(errors_of(refusal))
    title = _("My availability") if mine else _("Availability of %(name)s") % {"name": person}
    context = {
        "heading": _("Availability") if leads and mine else title,
        "form": form,
        "person": person.pk,
        "mine": mine,
        "absence": absence(profile_of(person), person),
        "team": team() if leads and mine else [],
        "rules": rules() if leads and mine else [],
    }
    return render_page(
        request, "desk/availability.html", context, title=title, current="availability", status=refusal.status if refusal else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@supervisors_page
def reassign_tickets(request: HttpRequest, person: int) -> HttpResponse:
    """First how many would go to whom; sent off, they go."""
    user = viewer(request)
    try:
        if request.method == "POST":
            return _handover_response(request, staffing.pass_on(user, person))
        counts = staffing.preview_passing_on(user, person)
    except (Forbidden, NotFound) as error:
        raise Http404 from error
    who = User.objects.get(pk=person)
    context = {
        "name": str(who),
        "person": person,
        "rows": _handover_rows(counts),
        "movable": sum(n for to, n in counts.items() if to is not None),
    }
    title = _("Hand over what %(name)s has") % {"name": who}
    return render_page(request, "desk/reassignment.html", {**context, "heading": title}, title=title, current="availability")


def _handover_rows(counts: Mapping[int | None, int]) -> list[tuple[str, int]]:
    """The most first; those that nobody can take last, under no name."""
    people = User.objects.in_bulk([pk for pk in counts if pk is not None])
    rows = sorted(((-count, str(people[pk])) for pk, count in counts.items() if pk is not None))
    return [*((name, -count) for count, name in rows), *([("", counts[None])] if counts.get(None) else [])]


def _handover_response(request: HttpRequest, counts: Mapping[int | None, int]) -> HttpResponse:
    given = sum(count for to, count in counts.items() if to is not None)
    said = ngettext("%(count)s complaint was handed over.", "%(count)s complaints were handed over.", given) % {"count": given}
    stayed = counts.get(None, 0)
    if stayed:
        said += " " + ngettext("%(count)s stays: nobody can take it.", "%(count)s stay: nobody can take them.", stayed) % {"count": stayed}
    messages.success(request, said) if given else messages.info(request, said)
    return HttpResponseRedirect(reverse("desk:availability"))
