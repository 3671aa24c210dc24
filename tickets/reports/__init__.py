"""Figures of the desk: what came and went, which promises were kept, what waits. Counted from the rows, shown as tables."""

from tickets.reports.download import Download, build_download, download_response
from tickets.reports.registry import REPORTS, Report, get_reports, report
from tickets.reports.scope import Scope, scope_of
from tickets.reports.table import Column, Table

__all__ = [
    "REPORTS",
    "Column",
    "Download",
    "Report",
    "Scope",
    "Table",
    "build_download",
    "download_response",
    "get_reports",
    "report",
    "scope_of",
]
