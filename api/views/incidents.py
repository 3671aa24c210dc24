"""Incidents, for the desk's programs to read."""

from __future__ import annotations

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import is_staff_member
from api.pagination import Keyset, Order
from api.permissions import caller
from api.schema import PAGING, page_of
from api.serializers.incidents import IncidentRowSerializer, IncidentSerializer
from api.views.base import Endpoint
from tickets.incidents import candidates
from tickets.models import Incident
from tickets.models.querysets import IncidentQuerySet
from tickets.workflow import Forbidden, NotFound


def _visible_incidents(request: Request) -> IncidentQuerySet:
    return Incident.objects.visible_to(caller(request)).annotate(tickets=Count("links"))


class Incidents(Endpoint):
    """Every incident, the latest suggestion first. The desk's alone."""

    scopes = {"GET": "incidents:read"}
    queries = PAGING

    @extend_schema(operation_id="incidents", responses=page_of(IncidentRowSerializer))
    def get(self, request: Request) -> Response:
        if not is_staff_member(caller(request)):
            raise Forbidden
        pages = Keyset()
        page = pages.paginate(_visible_incidents(request), request, Order("suggested_at", descending=True))
        return pages.answer(IncidentRowSerializer(page, many=True).data)


class IncidentByRef(Endpoint):
    """One incident with its notices."""

    scopes = {"GET": "incidents:read"}

    @extend_schema(operation_id="incident", responses=IncidentSerializer)
    def get(self, request: Request, number: str) -> Response:
        incident = _visible_incidents(request).by_ref(number).prefetch_related("notices__author").first()
        if incident is None:
            raise NotFound
        incident.candidates = candidates(incident).count()
        return Response(IncidentSerializer(incident).data)
