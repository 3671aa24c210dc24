"""The queue as CSV or XLSX, with the filters of the page it is taken from."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.reads import count_each
from desk.queue.export import KINDS, MOST_XLSX, headings, limit_rows, pieces, reader_of, rows
from desk.queue.filters import QueueFilter, rows_of
from desk.shell.access import takers_page, viewer
from tickets.reports import Download, download_response
from tickets.reports.spreadsheets import CSV_TYPE, FORMATS, XLSX_TYPE, csv_lines, xlsx_file

log = logging.getLogger(__name__)


@require_safe
@takers_page
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Streamed: fifty thousand rows take no more memory than fifty. The log says who took which view, not what was searched for."""
    if form not in FORMATS:
        raise Http404
    used = [name for name in QueueFilter.base_filters if request.GET.get(name)]
    log.info("Queue taken as %s by user %s, narrowed by %s", form, request.user.pk, ", ".join(used) or "nothing")
    found = count_each(rows(rows_of(request, request.GET), reader_of(viewer(request), timezone.now())))
    name = f"queue-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    if form == "csv":
        return download_response(Download(name, CSV_TYPE, pieces(csv_lines(headings(), found))))
    more = gettext("Only the first %(count)s complaints stand here: narrow the view, or take it as CSV.") % {"count": f"{MOST_XLSX:,}"}
    book = xlsx_file(headings(), limit_rows(found, MOST_XLSX, more), KINDS, gettext("Queue"))
    return download_response(Download(name, XLSX_TYPE, book))
