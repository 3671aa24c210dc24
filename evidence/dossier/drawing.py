"""The dossier on paper, in the language and the zone that are active."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.unproven import has_address
from evidence.dossier.content import Dossier, Exhibit
from evidence.kinds import SENSITIVE
from evidence.pdf_writer import HEADING, SMALL, SOFT, PdfColumn, PdfWriter
from evidence.receipts import say_how_to_check, subject
from evidence.typefaces import BOLD
from evidence.words import ARRIVED, DOSSIER_FOR, LEFT_OUT, RECEIPT_NOTE, REMEDY_DONE
from lib.dates import deadline_text, moment_text, with_zone, zone_text
from lib.languages import active_language
from lib.money import money
from lib.redaction import without_card_numbers as masked
from sla.explanations import explain
from tickets.cases.timeline import TimelineEntry
from tickets.models import Decision, TimerState
from tickets.policy.playbooks import title_of
from tickets.words import (
    BINDS,
    CHANNEL,
    CLOSE_REASON,
    DEMAND,
    ESCALATION_STATE,
    EVIDENCE_KIND,
    EVIDENCE_STATE,
    FACT_CHOICE,
    FACT_ON_RECORD,
    FREEZE_STATE,
    ISSUER,
    LIABILITY,
    OUTCOME,
    PARTY,
    REASON_CODE,
    REMEDY,
    REPRESENTED_AS,
    ROOT_CAUSE,
    STATUS,
    TIMER,
    TIMER_STATE,
)
from tickets.workflow.vocabulary import FACTS

NUMBER, WHEN = 9.0, 52.0  # millimetres


def render_dossier(dossier: Dossier) -> bytes:
    """The PDF."""
    ticket = dossier.ticket
    name = _("Dossier %(reference)s") % {"reference": ticket.ref}
    paper = PdfWriter(name, f"{name} · {with_zone(moment_text(dossier.made_at))}", active_language())
    for part in (_cover, _facts, _story, _decisions, _clocks, _escalations, _evidence, _timeline, _check):
        part(paper, dossier)
    return bytes(paper.output())


def _cover(paper: PdfWriter, dossier: Dossier) -> None:
    ticket, case = dossier.ticket, dossier.case
    heading, sentence = DOSSIER_FOR[dossier.asked.recipient]
    paper.title_line(str(heading))
    paper.row(PdfColumn(ticket.ref, size=HEADING, weight=BOLD))
    paper.ln(2)
    paper.say(str(sentence))
    _sides(paper, dossier)
    paper.pairs(
        [
            (_("Kind of complaint"), title_of(ticket.policy_id, ticket.category)),
            (_("Amount"), money(ticket.amount, ticket.currency)),
            (pgettext("of a complaint", "What is asked for"), _join_list(DEMAND.get(demand, demand) for demand in ticket.demands)),
            (_("Filed"), _moment(ticket.reported_at)),
            (_("Appeal submitted"), _moment(ticket.submitted_at)),
            (_("Where it stands"), _standing(dossier)),
            (_("Made on"), _moment(dossier.made_at)),
        ]
    )
    missed = [str(TIMER[t.key]) for t in dossier.clocks if t.binds == "operator" and t.state(case.now) == TimerState.BREACHED]
    if missed:
        paper.pairs([(_("Deadlines missed"), _join_list(dict.fromkeys(missed)))])
    paper.say(_("All times are %(zone)s.") % {"zone": f"{zone_text()} ({timezone.get_current_timezone_name()})"}, size=SMALL, soft=True)


def _sides(paper: PdfWriter, dossier: Dossier) -> None:
    """Who complains of whom, as the places ask for it; what we do not know has room to be written in."""
    told = {name: masked(value) or _("(please write in) ____________________") for name, value in dossier.sides.items()}
    owner, acts = dossier.ticket.owner, dossier.ticket.represented_by
    complainant = [
        (_("Name"), told["name"]),
        (_("Represented by"), f"{acts['name']} ({REPRESENTED_AS[acts['as']]})" if acts else ""),
        (_("Telephone"), told["phone"]),
        (_("Postal address"), told["address"]),
        (_("E-mail"), owner.email if has_address(owner) else ""),
    ]
    respondent = [
        (pgettext("of a company", "Name"), told["respondent_name"]),
        (pgettext("of a company", "Address"), told["respondent_address"]),
    ]
    for heading, rows in ((_("Complainant"), complainant), (_("Respondent"), respondent)):
        paper.say(heading, weight=BOLD)
        paper.pairs(rows)


def _facts(paper: PdfWriter, dossier: Dossier) -> None:
    ticket, freeze = dossier.ticket, dossier.case.freeze
    paper.heading(_("The facts"))
    paper.pairs(
        [
            (_("When it happened"), _moment(ticket.incident_at)),
            (_("When it was noticed"), _moment(ticket.discovered_at)),
            (_("Account"), ticket.account_masked),
            (_("Freeze"), f"{FREEZE_STATE[freeze.state]} · {freeze.account_masked}" if freeze else ""),
            (_("Freeze requested"), _moment(freeze.requested_at) if freeze else ""),
            (_("Freeze active"), _moment(freeze.active_at) if freeze else ""),
            (_("Reported by"), str(CHANNEL.get(ticket.channel, ticket.channel))),
            (_("Who has to answer"), _join_list(PARTY.get(party, party) for party in ticket.responsible_parties)),
            (_("Reported to the police"), _moment(ticket.police_referred_at)),
        ]
    )
    orders = [(str(ISSUER.get(order.issuer, order.issuer)), order.number) for order in dossier.case.order_references]
    if orders:
        paper.say(_("Order numbers"), weight=BOLD)
        paper.pairs(orders)
    answers = [(str(FACT_ON_RECORD[name]), _fact(name, value)) for name, value in ticket.facts.items() if name in FACT_ON_RECORD]
    if answers:
        paper.say(_("Answers to the questions"), weight=BOLD)
        paper.pairs(answers, label_width=80)


def _story(paper: PdfWriter, dossier: Dossier) -> None:
    said, demands = dossier.ticket.statement, dossier.ticket.demands
    if said.get("symptom") or demands:
        paper.heading(_("What the complainant says and wants"))
    if said.get("symptom"):
        paper.say(masked(str(said["symptom"])))
    for demand in demands:
        paper.row(PdfColumn("·", 3), PdfColumn(str(DEMAND.get(demand, demand))))


def _decisions(paper: PdfWriter, dossier: Dossier) -> None:
    paper.heading(_("The decision"))
    if not dossier.decisions:
        paper.say(_("There is none yet."), soft=True)
    for decision in dossier.decisions:
        _decision(paper, dossier, decision)
    if dossier.refunds:
        paper.heading(_("Money that came back"))
    for row in dossier.refunds:
        how = " · ".join(filter(None, [_moment(row.at), row.reference, str(REMEDY.get(row.kind, ""))]))
        paper.row(PdfColumn("·", 3), PdfColumn(money(row.amount, row.currency), 40), PdfColumn(how, colour=SOFT))


def _decision(paper: PdfWriter, dossier: Dossier, decision: Decision) -> None:
    paper.room(30)
    paper.row(PdfColumn(capfirst(decision.get_verdict_display()), weight=BOLD), PdfColumn(_moment(decision.effective_at), 70, colour=SOFT))
    if decision.reason_code:
        paper.say(str(REASON_CODE.get(decision.reason_code, decision.reason_code)))
    if decision.explanation:
        paper.say(masked(decision.explanation))
    paper.pairs([(str(DEMAND.get(demand, demand)), masked(answer)) for demand, answer in decision.answers.items()], label_width=55)
    paper.pairs(
        [
            (_("Cause"), str(ROOT_CAUSE.get(decision.root_cause, decision.root_cause))),
            (_("Who answers for it"), str(LIABILITY.get(decision.liability, decision.liability))),
            (_("Evidence it stands on"), _stands_on(dossier, decision)),
        ],
        label_width=55,
    )
    if decision.on_record:
        paper.say(_("Decided on what was there: the time to add evidence had passed."), soft=True)
    if decision.granted:
        paper.pairs(
            [(_("Demands that are granted"), _join_list(DEMAND.get(demand, demand) for demand in decision.granted))], label_width=55
        )
    for remedy in decision.remedies.all():
        what = f"{REMEDY.get(remedy.kind, remedy.kind)} {money(remedy.amount, dossier.ticket.currency)}".strip()
        how = " · ".join(filter(None, [str(REMEDY_DONE[remedy.state]), _moment(remedy.done_at), remedy.reference]))
        paper.row(PdfColumn("·", 3), PdfColumn(what, 70), PdfColumn(how, colour=SOFT))
    paper.ln(2)


def _stands_on(dossier: Dossier, decision: Decision) -> str:
    numbers = [exhibit.number for exhibit in dossier.exhibits if exhibit.item.pk in decision.evidence_ids]
    return _join_list(_("no. %(number)s") % {"number": number} for number in numbers)


def _clocks(paper: PdfWriter, dossier: Dossier) -> None:
    paper.heading(_("Deadlines kept and missed"))
    language, zone = active_language(), timezone.get_current_timezone()
    for timer in dossier.clocks:
        paper.room(18)
        state = str(TIMER_STATE[str(timer.state(dossier.made_at))])
        paper.row(
            PdfColumn(str(TIMER[timer.key]), weight=BOLD),
            PdfColumn(str(BINDS[timer.binds]), 40, colour=SOFT),
            PdfColumn(state, 36, weight=BOLD),
        )
        due = f"{_('Due')} {deadline_text(timer.due_at)}"
        ended = f"{_('Stopped')} {deadline_text(timer.stopped_at)}" if timer.stopped_at else ""
        paper.row(PdfColumn(" · ".join(filter(None, [due, ended]))))
        paper.say(explain(timer.basis, timer.due_at, language, zone), size=SMALL, soft=True)
        paper.ln(1)


def _escalations(paper: PdfWriter, dossier: Dossier) -> None:
    taken = dossier.case.escalations
    if not taken:
        return
    paper.heading(_("Where it was taken"))
    for each in taken:
        told = [str(ESCALATION_STATE[each.state]), masked(each.reason), each.filed_reference]
        told += [str(OUTCOME.get(each.outcome, each.outcome)), _moment(each.answered_at), each.reference if each.outcome else ""]
        paper.row(PdfColumn(_moment(each.filed_at or each.at), WHEN, colour=SOFT), PdfColumn(dossier.places[each.target], weight=BOLD))
        if any(told):
            paper.row(PdfColumn("", WHEN), PdfColumn(" · ".join(filter(None, told))))
        for point in each.points:
            said = f"{DEMAND.get(point['demand'], point['demand'])}: {masked(point['text'])}"
            paper.row(PdfColumn("", WHEN), PdfColumn(said))
        paper.ln(1)


def _evidence(paper: PdfWriter, dossier: Dossier) -> None:
    paper.heading(_("Evidence"))
    if not dossier.exhibits:
        paper.say(_("There is none yet."), soft=True)
    for missing in [each for request in dossier.case.requests for each in request.unavailable]:
        kind = EVIDENCE_KIND.get(missing["kind"], missing["kind"])
        paper.say(_("Cannot be had: %(kind)s. %(reason)s") % {"kind": kind, "reason": masked(missing["reason"])}, soft=True)
    for exhibit in dossier.exhibits:
        paper.room(28)
        item = exhibit.item
        paper.row(
            PdfColumn(f"{exhibit.number}.", NUMBER, colour=SOFT),
            PdfColumn(str(EVIDENCE_KIND.get(item.kind, item.kind)), weight=BOLD),
            PdfColumn(_state(exhibit), 55, colour=SOFT),
        )
        for line in _about(exhibit):
            paper.row(PdfColumn("", NUMBER), PdfColumn(line, size=SMALL, colour=SOFT))
        paper.ln(1.5)


def _about(exhibit: Exhibit) -> Iterator[str]:
    item = exhibit.item
    yield ARRIVED % {"moment": _moment(item.uploaded_at)}
    if item.sha256:
        yield f"SHA-256 {item.sha256}"
    yield exhibit.name or str(LEFT_OUT[exhibit.left_out])
    if item.kind not in SENSITIVE and (typed := _typed_text(exhibit)):
        yield typed


def _typed_text(exhibit: Exhibit) -> str:
    """What was entered beside the file, or instead of one."""
    fields, text = exhibit.item.fields, exhibit.item.text
    named = [fields.get("bank"), fields.get("last4"), fields.get("order_no"), fields.get("number"), fields.get("external_ticket_no")]
    said = [str(value) for value in named if value]
    if fields.get("amount"):
        said.append(money(fields["amount"], "CNY"))
    if paid := parse_datetime(str(fields.get("paid_at") or "")):
        said.append(_moment(paid))
    if text and exhibit.left_out == "printed" and not said:
        said.append(masked(text))
    return " · ".join(said)


def _state(exhibit: Exhibit) -> str:
    item = exhibit.item
    return str(EVIDENCE_STATE["rejected" if item.verdict == "rejected" else item.state])


def _timeline(paper: PdfWriter, dossier: Dossier) -> None:
    paper.heading(_("What happened, in order"))
    for moment in dossier.moments:
        who = _("The desk") if moment.by_staff else _("The complainant")
        spoken = [f"{who}: {masked(moment.body)}", _files(dossier, moment)]
        text = " · ".join(filter(None, spoken if moment.is_message else [str(moment.text), masked(moment.detail)]))
        paper.row(PdfColumn(moment_text(moment.at) if moment.is_message else deadline_text(moment.at), WHEN, colour=SOFT), PdfColumn(text))
        paper.ln(0.8)


def _files(dossier: Dossier, moment: TimelineEntry) -> str:
    """What came with a message, by its number in the list."""
    numbers = [str(exhibit.number) for exhibit in dossier.exhibits if exhibit.item.message_id == moment.number]
    return _("with evidence no. %(numbers)s") % {"numbers": ", ".join(numbers)} if numbers else ""


def _check(paper: PdfWriter, dossier: Dossier) -> None:
    paper.heading(_("How to check this"))
    paper.say(_("manifest.json and SHA256SUMS in the archive name the SHA-256 of every file; sha256sum -c SHA256SUMS compares them."))
    paper.say(str(RECEIPT_NOTE))
    for receipt in dossier.receipts:
        paper.room(22)
        paper.row(PdfColumn(subject(receipt), weight=BOLD))
        say_how_to_check(paper, receipt)


# ---- In words
def _standing(dossier: Dossier) -> str:
    ticket = dossier.ticket
    reason = CLOSE_REASON.get(ticket.close_reason or "", "")
    return " · ".join(str(part) for part in (STATUS[ticket.status], reason) if part)


def _moment(at: Any) -> str:
    return moment_text(at) if at else ""


def _join_list(parts: Iterable[object]) -> str:
    return _(", ").join(str(part) for part in parts)


def _fact(name: str, value: Any) -> str:
    """An answer as it was meant: a choice by its words, an instant in the zone of the document."""
    kind = FACTS[name].type
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "instant":
        return _moment(parse_datetime(str(value)))
    if kind in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [value]
        return _join_list(FACT_CHOICE.get((name, each), each) for each in chosen)
    return masked(str(value))
