"""What one can complain about, and where one can turn: public."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import Keyset, Order
from api.permissions import Anyone
from api.schema import PAGING, TEXT, page_of, query
from api.serializers.categories import CategorySerializer, TargetSerializer
from api.views.base import Endpoint
from sla.policies import PolicySnapshot, current
from tickets.models import Category as CategoryRow
from tickets.models import EscalationTarget
from tickets.policy.symptom_search import find


def _in_force() -> tuple[QuerySet[CategoryRow], PolicySnapshot]:
    policy = current(timezone.now())
    return CategoryRow.objects.filter(policy_id=policy.version).prefetch_related("slots"), policy


class Categories(Endpoint):
    """Every kind of complaint of the policy in force; with `?q=` those that these words may mean, the likeliest first."""

    queries = (query("q", TEXT, "The customer's own words, in Chinese or English. The answer is one page."), *PAGING)
    permission_classes = [Anyone]

    @extend_schema(responses=page_of(CategorySerializer))
    def get(self, request: Request) -> Response:
        found, policy = _in_force()
        if "q" in request.query_params:
            return _answer_words(request.query_params["q"], list(found), policy)
        pages = Keyset()
        page = pages.paginate(found, request, Order("position"))
        return pages.answer(CategorySerializer(page, many=True, context={"policy": policy}).data)


def _answer_words(typed: str, rows: list[CategoryRow], policy: PolicySnapshot) -> Response:
    match = find(typed, {row.key: (row.title_zh, row.title_en, row.words_zh, row.words_en) for row in rows})
    likely = sorted((row for row in rows if row.key in match.keys), key=lambda row: match.keys.index(row.key))
    shown = CategorySerializer(likely, many=True, context={"policy": policy, "alarming": match.emergency}).data
    return Response({"next": None, "previous": None, "results": shown})


class Category(Endpoint):
    """One kind of complaint."""

    permission_classes = [Anyone]

    @extend_schema(operation_id="category", responses=CategorySerializer)
    def get(self, request: Request, key: str) -> Response:
        found, policy = _in_force()
        category = found.filter(key=key).first()
        if category is None:
            raise Http404
        return Response(CategorySerializer(category, context={"policy": policy}).data)


class EscalationTargets(Endpoint):
    """Where a customer may turn, in the order shown."""

    queries = PAGING
    permission_classes = [Anyone]

    @extend_schema(responses=page_of(TargetSerializer))
    def get(self, request: Request) -> Response:
        pages = Keyset()
        page = pages.paginate(EscalationTarget.objects.all(), request, Order("position"))
        return pages.answer(TargetSerializer(page, many=True).data)
