"""The statement of balance on paper, drawn from the row that was issued, in the language that is active and the policy's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evidence.models import EvidenceItem
from evidence.pdf_writer import SOFT, PdfColumn, PdfWriter
from evidence.typefaces import BOLD
from lib.dates import moment_text, with_zone
from lib.languages import active_language
from tickets.workflow.vocabulary import STATEMENT_OF_BALANCE


def is_issued_statement(item: EvidenceItem) -> bool:
    """Issued here, rather than handed in as a file."""
    return item.kind == STATEMENT_OF_BALANCE and not item.safe and "entries" in item.fields


def render_statement(item: EvidenceItem) -> bytes:
    """The PDF."""
    fields = item.fields
    with timezone.override(ZoneInfo(str(fields["zone"]))):
        title = _("Statement of balance")
        paper = PdfWriter(title, f"{title} · {item.ticket.ref}", active_language())
        paper.title_line(title)
        paper.pairs(
            [
                (_("Reference"), item.ticket.ref),
                (_("Account"), item.ticket.account_masked),
                (pgettext("statement of balance", "Issued"), with_zone(moment_text(item.uploaded_at))),
                (_("Currency"), str(fields["currency"])),
            ]
        )
        paper.heading(pgettext("statement of balance", "Movements"))
        for row in _rows(fields):
            paper.row(*row)
        paper.ln(2)
        if Decimal(str(fields["difference"])):
            paper.say(
                _("The closing balance differs from the opening balance and the movements by %(sum)s.") % {"sum": fields["difference"]}
            )
        else:
            paper.say(_("The opening balance and the movements add up to the closing balance."))
        if fields["note"]:
            paper.heading(_("Note"))
            paper.say(str(fields["note"]))
        return bytes(paper.output())


def _rows(fields: dict[str, object]) -> Iterator[tuple[PdfColumn, ...]]:
    """Date, what it was, sum: from the opening balance to the closing one."""
    yield _row("", pgettext("statement of balance", "Opening balance"), str(fields["opening"]), BOLD)
    entries = fields["entries"]
    for entry in entries if isinstance(entries, list) else ():
        yield _row(_moment(str(entry["at"])), str(entry["text"]), str(entry["amount"]))
    yield _row("", pgettext("statement of balance", "Closing balance"), str(fields["closing"]), BOLD)


def _row(at: str, text: str, amount: str, weight: str = "") -> tuple[PdfColumn, ...]:
    return PdfColumn(at, 42, colour=SOFT), PdfColumn(text, weight=weight), PdfColumn(f"{Decimal(amount):,.2f}", 32, weight=weight)


def _moment(said: str) -> str:
    """A bill's own time stays as it stands there when it names no zone."""
    found: datetime | None = parse_datetime(said)
    return moment_text(found) if found and found.utcoffset() is not None else said
