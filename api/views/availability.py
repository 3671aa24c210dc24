"""Who of the desk is there: one's own for everybody there, that of all for supervisors, as on the desk's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from api.bodies import body_of
from api.filters import YES, YES_NO
from api.pagination import Keyset, Order
from api.permissions import caller
from api.schema import ONCE, PAGING, PERSON, page_of, query, shape_of
from api.serializers.staffing import AvailabilitySerializer
from api.views.base import Endpoint, once
from tickets.models import StaffProfile
from tickets.operations.assigning import loads
from tickets.staffing import absent, set_availability
from tickets.staffing.availability import ABSENCE, SKILLS
from tickets.workflow import Forbidden, NotFound
from tickets.workflow.inputs import NOT_A_CHOICE

BODY = {"application/json": shape_of((*ABSENCE, *SKILLS), {"stand_in": PERSON})}
AWAY = query("away", {"type": "boolean"}, "true: only who is away today. false: everybody.")


class Availabilities(Endpoint):
    """Supervisors: everybody of the desk. Others of the desk: themselves."""

    scopes = {"GET": "staffing:read"}
    queries = (AWAY, *PAGING)

    @extend_schema(operation_id="availabilities", responses=page_of(AvailabilitySerializer))
    def get(self, request: Request) -> Response:
        found = _visible_staff(caller(request))
        away = request.query_params.get("away", "false")
        if away not in dict(YES_NO):
            raise ValidationError({"away": [NOT_A_CHOICE % {"choices": "true, false"}]})
        if away in YES:
            found = found.filter(pk__in=[profile.user_id for profile in absent(timezone.now())])
        pages = Keyset()
        return pages.answer(_serialize_people(pages.paginate(found, request, Order("id"))))


class OwnAvailability(Endpoint):
    """One's own. PUT says all of it: what is left out is emptied."""

    scopes = {"GET": "staffing:read", "PUT": "staffing:write"}

    @extend_schema(operation_id="own_availability", responses=AvailabilitySerializer)
    def get(self, request: Request) -> Response:
        return _one(request, caller(request).pk)

    @extend_schema(operation_id="set_own_availability", request=BODY, parameters=ONCE, responses=AvailabilitySerializer)
    @once
    def put(self, request: Request) -> Response:
        return _set(request, caller(request).pk)


class AvailabilityByID(Endpoint):
    """A colleague's, for supervisors; one's own for everybody. PUT says all of it: what is left out is emptied.

    `categories`, `languages` and `capacity` are for supervisors to say.
    """

    scopes = {"GET": "staffing:read", "PUT": "staffing:write"}

    @extend_schema(operation_id="availability", responses=AvailabilitySerializer)
    def get(self, request: Request, person_id: int) -> Response:
        return _one(request, person_id)

    @extend_schema(operation_id="set_availability", request=BODY, parameters=ONCE, responses=AvailabilitySerializer)
    @once
    def put(self, request: Request, person_id: int) -> Response:
        return _set(request, person_id)


def with_person(raw: Any, name: str) -> Any:
    """The body with the person it names by address as the operation takes them. Nobody has the key 0: that is refused at its field."""
    if not isinstance(raw, Mapping) or raw.get(name) in (None, ""):
        return raw
    found = User.objects.filter(email__iexact=str(raw[name]).strip()).first()
    return {**raw, name: found.pk if found else 0}


def _visible_staff(viewer: User) -> QuerySet[User]:
    """Raises Forbidden for whoever is not of the desk."""
    roles = roles_of(viewer)
    if roles.isdisjoint(STAFF_ROLES):
        raise Forbidden
    found = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).distinct()
    found = found.select_related("staff_profile__stand_in").prefetch_related("groups")
    return found if Role.SUPERVISOR in roles else found.filter(pk=viewer.pk)


def _one(request: Request, pk: int) -> Response:
    person = _visible_staff(caller(request)).filter(pk=pk).first()
    if person is None:
        raise NotFound
    return Response(_serialize_people([person])[0])


def _set(request: Request, pk: int) -> Response:
    if not _visible_staff(caller(request)).filter(pk=pk).exists():
        raise NotFound
    set_availability(caller(request), pk, with_person(body_of(request), "stand_in"))
    return _one(request, pk)


def _serialize_people(people: list[Any]) -> Any:
    counts = loads([person.pk for person in people])
    for person in people:
        person.load = counts.get(person.pk, 0)
        person.profile = getattr(person, "staff_profile", None) or StaffProfile(user=person)
    return AvailabilitySerializer(people, many=True, context={"now": timezone.now()}).data
