"""Figures of the desk: what came and went, which promises were kept, what waits. Counted from the rows, shown as tables."""

from tickets.reports.download import Takeaway, handed, takeaway
from tickets.reports.registry import REPORTS, Report, counted, report
from tickets.reports.scope import Scope, scope_of
from tickets.reports.table import Column, Table

__all__ = ["REPORTS", "Column", "Report", "Scope", "Table", "Takeaway", "counted", "handed", "report", "scope_of", "takeaway"]
