"""Figures of the desk: what came and went, which promises were kept, what waits. Counted from the rows, shown as tables."""

from tickets.reports.books import REPORTS, Report, counted, report
from tickets.reports.scope import Scope, scope_of
from tickets.reports.table import Column, Table
from tickets.reports.taking import Takeaway, handed, takeaway

__all__ = ["REPORTS", "Column", "Report", "Scope", "Table", "Takeaway", "counted", "handed", "report", "scope_of", "takeaway"]
