"""What the customer gets of a decision, exactly, before it counts: the e-mail and the letter on their page, in their language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from desk.ticket.macros import for_customer
from lib.languages import html_language
from lib.pages import render_html
from tickets.cases.decision_letter import letter_preview
from tickets.delivery.emails import compose_email as e_mail
from tickets.delivery.letter_facts import answers_and_remedies
from tickets.models import Decision, Notification, Ticket


@dataclass(frozen=True)
class RenderedLetter:
    """`tag` is the language's, for the page around it."""

    tag: str
    subject: str
    text: str
    page: SafeString


def letter_to_customer(decision: Decision, ticket: Ticket, at: datetime) -> RenderedLetter:
    """Drawn by the very templates that draw it for the customer. The ticket's owner must be loaded."""
    owner = ticket.owner
    with for_customer(owner):
        lines = list(answers_and_remedies(decision, ticket))
    notice = Notification(ticket=ticket, recipient=owner, kind=decision.verdict, data={"lines": lines}, urgent=True)
    mail = e_mail(owner, [notice])
    with for_customer(owner) as language:
        context = {
            "letter": letter_preview(decision, at),
            "ticket": ticket,
            "shown_to_desk": True,
            "letter_id": f"letter-{ticket.ref}",
        }
        page = render_html("portal/ticket/letter.html", context)
    return RenderedLetter(html_language(language), str(mail.subject), str(mail.body).strip(), page)
