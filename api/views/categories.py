"""What one can complain about, and where one can turn: public."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from sla.policies import PolicySnapshot, current
from tickets.models import Category as CategoryRow
from tickets.models import EscalationTarget

from api.permissions import Anyone
from api.serializers.categories import CategorySerializer, TargetSerializer
from api.views.base import Door


def _in_force() -> tuple[QuerySet[CategoryRow], PolicySnapshot]:
    policy = current(timezone.now())
    return CategoryRow.objects.filter(policy_id=policy.version).prefetch_related("slots"), policy


class Categories(Door):
    """Every kind of complaint of the policy in force."""

    permission_classes = [Anyone]

    def get(self, request: Request) -> Response:
        found, policy = _in_force()
        return Response(CategorySerializer(found, many=True, context={"policy": policy}).data)


class Category(Door):
    """One kind of complaint."""

    permission_classes = [Anyone]

    def get(self, request: Request, key: str) -> Response:
        found, policy = _in_force()
        category = found.filter(key=key).first()
        if category is None:
            raise Http404
        return Response(CategorySerializer(category, context={"policy": policy}).data)


class EscalationTargets(Door):
    """Where a customer may turn, in the order shown."""

    permission_classes = [Anyone]

    def get(self, request: Request) -> Response:
        return Response(TargetSerializer(EscalationTarget.objects.all(), many=True).data)
