"""Tables to take along: CSV and XLSX, written row by row, so that fifty thousand rows need no more memory than fifty."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from tickets.reports.table import Cell, Cells, Column, Table
from tickets.reports.wording import Words, heading, label

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
# Spreadsheets take Chinese in a CSV for something else without it.
BOM = "\ufeff"
# A cell that begins so is a formula to a spreadsheet: somebody's name must not become one.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PATTERN = {"share": "0.0%", "hours": "0.0", "estimate": "0.0", "money": "#,##0.00", "count": "0", "score": "0.00"}
WIDTH = 18


class _Echo:
    """What a csv.writer writes into: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def sheet(table: Table, words: Words) -> tuple[list[str], list[Cells]]:
    """Headings and rows with numbers as numbers; days stay ISO dates, which every spreadsheet reads."""
    return [heading(column) for column in table.columns], [_cells(table.columns, row, words) for row in table.rows]


def _cells(columns: Sequence[Column], row: Cells, words: Words) -> list[object]:
    return [_cell(column, value, words) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Cell, words: Words) -> object:
    if column.kind in ("code", "name", "month"):
        return label(column, value, words)
    if column.kind == "money":
        return float(value)
    return round(value, 4) if isinstance(value, float) else value


def csv_lines(headings: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield BOM + writer.writerow(headings)
    for row in rows:
        yield writer.writerow([_harmless(value) for value in row])


def _harmless(value: Cell) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def xlsx_file(headings: Sequence[str], rows: Iterable[Cells], kinds: Sequence[str], title: str) -> IO[bytes]:
    """An open temporary file, at its beginning. Texts are written as texts, never as formulas or links."""
    target = TemporaryFile()  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True})
        formats = [book.add_format({"num_format": PATTERN[kind]}) if kind in PATTERN else None for kind in kinds]
        page.set_column(0, len(headings) - 1, WIDTH)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, headings, bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                page.write(number, place, value, formats[place])
    target.seek(0)
    return target


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those that Excel refuses."""
    return "".join(char for char in title if char not in "[]:*?/\\'")[:31] or _("Report")
