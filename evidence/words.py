"""Why a file was refused and how to mend it, what a warning means, what consent is asked for: codes in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.types import Text
from sla.policies import PolicySnapshot
from tickets.policy.retention import days_kept
from tickets.workflow.vocabulary import AUTHORITY_DOCUMENTS

REASON: Mapping[str, object] = {
    "empty": _("The file is empty. Please choose it again; perhaps it had not finished downloading to your phone."),
    "too_large": _("The file is larger than %(max_upload_mb)s MB. Take a screenshot of the part that matters, or send it in parts."),
    "too_much_at_once": _("These were too many files to send at once. What is missing, please send now by itself."),
    "type_not_allowed": _("This file is not of a type we can take here. Here we take: %(forms)s."),
    "unreadable": _("The file is damaged or incomplete. Please open it on your device to see whether it is whole, then send it again."),
    "too_many_pixels": _("The picture has more than %(max_megapixels)s megapixels. A photo of ordinary size or a screenshot is enough."),
    "too_long": _("The screenshot is too long: more than %(max_megapixels)s megapixels. Please send it in two parts."),
    "large_animation": _("The picture moves, and is too large for that. Please send a screenshot of what it shows."),
    "too_small": _(
        "The picture is too small to read: its short side has less than %(min_side_px)s pixels. Please send the original, not a thumbnail."
    ),
    "encrypted": _("The PDF is protected by a password. Please save a copy without one, or send screenshots of its pages."),
    "too_many_pages": _("The PDF has more than %(max_pdf_pages)s pages. Please send only the pages that matter."),
    "not_a_bill": _("This is no bill that can be read: a table needs its headings, such as time, amount and number."),
    "too_heavy": _("The file is larger inside than we can open safely. Please send screenshots of the pages that matter."),
    "one_time_code": _(
        "The text holds a verification code. Never share one with anybody: take out the digits beside the words “verification code” and"
        " send the rest."
    ),
    "malware": _("Our virus scanner found something harmful in this file, so it stays locked away. Please send a screenshot instead."),
    "check_failed": _("We could not check this file. Please send it in another form, for example as a screenshot."),
    "lost": _("The file did not arrive whole. Please send it again."),
}
# The same of types that have a way of their own to be sent.
PICTURE = _("This file is not of a type we can take here: a %(type)s picture. Please save it as JPEG or PNG, or send a screenshot of it.")
TYPE: Mapping[str, object] = {
    **dict.fromkeys(("gif", "bmp", "avif", "tiff", "jxl", "svg"), PICTURE),
    "ofd": _(
        "This file is not of a type we can take here: an OFD document. Please save it as PDF in the app that shows it (“export” or “print”)"
        ", or send screenshots of its pages."
    ),
    "office": _(
        "This file is not of a type we can take here: a document of Word, Excel or the like. Please save it as PDF, or send screenshots"
        " of it."
    ),
    "archive": _(
        "This file is not of a type we can take here: several files are packed in it. Please unpack it, and send the pictures and PDFs by"
        " themselves."
    ),
    "film": _(
        "This file is not of a type we can take here: a film or sound. Please send screenshots of what matters in it, and write what is"
        " said."
    ),
    "heic": _(
        "We take no HEIC pictures just now. Please send a screenshot of the picture, or share it as JPEG; on an iPhone: Settings, Camera,"
        " Formats, “Most Compatible”."
    ),
    "page": _("This file is not of a type we can take here: a saved page. Please print it to a PDF, or send a screenshot of it."),
}
WARNING: Mapping[str, object] = {
    "amount_differs": _("The amount differs from the amount of the complaint."),
    "unknown_issuer": _("We do not know who issued this number; please compare it with the order page."),
    "no_order_number": _("No order number was entered; it should be readable on the record."),
    "no_time": _("No time was entered; it should be readable on the record."),
    "too_short": _("The description is short; please say a little more before you submit."),
}
# What the copy of a file does not show of it: for the one who decides by it. About these pages, or about all of it.
REMARK: Mapping[str, object] = {
    "empty_pages": _("Shows nothing here, although the file holds something for it; ask for a screenshot of it."),
    "letters_missing": _("Letters are missing here: the file does not bring its type, and we have none for them. Ask for a screenshot."),
    "notes_folded": _("Holds notes that open at a click; their words are not in this copy."),
    "notes_unseen": _("Holds notes or marks that cannot be drawn; they are not in this copy."),
    "media": _("Holds sound, film or a model in space; it is not in this copy."),
    "attachments": _("Holds other files inside; they are not in this copy."),
    "dynamic_form": _("A form that changes as it is filled in; this copy shows it as readers show it that do not know such forms."),
    "repaired": _("The file was damaged and had to be mended; something may be missing. Where in doubt, ask for it again."),
    "uncompared": _("Was too elaborate to be compared with what its owner sees; it may differ."),
}
PICTURE_WITHOUT_HEIC = pgettext_lazy("form of evidence", "a picture (JPEG, PNG, WebP)")
FORM: Mapping[str, object] = {
    "image": pgettext_lazy("form of evidence", "a picture (JPEG, PNG, WebP, HEIC)"),
    "pdf": pgettext_lazy("form of evidence", "a PDF"),
    "text": pgettext_lazy("form of evidence", "plain text"),
    "csv": pgettext_lazy("form of evidence", "a CSV table"),
    "bill": pgettext_lazy("form of evidence", "the bill as the app exports it (CSV, XLSX)"),
    "json": pgettext_lazy("form of evidence", "JSON"),
    "form": pgettext_lazy("form of evidence", "the fields of the form"),
}
PRIVACY: Mapping[str, object] = {
    "P0": pgettext_lazy("privacy", "ordinary"),
    "P1": pgettext_lazy("privacy", "only you and those who handle your case"),
    "P2": pgettext_lazy("privacy", "shown masked"),
    "P3": pgettext_lazy("privacy", "sensitive: only you, your reviewer, the freeze desk and the privacy officer; every look is recorded"),
}
# Why somebody looks at a sensitive document of another person: what the owner reads in the log.
PURPOSE: Mapping[str, object] = {
    "identity": pgettext_lazy("purpose", "To compare the applicant with the document"),
    "decision": pgettext_lazy("purpose", "To decide this complaint"),
    "freeze": pgettext_lazy("purpose", "To make sure who asks for the freeze or its end"),
    "authority": pgettext_lazy("purpose", "The police, a court or a regulator asks for it"),
    "protection": pgettext_lazy("purpose", "To answer a question about the protection of data"),
    "other": pgettext_lazy("purpose", "Another reason"),
}
CONSENT = _(
    "I agree that this document is used to prove who I am in this complaint. Only my reviewer, the freeze desk and the privacy officer"
    " can see it, each look is recorded, and it is deleted %(days)s days after the complaint is closed. I can withdraw this at any time;"
    " the document is then deleted at once."
)
# The same of a letter of authority or a proof of kinship.
CONSENT_TO_AUTHORITY = _(
    "I agree that this document is used to prove who may act for whom in this complaint. Only my reviewer, the freeze desk and the privacy"
    " officer can see it, each look is recorded, and it is deleted %(days)s days after the complaint is closed. I can withdraw this at any"
    " time; the document is then deleted at once."
)
# For whom a dossier is made → its heading and its first sentence.
DOSSIER_FOR: Mapping[str, tuple[Text, Text]] = {
    "": (
        _("Dossier of a complaint"),
        _("This document and the files beside it show a complaint as our records have it: what was reported, when, and what was done."),
    ),
    "police": (
        _("Dossier for the police"),
        _("For the report to the police: what was taken or used by someone else, accounts and order numbers, and the evidence."),
    ),
    "payment_channel": (
        _("Dossier for the payment company"),
        _("For the dispute with the payment company: the transactions by number, amount and time, and the proof of each."),
    ),
    "regulator_12315": (
        _("Dossier for 12315"),
        _("For a consumer complaint at 12315: what was asked of the business, what it answered, and which deadlines it kept and missed."),
    ),
    "consumer_association": (
        _("Dossier for the consumer association"),
        _("For mediation by the consumer association: what was asked of the business, what it answered, and the evidence."),
    ),
    "pboc_12363": (
        _("Dossier for 12363 (People's Bank of China)"),
        _("For a complaint about a payment institution at 12363: the transactions, what was asked and answered, and the evidence."),
    ),
    "cac": (
        _("Dossier for the cyberspace administration"),
        _("For a report of leaked personal data: what was noticed and when, which account is concerned, and the evidence."),
    ),
    "litigation": (
        _("Dossier for the court"),
        _("For legal proceedings: the course of the complaint in order of time, the decisions and their reasons, the evidence."),
    ),
}
# Why an item of evidence is listed without a file.
LEFT_OUT: Mapping[str, object] = {
    "sensitive": pgettext_lazy("dossier", "Identity document: not in this dossier"),
    "being_checked": pgettext_lazy("dossier", "Still being checked: not in this dossier"),
    "rejected": pgettext_lazy("dossier", "Could not be accepted: not in this dossier"),
    "superseded": pgettext_lazy("dossier", "Replaced by a newer one: not in this dossier"),
    "deleted": pgettext_lazy("dossier", "Deleted: only its hash is left"),
    "printed": pgettext_lazy("dossier", "Typed in: printed in this document"),
    "no_file": pgettext_lazy("dossier", "Without a file"),
    "too_many": pgettext_lazy("dossier", "Not in this dossier: too many files"),
    "too_large": pgettext_lazy("dossier", "Not in this dossier: too large"),
    "unreadable": pgettext_lazy("dossier", "Not in this dossier: the file could not be read"),
}
ARRIVED = _("Arrived %(moment)s")
REMEDY_DONE: Mapping[str, object] = {
    "pending": pgettext_lazy("dossier", "being carried out"),
    "done": pgettext_lazy("dossier", "done"),
    "failed": pgettext_lazy("dossier", "did not work"),
}
RECEIPT_NOTE = _(
    "Open the page below, or type the code on the page where receipts are checked. It shows what we hold on record for this receipt: the"
    " reference, the instants and the hash of each file. If the digest there is the one printed here, nothing was changed since. Anyone"
    " who holds a file can compute its SHA-256 and compare."
)


def reason(code: str, policy: PolicySnapshot, forms: frozenset[str] = frozenset(), of: str = "") -> str:
    """Why, in the reader's language, with the numbers of the ticket's policy; `of` names its type. Empty for no reason."""
    text = TYPE.get(of) or REASON.get(code, REASON["check_failed"]) if code else ""
    words = FORM if settings.HEIC else {**FORM, "image": PICTURE_WITHOUT_HEIC}
    named = str(_(", ")).join(str(words[form]) for form in FORM if form in forms)
    numbers = {name: getattr(policy, name) for name in ("max_upload_mb", "max_megapixels", "min_side_px", "max_pdf_pages")}
    return str(text) % {**numbers, "forms": named, "type": of.upper()} if text else ""


def remarks(codes: str) -> list[str]:
    """What the copy does not show, in the reader's language: a sentence each, with its pages before it."""
    told = [each.partition(":")[::2] for each in codes.split()]
    named = ((str(REMARK[code]), pages.replace(",", ", ")) for code, pages in told if code in REMARK)
    return [str(_("Page %(pages)s: %(remark)s")) % {"pages": pages, "remark": text} if pages else text for text, pages in named]


def purpose(code: str, more: str) -> str:
    """What is written down as the purpose of a look. Empty when none was chosen, or another one without saying which."""
    said, more = str(PURPOSE.get(code, "")), " ".join(more.split())
    if code == "other":
        return more
    return f"{said}: {more}" if said and more else said


def consent(policy: PolicySnapshot, kind: str) -> str:
    """What is consented to for a document of this kind, in the reader's language."""
    text = CONSENT_TO_AUTHORITY if kind in AUTHORITY_DOCUMENTS else CONSENT
    return str(text) % {"days": days_kept(policy, kind)}
