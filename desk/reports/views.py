"""Figures for supervisors: one page to read at a glance, each chart with its table, and each table to take along."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from desk.reports.charts import report_context
from desk.shell.access import supervisors_page
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from lib import memo
from lib.pages import render_html
from sla.policies import PolicySnapshot, current
from tickets.policy.playbooks import playbooks, title
from tickets.reports import REPORTS, Scope, Table, build_download, download_response, get_reports, report, scope_of
from tickets.reports.spreadsheets import FORMATS
from tickets.reports.wording import vocabulary
from tickets.workflow import Invalid

log = logging.getLogger(__name__)


@require_safe
@supervisors_page
def reports(request: HttpRequest) -> HttpResponse:
    """Read from what was counted within the last ten minutes."""
    now = timezone.now()
    policy = current(now)
    wrong: dict[str, list[str]] = {}
    try:
        scope = scope_of(request.GET.dict(), now, policy)
    except Invalid as refusal:
        wrong = dict(refusal.errors)
        scope = scope_of({}, now, policy)
    tables = get_reports(tuple(REPORTS), scope, now)
    context = {
        "scope": scope,
        "typed": {name: request.GET.get(name, "") for name in ("from", "to", "category")} if wrong else _scope_values(scope),
        "wrong": [str(text) for texts in wrong.values() for text in texts],
        "categories": [(key, title(book)) for key, book in playbooks(policy.version).items()],
        "panels": _panels(tables, scope, policy),
        "counted_at": moment_text(min(table.counted_at for table in tables.values())),
        "address": reverse("desk:reports"),
    }
    return render_page(request, "desk/reports.html", context, title=gettext("Figures"), current="reports", status=400 if wrong else 200)


_panel_cache: dict[tuple[object, ...], SafeString] = memo.table()
MAX_CACHED_PANELS = 32


def _panels(tables: Mapping[str, Table], scope: Scope, policy: PolicySnapshot) -> SafeString:
    """Charts and tables, drawn once for as long as they were counted: drawing takes longer than reading."""
    moments = tuple(table.counted_at for table in tables.values())
    key = (get_language(), timezone.get_current_timezone_name(), policy.version, scope, moments)
    if key not in _panel_cache:
        if len(_panel_cache) >= MAX_CACHED_PANELS:
            _panel_cache.clear()
        words, query = vocabulary(policy), _query(scope)
        _panel_cache[key] = render_html(
            "desk/reports_panels.html", {"panels": [report_context(tables[name], words, scope, query) for name in REPORTS]}
        )
    return _panel_cache[key]


@require_safe
@supervisors_page
def take(request: HttpRequest, key: str) -> HttpResponseBase:
    """One table as CSV or XLSX."""
    form = request.GET.get("format", FORMATS[0])
    if key not in REPORTS or form not in FORMATS:
        raise Http404
    now = timezone.now()
    policy = current(now)
    try:
        scope = scope_of(request.GET.dict(), now, policy)
    except Invalid as refusal:
        raise Http404 from refusal
    taken = build_download(report(key, scope, now), scope, form, policy)
    log.info("Report %s taken as %s by user %s", key, form, request.user.pk)
    return download_response(taken)


def _scope_values(scope: Scope) -> dict[str, str]:
    return {"from": scope.first.isoformat(), "to": scope.last.isoformat(), "category": scope.category}


def _query(scope: Scope) -> str:
    return urlencode({name: value for name, value in _scope_values(scope).items() if value})
