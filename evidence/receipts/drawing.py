"""The receipt on paper, in the language that is active and in the zone the calendar counts in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evidence.pdf_writer import SMALL, SOFT, PdfColumn, PdfWriter
from evidence.receipts.content import Receipt, ReceiptEntry
from evidence.typefaces import BOLD
from evidence.words import RECEIPT_NOTE
from lib.dates import moment_text, with_zone
from lib.languages import active_language
from sla.explanations import due_text
from sla.policies import snapshot
from tickets.words import EVIDENCE_KIND, TIMER


def render_receipt(receipt: Receipt) -> bytes:
    """The PDF."""
    with timezone.override(ZoneInfo(snapshot(receipt.ticket.policy_id).zone)):
        return _draw_receipt(receipt)


def _draw_receipt(receipt: Receipt) -> bytes:
    title = _("Receipt %(reference)s") % {"reference": receipt.ticket.ref}
    paper = PdfWriter(title, f"{title} · {receipt.code}", active_language())
    paper.title_line(title)
    paper.say(subject(receipt))
    paper.pairs(summary(receipt))
    paper.heading(_("Evidence handed in"))
    list_entries(paper, receipt)
    if receipt.clocks:
        paper.heading(_("Dates that run from it"))
        paper.pairs(dates(receipt), label_width=60)
    paper.heading(_("How to check this receipt"))
    paper.say(str(RECEIPT_NOTE))
    say_how_to_check(paper, receipt)
    return bytes(paper.output())


def say_how_to_check(paper: PdfWriter, receipt: Receipt) -> None:
    """The digest in small print, where it fits into one line: it is compared sign by sign."""
    label_width = 42.0
    paper.pairs([(pgettext("receipt", "Code"), receipt.code), (_("Page"), receipt.address)], label_width)
    paper.row(PdfColumn(_("Digest (SHA-256)"), label_width, colour=SOFT), PdfColumn(receipt.digest, size=SMALL))
    paper.ln(1)


def subject(receipt: Receipt) -> str:
    if not receipt.number:
        return _("The complaint as it was filed")
    return _("Submission %(number)s of the appeal") % {"number": receipt.number}


def summary(receipt: Receipt) -> list[tuple[str, str]]:
    freeze = receipt.freeze
    return [
        (_("Reference"), receipt.ticket.ref),
        (_("Kind of complaint"), receipt.category),
        (_("Filed"), exact_moment(receipt.filed_at)),
        (_("Appeal submitted"), exact_moment(receipt.submitted_at)),
        (_("Freeze requested"), exact_moment(freeze.requested_at if freeze else None)),
        (_("Freeze active"), exact_moment(freeze.active_at if freeze else None)),
    ]


def list_entries(paper: PdfWriter, receipt: Receipt) -> None:
    if not receipt.entries:
        paper.say(_("Nothing was handed in with it."), soft=True)
    for number, entry in enumerate(receipt.entries, 1):
        paper.row(
            PdfColumn(f"{number}.", 8, colour=SOFT),
            PdfColumn(str(EVIDENCE_KIND.get(entry.kind, entry.kind)), weight=BOLD),
            PdfColumn(exact_moment(entry.arrived_at), 84, colour=SOFT),
        )
        paper.row(PdfColumn("", 8), PdfColumn(hash_of(entry), size=SMALL, colour=SOFT))
        paper.ln(1)


def hash_of(entry: ReceiptEntry) -> str:
    return f"SHA-256 {entry.shown_sha256}" if entry.shown_sha256 else _("typed in, no file")


def dates(receipt: Receipt) -> list[tuple[str, str]]:
    language, zone = active_language(), timezone.get_current_timezone()
    return [(str(TIMER[clock.key]), due_text(clock.basis, clock.due_at, language, zone)) for clock in receipt.clocks]


def exact_moment(at: datetime | None) -> str:
    """To the second: what was handed in at the last moment counts. Empty for never."""
    return with_zone(f"{moment_text(at)}:{timezone.localtime(at):%S}") if at else ""
