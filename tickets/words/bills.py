"""What a payment channel's bill says about a complaint, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERDICT = {
    "paid": _("Paid once, nothing paid back"),
    "failed": _("The payment failed"),
    "refunded": _("Paid back in full"),
    "pending": _("Still being processed"),
    "charged_twice": _("Charged twice"),
    "other_amount": _("Another amount than disputed"),
    "undecided": _("The bill does not say"),
}
CHARGE_STATE = {
    "paid": pgettext_lazy("line of a bill", "paid"),
    "failed": pgettext_lazy("line of a bill", "failed"),
    "refunded": pgettext_lazy("line of a bill", "paid back"),
    "partly_refunded": pgettext_lazy("line of a bill", "paid back in part"),
    "pending": pgettext_lazy("line of a bill", "pending"),
    "unknown": pgettext_lazy("line of a bill", "not known"),
}
FINDING_STATE = {
    "proposed": _("Waits for a person"),
    "confirmed": _("Confirmed"),
    "dismissed": _("Set aside"),
}
BILL_STATE = {
    "reading": _("Being read"),
    "done": _("Read"),
    "failed": _("Not read"),
}
# Why a file is no bill, and what to do about it: tickets.bills.files.REASONS.
NO_BILL = {
    "no_headings": _("This is no bill that we can read: no row of headings was found. Export it anew and hand it in as it comes."),
    "pdf": _(
        "This is a PDF: it shows a bill but holds no table. Export the bill “for reconciliation” in WeChat or Alipay and hand that in."
    ),
    "xls": _(
        "This is an old Excel file (XLS), or a workbook with a password. Open it, save it as XLSX without a password and hand that in."
    ),
    "picture": _("This is a picture. Hand in the file that WeChat or Alipay exports: CSV, XLSX, or the ZIP around it."),
    "archive": _("This archive is neither ZIP nor GZ. Unpack it and hand in the file inside."),
    "document": _("This is a text document. Hand in the file that WeChat or Alipay exports: CSV, XLSX, or the ZIP around it."),
    "page": _("This is a web page, whatever its name says. Open it in a spreadsheet program, save it as XLSX and hand that in."),
    "ofd": _("This is an OFD document, which shows a bill but holds no table. Ask the same place for CSV or XLSX."),
    "encrypted": _("The archive has a password. Unpack it with the password that the payment company sent, and hand in the file inside."),
    "swollen": _("Unpacked, this file is larger than any bill. Export a shorter span, a month at a time."),
    "damaged": _("This file is damaged. Export it once more and hand it in as it comes."),
    "empty": _("There is nothing in this file. Export it once more."),
}
# Lines that were not understood, or not wholly: tickets.bills.reading.UNREAD.
UNREAD_LINE = {
    "unread_file": _("a file or sheet in it has no headings that we know, or cannot be opened"),
    "short_line": _("lines with too few columns"),
    "no_number": _("lines without a number"),
    "no_amount": _("lines whose amount is no sum"),
    "shortened_number": _("numbers that a spreadsheet has shortened: hand in the file as it was exported, without opening and saving it"),
    "unknown_status": _("lines whose state we do not know"),
}
