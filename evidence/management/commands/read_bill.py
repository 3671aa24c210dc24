"""`manage.py read_bill FILE`: what a payment company's bill says, as JSON. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from evidence.bill_files import open_bill
from tickets.bills.files import CHUNK, NotABill
from tickets.bills.joining import Transaction, transactions
from tickets.bills.layouts import Layout
from tickets.bills.reading import Tally, charges
from tickets.operations.reconciling import layout_from_mapping
from tickets.words import NO_BILL

LARGEST = 64 * 1024 * 1024  # bytes, as on the page


class Command(BaseCommand):
    help = "Read a bill of WeChat Pay or Alipay (CSV, XLSX, ZIP or GZ) and print what it says as JSON. Nothing is changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the bill as it was exported")

    def handle(self, *args: object, **options: str) -> None:
        file, tally = Path(options["file"]), Tally()
        try:
            if file.stat().st_size > LARGEST:
                raise CommandError("The file is larger than 64 MB. Export a shorter span, a month at a time.")
            found = transactions(charges(open_bill(lambda: _chunks(file)), _known_mapping, tally))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror or error}") from error
        except NotABill as refused:
            raise CommandError(str(NO_BILL[refused.code])) from refused
        told = {"layout": tally.layout, "lines": tally.lines, "not_understood": dict(+tally.unread), "transactions": []}
        head = json.dumps(told, ensure_ascii=False).removesuffix("]}")
        self.stdout.write(head, ending="")
        for place, each in enumerate(found):
            self.stdout.write((", " if place else "") + json.dumps(_row(each), ensure_ascii=False), ending="")
        self.stdout.write("]}")


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while data := opened.read(CHUNK):
            yield data


def _known_mapping(row: Sequence[str]) -> Layout | None:
    """A bill can be read where no database is."""
    with suppress(DatabaseError):
        return layout_from_mapping(row)
    return None


def _row(each: Transaction) -> dict[str, str | None]:
    return {
        "number": each.number,
        "merchant_number": each.merchant or None,
        "paid": None if each.paid is None else f"{each.paid:.2f}",
        "refunded": f"{each.refunded:.2f}",
        "currency": each.currency,
        "state": each.state,
    }
