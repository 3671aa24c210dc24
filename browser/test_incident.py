"""An incident from the suggestion to one step for all: a supervisor and an agent at desks, a customer with a phone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from browser.conftest import DESK, Visit, let_in
from browser.visitor import Visitor
from tickets.incidents.detection import suggest_incidents
from tickets.models import Incident, Message, Ticket
from tickets.tests.reports import BODIES, TITLES, customers, report

pytestmark = pytest.mark.browser


def signed_in(visit: Visit, user: User, language: str, **how: object) -> Visitor:
    visitor = visit(language, **how)
    visitor.mixed = True  # what is written for customers stands there in both languages
    visitor.words.update([*TITLES.values(), *BODIES.values()])
    let_in(visitor, user)
    return visitor


@pytest.mark.parametrize(("language", "scheme", "javascript"), [("zh-hans", "light", True), ("en", "dark", False)])
def test_from_suggestion_to_one_step_for_all(
    visit: Visit, mei: User, lin: User, zhao: User, language: str, scheme: str, javascript: bool
) -> None:
    tickets = [report(owner) for owner in customers(5)]
    suggest_incidents(timezone.now())
    incident, mine = Incident.objects.get(), report(mei, None)
    lead = signed_in(visit, zhao, language, screen=DESK, scheme=scheme, javascript=javascript)
    open_and_tell(lead, incident)
    assert Message.objects.count() == len(tickets)
    phone = signed_in(visit, mei, language, scheme=scheme, javascript=javascript)
    me_too(phone, incident, mine)
    agent = signed_in(visit, lin, language, screen=DESK, scheme=scheme, javascript=javascript)
    refund_all(agent, incident)
    assert set(Ticket.objects.exclude(pk=mine.pk).values_list("status", flat=True)) == {"resolved"}
    mine.refresh_from_db()
    assert mine.status == "auto_reversal_wait"
    lead.open(f"/desk/incidents/{incident.ref}/")
    lead.press(lead.t("The fault is over"))
    phone.open("/")
    phone.sees_not(incident_title(phone))


def incident_title(visitor: Visitor) -> str:
    return TITLES["title_zh" if visitor.language == "zh-hans" else "title_en"]


def open_and_tell(lead: Visitor, incident: Incident) -> None:
    lead.open("/desk/incidents/")
    lead.follow(incident.ref)
    lead.fill(lead.t("What it is, in Chinese"), TITLES["title_zh"])
    lead.press(lead.t("Open and link the complaints"), 400)
    lead.error_at(lead.t("What it is, in English"), lead.t("This is needed."))
    lead.fill(lead.t("What it is, in English"), TITLES["title_en"])
    lead.press(lead.t("Open and link the complaints"))
    lead.fill(lead.t("In Chinese"), BODIES["body_zh"])
    lead.fill(lead.t("In English"), BODIES["body_en"])
    lead.press(lead.t("Send to all"))
    lead.sees(f"{lead.t('Sent to:')} 5")


def me_too(phone: Visitor, incident: Incident, mine: Ticket) -> None:
    phone.open(f"/file/?incident={incident.ref}")
    phone.open("/")
    phone.sees(phone.t("Many people report this: %(title)s", title=incident_title(phone)))
    phone.press(phone.t("Me too: link my complaint %(ref)s", ref=mine.ref))
    phone.sees(BODIES["body_zh"])  # Mei has chosen no language: she is written to in Chinese


def refund_all(agent: Visitor, incident: Incident) -> None:
    agent.open(f"/desk/incidents/{incident.ref}/")
    agent.page.locator("#run summary").click()
    form = agent.page.locator("#run")
    agent.field(agent.t("Step"), form).select_option("record_refund")
    agent.fill(agent.t("Reference"), "Z-1", form)
    for ticket in Ticket.objects.filter(incident_link__incident=incident).exclude(incident_link__how="me_too"):
        form.locator(f'input[value^="{ticket.ref} "]').check()
    agent.press(agent.t("Take this step for all"))
    agent.sees(f"{agent.t('Done')} 5 / 6")  # the one a customer linked is looked at by itself
