"""A table as a file to take along, and as the answer of whichever door it is taken through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, NamedTuple

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from sla.policies import PolicySnapshot
from tickets.reports.scope import Scope
from tickets.reports.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_lines, sheet, xlsx_file
from tickets.reports.table import Table
from tickets.reports.wording import vocabulary
from tickets.words.reports import REPORT


class Download(NamedTuple):
    name: str
    media_type: str
    body: IO[bytes] | Iterable[str]


def build_download(table: Table, scope: Scope, form: str, policy: PolicySnapshot) -> Download:
    """`form` is csv or xlsx, in the language that is active."""
    headings, rows = sheet(table, vocabulary(policy))
    name = f"{table.key}-{scope.first}-{scope.last}.{form}"
    if form == "csv":
        return Download(name, CSV_TYPE, list(csv_lines(headings, rows)))
    return Download(name, XLSX_TYPE, xlsx_file(headings, rows, [column.kind for column in table.columns], str(REPORT[table.key])))


def download_response(taken: Download) -> HttpResponseBase:
    """Streamed, to be saved; kept in no cache on the way, and taken for nothing but what it is."""
    headers = {
        "Content-Disposition": f'attachment; filename="{taken.name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    kind: type[FileResponse] | type[StreamingHttpResponse] = FileResponse if hasattr(taken.body, "read") else StreamingHttpResponse
    return kind(taken.body, content_type=taken.media_type, headers=headers)
