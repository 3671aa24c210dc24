"""What a good picture of each kind shows: a drawing of ours, its points in words, and what to avoid. Reused where kinds look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lib.types import Text


@dataclass(frozen=True)
class Example:
    """`points` carry the numbers of the drawing; `alt` says what it shows to whoever does not see it."""

    drawing: str
    alt: Text
    points: tuple[Text, ...]
    avoid: Text

    @property
    def path(self) -> str:
        return f"img/examples/{self.drawing}.svg"


OF_DOCUMENTS = _("No finger over the text, no flash: lay it on a dark table near a window.")
EXAMPLE_DRAWINGS = (
    Example(
        "transaction",
        _("Drawing of a phone with a payment on it: the amount large, below it the time and the number of the transaction."),
        (_("The amount, and who received it"), _("Date and time"), _("The whole number of the transaction")),
        _("Not a cropped piece; not a photo of the screen where a screenshot is possible."),
    ),
    Example(
        "notice",
        _("Drawing of a phone with a message across the page; the date stands at its end."),
        (_("The whole message, not only its heading"), _("The date; where it shows none, the clock at the top of the screen")),
        _("Do not close the message before you have its picture."),
    ),
    Example(
        "voucher",
        _("Drawing of a paper slip with amount, order number and time, all of its edges in sight."),
        (_("The amount"), _("The order number"), _("Date and time")),
        _("Not folded, not in the shadow of your hand, no edge cut off."),
    ),
    Example(
        "messages",
        _("Drawing of a phone with two messages, each with its time, and the sender at the top."),
        (_("Who wrote it"), _("Every message with its time, from first to last")),
        _("Never a verification code: if there is one, cover it."),
    ),
    Example(
        "table",
        _("Drawing of a list on paper: two lines can be read from edge to edge, the lines above and below are covered."),
        (_("The lines in question, readable from edge to edge"), _("Other lines may be covered")),
        _("Do not cut off the head of the list: without it nobody knows whose it is."),
    ),
    Example(
        "account",
        _("Drawing of a phone with an account page; a frame marks the phone number, its middle digits are covered."),
        (_("The name or number that the account is linked to"), _("Middle digits may be covered")),
        _("Never a page that shows a password or a verification code."),
    ),
    Example(
        "id-front",
        _("Drawing of a card with a portrait; four angles mark that all of its corners are in the picture."),
        (_("All four corners of the card"), _("Name and number sharp, without glare"), _("The portrait")),
        OF_DOCUMENTS,
    ),
    Example(
        "id-back",
        _("Drawing of the other side of a card, with an emblem and two dates; all four corners are in the picture."),
        (_("All four corners of the card"), _("Who issued it, and the dates it is valid")),
        OF_DOCUMENTS,
    ),
    Example(
        "passport",
        _("Drawing of a passport page with a portrait and two lines of signs at the bottom."),
        (_("The whole page with the portrait"), _("The two lines at the bottom")),
        OF_DOCUMENTS,
    ),
    Example(
        "police",
        _("Drawing of a sheet of paper with a number at the top and a round stamp at the bottom."),
        (_("The number of the receipt"), _("The stamp, with the date beside it")),
        _("Not only the stamp: the whole sheet."),
    ),
    Example(
        "price",
        _("Drawing of a phone with an offer: a picture, its name, and the price below."),
        (_("What was offered"), _("The price as you saw it before you paid")),
        _("Not the page after the payment: it may show another price."),
    ),
    Example(
        "card",
        _("Drawing of a bank card: the bank's name and the last four digits can be read, all other digits are covered."),
        (_("The bank's name"), _("The last four digits, and no others")),
        _("Never the whole number, never the code on the back. Type it; no picture of the card is needed."),
    ),
)
BY_DRAWING: Mapping[str, Example] = {example.drawing: example for example in EXAMPLE_DRAWINGS}
DRAWING_OF = {
    "transaction_screenshot": "transaction",
    "billing_detail_screenshot": "transaction",
    "withdrawal_screenshot": "transaction",
    "order_number": "transaction",
    "restriction_screenshot": "notice",
    "freeze_notice_screenshot": "notice",
    "failure_prompt": "notice",
    "price_page_screenshot": "price",
    "payment_voucher": "voucher",
    "pos_record": "voucher",
    "consumption_proof": "voucher",
    "bank_sms_screenshot": "messages",
    "cs_conversation": "messages",
    "bank_statement_screenshot": "table",
    "statement_of_balance": "table",
    "login_record": "table",
    "account_binding_proof": "account",
    "account_info": "account",
    "bank_card_masked": "card",
    "id_card_front": "id-front",
    "id_card_back": "id-back",
    "passport": "passport",
    "police_receipt": "police",
    "authorisation_letter": "police",
    "kinship_proof": "police",
    "outside_decision": "notice",
}


def example_of(kind: str) -> Example | None:
    """None where nothing can be said before somebody knows what it is."""
    return BY_DRAWING.get(DRAWING_OF.get(kind, ""))
