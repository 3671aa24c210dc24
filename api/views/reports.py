"""Reports as JSON, CSV or XLSX, for supervisors."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Role, roles_of
from api.permissions import SignedIn, caller
from api.schema import DAY, TEXT, query
from api.serializers.fields import Instant
from api.views.base import Endpoint
from sla.policies import current
from tickets.reports import REPORTS, build_download, download_response, report, scope_of
from tickets.reports.spreadsheets import FORMATS
from tickets.words import REPORT, REPORT_HINT
from tickets.workflow import Invalid, NotFound
from tickets.workflow.inputs import NOT_A_CHOICE

SCOPE = [
    query("from", DAY, "First day; 30 days before the last by default."),
    query("to", DAY, "Last day; today by default."),
    query("category", TEXT),
]
FORMAT = query("format", {"type": "string", "enum": ["json", *FORMATS]})


class SupervisorOnly(SignedIn):
    """Figures name colleagues."""

    def has_permission(self, request: Request, view: object) -> bool:
        return super().has_permission(request, view) and Role.SUPERVISOR in roles_of(caller(request))


class ReportEntrySerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    hint = serializers.CharField()


class ReportSerializer(serializers.Serializer):
    """`results`: one object a row, its names those of `columns`. Shares are parts of 1, money in yuan with two decimals."""

    key = serializers.CharField()
    first = serializers.DateField(help_text="First day counted.")
    last = serializers.DateField()
    counted_at = Instant()
    columns = serializers.ListField(child=serializers.CharField())
    results = serializers.ListField(child=serializers.DictField())


class Reports(Endpoint):
    """What can be counted."""

    scopes = {"GET": "reports:read"}
    permission_classes = [SupervisorOnly]

    @extend_schema(operation_id="reports", responses=ReportEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([{"key": key, "title": str(REPORT[key]), "hint": str(REPORT_HINT[key])} for key in REPORTS])


class ReportByKey(Endpoint):
    """One report, as counted within the last ten minutes."""

    scopes = {"GET": "reports:read"}
    queries = (*SCOPE, FORMAT)
    permission_classes = [SupervisorOnly]

    @extend_schema(operation_id="report", responses=ReportSerializer)
    def get(self, request: Request, key: str) -> HttpResponseBase:
        if key not in REPORTS:
            raise NotFound
        wanted = request.query_params.get("format") or "json"
        if wanted not in ("json", *FORMATS):
            raise Invalid({"format": [NOT_A_CHOICE % {"choices": ", ".join(("json", *FORMATS))}]})
        now = timezone.now()
        policy = current(now)
        scope = scope_of(request.query_params, now, policy)
        table = report(key, scope, now)
        if wanted != "json":
            return download_response(build_download(table, scope, wanted, policy))
        shown = {"key": key, "first": scope.first, "last": scope.last, "counted_at": table.counted_at}
        columns = [column.key for column in table.columns]
        return Response(ReportSerializer({**shown, "columns": columns, "results": table.dicts()}).data)
