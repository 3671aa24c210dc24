"""Who is on call for freezes: planned, taken over, handed over; and "I am on it"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.roles import is_staff_member
from api.bodies import body_of, expected_version
from api.filters import ShiftFilter
from api.pagination import Keyset, Order
from api.permissions import caller
from api.schema import EMPTY, IF_MATCH, INSTANT, ONCE, PAGING, PERSON, page_of, query, shape_of
from api.serializers.staffing import ShiftSerializer, WatchedFreezeSerializer, serialize_shift
from api.views.availability import with_person
from api.views.base import Endpoint, IdempotentEndpoint
from tickets.models import OnCallShift
from tickets.models.staffing import ShiftQuerySet
from tickets.staffing import acknowledge_freeze, cancel_shift, hand_over, plan_shift, take_over
from tickets.staffing.on_call import HAND_OVER, PLAN, TAKE_OVER
from tickets.workflow import Forbidden, Input, NotFound

SHIFT_PARAMETERS = [
    query("ends_after", INSTANT, "Of times on call that end later than this; now by default."),
    query("begins_before", INSTANT, "Of times on call that begin earlier than this."),
]


def _body(*fields: Input) -> dict[str, object]:
    return {"application/json": shape_of(fields, {"person": PERSON} if any(each.name == "person" for each in fields) else None)}


@extend_schema_view(post=extend_schema(request=_body(*PLAN), parameters=ONCE, responses={201: ShiftSerializer}))
class Roster(IdempotentEndpoint):
    """Times on call, the earliest first: what runs and what is to come. Everybody of the desk reads it, supervisors plan."""

    scopes = {"GET": "staffing:read", "POST": "staffing:write"}
    queries = (*SHIFT_PARAMETERS, *PAGING)

    @extend_schema(operation_id="roster", responses=page_of(ShiftSerializer))
    def get(self, request: Request) -> Response:
        pages, now = Keyset(), timezone.now()
        page = pages.paginate(_filter_shifts(request, _visible_shifts(caller(request)), now), request, Order("from_at"))
        return pages.answer(ShiftSerializer(page, many=True, context={"now": now}).data)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _created_response(plan_shift(caller(request), with_person(body_of(request), "person")))


class ShiftByID(Endpoint):
    """One time on call."""

    scopes = {"GET": "staffing:read", "DELETE": "staffing:write"}

    @extend_schema(operation_id="shift", responses=ShiftSerializer)
    def get(self, request: Request, shift_id: int) -> Response:
        shift = _visible_shifts(caller(request)).filter(pk=shift_id).first()
        if shift is None:
            raise NotFound
        return Response(serialize_shift(shift, timezone.now()))

    @extend_schema(operation_id="cancel_shift", responses={204: EMPTY})
    def delete(self, request: Request, shift_id: int) -> Response:
        """Off the roster; what of it has passed stays. For supervisors."""
        cancel_shift(caller(request), shift_id)
        return Response(status=204)


@extend_schema_view(
    post=extend_schema(operation_id="take_over", request=_body(*TAKE_OVER), parameters=ONCE, responses={201: ShiftSerializer})
)
class TakeOver(IdempotentEndpoint):
    """From now on the caller is on call, for the rest of the time of whoever had it. For freeze operators."""

    scopes = {"POST": "staffing:write"}

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _created_response(take_over(caller(request), body_of(request)))


@extend_schema_view(
    post=extend_schema(operation_id="hand_over", request=_body(*HAND_OVER), parameters=ONCE, responses={201: ShiftSerializer})
)
class HandOver(IdempotentEndpoint):
    """From now on a colleague is on call, and reads the note. For whoever is on call, and supervisors."""

    scopes = {"POST": "staffing:write"}

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _created_response(hand_over(caller(request), with_person(body_of(request), "person")))


@extend_schema_view(
    post=extend_schema(operation_id="acknowledge_freeze", request=None, parameters=[*ONCE, *IF_MATCH], responses=WatchedFreezeSerializer)
)
class FreezeAcknowledgement(IdempotentEndpoint):
    """I am on it: colleagues see who sees to this freeze; its clocks go on. For freeze operators."""

    scopes = {"POST": "freezes:write"}

    def act(self, request: Request, **kwargs: Any) -> Response:
        freeze = acknowledge_freeze(caller(request), kwargs["ref"], expected_version=expected_version(request))
        return Response(WatchedFreezeSerializer(freeze).data, headers={"ETag": f'"{freeze.ticket.version}"'})


def _visible_shifts(viewer: User) -> ShiftQuerySet:
    """Raises Forbidden for whoever is not of the desk."""
    if not is_staff_member(viewer):
        raise Forbidden
    return OnCallShift.objects.standing().select_related("person", "note_by", "made_by")


def _filter_shifts(request: Request, shifts: ShiftQuerySet, now: datetime) -> ShiftQuerySet:
    """Raises ValidationError."""
    found = ShiftFilter(request.query_params, shifts)
    if not found.is_valid():
        raise ValidationError(found.errors)
    return found.qs if request.query_params.get("ends_after") else found.qs.filter(to_at__gt=now)


def _created_response(shift: OnCallShift) -> Response:
    return Response(serialize_shift(shift, timezone.now()), status=201, headers={"Location": reverse("api:shift", args=[shift.pk])})
