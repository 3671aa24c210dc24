"""Deciding: what is suggested, the letter exactly as its customer gets it, nothing written before it is confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.models import Macro
from desk.tests.reading import actions, decide, decision_form, form_of, letter
from tickets.delivery.sending import deliver_waiting
from tickets.models import Decision, Event, Notification, Ticket
from tickets.operations import perform
from tickets.tests.making import approval
from tickets.tests.stages import MAKERS

FINDING = {"root_cause": "platform_system", "liability": "platform", "answer_refund": "同意退款。", "explanation": "核实为系统重复扣款。"}
SECOND = {name: value for name, value in FINDING.items() if name != "explanation"}
REMEDY = {"remedy_kind": ["refund_full"], "remedy_amount": [""]}


@pytest.fixture
def ref(people, clock) -> str:
    return MAKERS["under_review"](people).ref


@pytest.fixture
def late(ref) -> str:
    """Came after the claim period: decided by two."""
    Ticket.objects.filter(ref=ref).update(late_claim=True)
    return ref


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Decision, Event, Notification))


def between(html: str, start: str, end: str) -> str:
    return " ".join(html.split(start, 1)[1].split(end, 1)[0].split())


def test_the_letter_writes_nothing(people, at, ref) -> None:
    before, version = rows(), Ticket.objects.get(ref=ref).version
    assert letter(at(people.reviewer), ref, "approve", **FINDING, **REMEDY).status_code == 200
    assert rows() == before
    assert Ticket.objects.get(ref=ref).version == version


DECISIONS = [
    ("under_review", "reviewer", "approve", {**FINDING, **REMEDY}),
    ("under_review", "reviewer", "reject", {**FINDING, "reason_code": "no_fault_found"}),
    ("escalated", "supervisor", "uphold_customer", {**SECOND, "note": "二审认定平台有误，予以全额退款。", **REMEDY}),
    ("under_review", "reviewer", "approve", {**FINDING, "remedy_kind": ["refund_partial"], "remedy_amount": ["50"]}),
    ("escalated", "supervisor", "uphold_rejection", {"note": "二审维持原结论。"}),
]


@pytest.mark.parametrize(("status", "role", "action", "typed"), DECISIONS)
def test_the_preview_is_the_letter_the_customer_then_gets(status, role, action, typed, people, at, clock) -> None:
    ref, decider = MAKERS[status](people).ref, at(getattr(people, role))
    people.owner.language = "zh-hans"
    people.owner.save()
    deliver_waiting(timezone.now())
    mail.outbox.clear()
    before = rows()
    shown = letter(decider, ref, action, **typed).content.decode()
    assert rows() == before
    confirm = form_of(shown, action)
    assert decider.post(confirm.action, confirm.values).status_code == 302
    deliver_waiting(timezone.now())
    sent = next(each for each in mail.outbox if people.owner.email in each.to)
    assert sent.subject in shown
    for line in filter(None, str(sent.body).splitlines()):
        assert line.strip() in shown
    preview = between(shown, f'<h2 id="letter-{ref}">', "</section>")
    owner = at(people.owner)
    theirs = owner.get(f"/tickets/{ref}/", headers={"accept-language": "zh-hans"}).content.decode()
    got = between(theirs, '<h2 id="letter">', "</section>")
    if "<u>" in preview:  # the one difference: a link of theirs is no link of the desk's
        preview, got = preview.split("<u>")[0], got.split('<a href="')[0]
    assert preview.replace(" open>", ">") == got.replace(" open>", ">")  # folded for who reads it on a phone


def test_who_signs_second_is_said_before(people, at, late) -> None:
    shown = letter(at(people.reviewer), late, "approve", **FINDING, remedy_kind=["refund_partial"], remedy_amount=["50"])
    assert "once a supervisor has signed it" in shown.content.decode()


def test_one_can_go_back_and_nothing_typed_is_lost(people, at, ref) -> None:
    shown = letter(at(people.reviewer), ref, "approve", **FINDING, **REMEDY).content.decode()
    back = form_of(shown, "decide")
    again = form_of(at(people.reviewer).post(back.action, back.values).content.decode(), "decide")
    assert again.values["explanation"] == [FINDING["explanation"]]
    assert again.values["remedy_kind"][0] == "refund_full"


def test_what_was_accepted_is_ticked_and_the_usual_remedy_chosen(people, at, ref) -> None:
    ticket = Ticket.objects.get(ref=ref)
    item = ticket.evidence.first()
    ticket.evidence.filter(pk=item.pk).update(verdict="accepted")
    form = decision_form(at(people.reviewer), ref, "approve")
    assert form.values["evidence"] == [str(item.pk)]
    assert form.values["remedy_kind"][0] == "refund_full"


def test_a_finding_of_the_desk_fills_the_form(people, at, ref) -> None:
    macro = Macro.objects.create(
        purpose="approve", title_zh="退款", title_en="Refund", root_cause="channel", liability="channel", remedy="refund_full",
        body_zh="已核实。", body_en="Found so.", answer_zh="同意。", answer_en="Agreed.",
    )  # fmt: skip
    client = at(people.reviewer)
    assert "Refund" in client.get(f"/desk/tickets/{ref}/").content.decode()
    at_once = form_of(client.get(f"/desk/tickets/{ref}/").content.decode(), "decide")
    assert at_once.values["macro"] == [str(macro.pk)]
    assert "已核实。" in client.post(at_once.action, at_once.values).content.decode()
    assert not Decision.objects.exists()
    form = form_of(client.get(f"/desk/tickets/{ref}/decide/?as=approve&macro={macro.pk}").content.decode(), "decide")
    assert (form.values["root_cause"], form.values["explanation"]) == (["channel"], ["已核实。"])
    confirm = form_of(client.post(form.action, form.values).content.decode(), "approve")
    assert client.post(confirm.action, confirm.values).status_code == 302
    assert Ticket.objects.get(ref=ref).status == "remedy_pending"


def test_only_reviewers_decide_and_strangers_find_nothing(people, at, ref) -> None:
    assert at(people.agent).get(f"/desk/tickets/{ref}/decide/").status_code == 403
    assert at(people.owner).get(f"/desk/tickets/{ref}/decide/").status_code == 403
    assert at(people.reviewer).get("/desk/tickets/TS-20200101-000001/decide/").status_code == 404
    assert at(people.reviewer).get(f"/desk/tickets/{ref}/decide/?as=nothing").status_code == 404


# ---- The second signature
def test_the_supervisor_reads_all_of_it_and_signs_there(people, at, late) -> None:
    decide(at(people.reviewer), late, "approve", **FINDING, remedy_kind=["refund_partial"], remedy_amount=["50"])
    shown = at(people.supervisor).get("/desk/countersign/").content.decode()
    for part in (late, FINDING["explanation"], FINDING["answer_refund"], "¥50.00"):
        assert part in shown
    form = form_of(shown, "countersign")
    assert at(people.supervisor).post(form.action, form.values).status_code == 302
    assert Ticket.objects.get(ref=late).status == "remedy_pending"


def test_what_changed_after_it_was_read_is_not_signed(people, at, late) -> None:
    decide(at(people.reviewer), late, "approve", **FINDING, remedy_kind=["refund_partial"], remedy_amount=["50"])
    form = form_of(at(people.supervisor).get("/desk/countersign/").content.decode(), "countersign")
    perform(people.reviewer, late, "retract_decision")
    perform(people.reviewer, late, "approve", approval(remedies=[{"kind": "refund_partial", "amount": "90"}]))
    assert at(people.supervisor).post(form.action, form.values).status_code == 412


def test_the_inbox_asks_as_much_for_five_as_for_one(people, at, clock) -> None:
    client, counts = at(people.supervisor), []
    for _round in range(2):
        for _each in range(2):
            ref = MAKERS["under_review"](people).ref
            Ticket.objects.filter(ref=ref).update(late_claim=True)
            perform(people.reviewer, ref, "approve", approval(remedies=[{"kind": "refund_partial", "amount": "90"}]))
        client.get("/desk/countersign/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/desk/countersign/").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1], counts


# ---- Pace, history
def test_one_press_accepts_all_that_was_not_judged(people, at, ref) -> None:
    client = at(people.reviewer)
    form = form_of(client.get(f"/desk/tickets/{ref}/").content.decode(), "accept_all")
    assert client.post(form.action, form.values).status_code == 302
    assert set(Ticket.objects.get(ref=ref).evidence.values_list("verdict", flat=True)) == {"accepted"}


def test_the_next_one_is_the_next_to_breach_after_this(people, at, clock) -> None:
    refs = [MAKERS["appeal_submitted"](people).ref for _each in range(3)]
    client = at(people.reviewer)
    seen, here = [refs[0]], f"/desk/tickets/{refs[0]}/"
    for _each in range(2):
        html = client.get(here).content.decode()
        here = client.get(html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")).url
        seen.append(here.split("/")[3])
    assert seen == refs
    assert client.get(f"/desk/tickets/{refs[2]}/next/?place=9999999999-99999").url == "/desk/"


def test_a_history_of_two_hundred_is_paged_and_costs_no_more(people, at, ref) -> None:
    client = at(people.agent)

    def asked() -> int:
        client.get(f"/desk/tickets/{ref}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/desk/tickets/{ref}/")
        return len(found)

    few, ticket = asked(), Ticket.objects.get(ref=ref)
    start = timezone.now()
    more = range(ticket.last_seq + 1, ticket.last_seq + 201)
    Event.objects.bulk_create([
        Event(ticket=ticket, seq=number, kind="supply_evidence", at=start + timedelta(seconds=number), recorded_at=start,
              data={"reference": f"mark-{number}-"})
        for number in more
    ])  # fmt: skip
    assert asked() == few
    html, seen = client.get(f"/desk/tickets/{ref}/").content.decode(), []
    for _page in range(12):
        seen += [number for number in more if f"mark-{number}-" in html]
        if 'class="btn btn-sm pager-next"' not in html:
            break
        older = html.split('class="btn btn-sm pager-next" rel="next" href="')[1].split('"')[0]
        html = client.get(older.replace("&amp;", "&")).content.decode()
    assert sorted(seen) == list(more)
    assert seen[0] > seen[-1]


def test_who_upholds_chooses_on_the_decisions_page_and_loses_nothing_when_refused(people, at, clock) -> None:
    ref, supervisor = MAKERS["escalated"](people).ref, at(people.supervisor)
    page = supervisor.get(f"/desk/tickets/{ref}/").content.decode()
    assert f"/desk/tickets/{ref}/decide/?as=uphold_customer" in page
    assert "uphold_customer" not in actions(page) and "uphold_rejection" not in actions(page)
    refused = letter(supervisor, ref, "uphold_rejection", note="维持", evidence=["999999"])
    assert refused.status_code == 400
    form = form_of(refused.content.decode(), "decide")
    assert (form.values["note"], form.values["as"]) == (["维持"], ["uphold_rejection"])
    assert "as=uphold_customer" in refused.content.decode() and "as=reject" not in refused.content.decode()
