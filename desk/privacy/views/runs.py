"""The vault's runs: deletions, changes of keys, proofs of the log; how far they are and what they found."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.privacy.presenter import PAGE, RUN_KIND, newest, number_in, older, tabs
from desk.shell.access import officers_page, viewer
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from evidence.models import SealedFile, VaultRun
from evidence.vault.job_findings import in_words
from evidence.vault.start_job import begin_run
from lib.keyring import current_id
from lib.pages import render_html
from lib.types import Context
from tickets.workflow import Refusal

SHOWN_FINDINGS = 100


@require_safe
@officers_page
def runs(request: HttpRequest) -> HttpResponse:
    """The latest first. Asked by htmx, only the rows: they ask again while something runs."""
    context = _context(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(render_html("desk/privacy/run_rows.html", context))
    return render_page(request, "desk/privacy/runs.html", context, title=_("Runs"), current="privacy")


def _context(request: HttpRequest) -> Context:
    asked, address = request.GET, reverse("desk:runs")
    found = VaultRun.objects.select_related("by").order_by("-pk")
    before = number_in(asked, "before")
    rows, after = older(address, asked, list((found.filter(pk__lt=before) if before else found)[: PAGE + 1]))
    return {
        "tabs": tabs("runs"),
        "rows": [_row(run) for run in rows],
        "goes_on": any(run.ended_at is None for run in rows),
        "address": address,
        "keys": _keys(),
        "older": after,
        "newest": newest(address, asked),
    }


def _row(run: VaultRun) -> Context:
    return {
        "id": run.pk,
        "kind": RUN_KIND[run.kind],
        "by": str(run.by) if run.by else _("the system"),
        "began": moment_text(run.started_at),
        "ended": moment_text(run.ended_at) if run.ended_at else "",
        "done": run.done,
        "total": run.total,
        "findings": [in_words(finding) for finding in run.findings[:SHOWN_FINDINGS]],
        "count": len(run.findings),
    }


def _keys() -> list[Context]:
    """Files by the name of the key that wraps theirs. Names only: no key is ever shown."""
    counts = SealedFile.objects.filter(erased_at=None).values("key_id").annotate(count=Count("pk")).order_by("key_id")
    files, current = {row["key_id"]: row["count"] for row in counts}, current_id()
    return [{"id": key, "count": files.get(key, 0), "current": key == current} for key in sorted({current, *files})]


@require_POST
@officers_page
def begin(request: HttpRequest) -> HttpResponse:
    user = viewer(request)
    try:
        begin_run(user, request.POST.get("kind", ""))
    except Refusal as refusal:
        for texts in errors_of(refusal).values():
            for text in texts:
                messages.error(request, text)
    else:
        messages.success(request, _("It has begun. This page shows how far it is."))
    return HttpResponseRedirect(reverse("desk:runs"))
