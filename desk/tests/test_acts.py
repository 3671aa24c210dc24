"""Acting on a ticket: every form of the page as a browser would send it, and what comes back when it is refused."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from desk.tests.reading import actions, decision_form, do, form_of, letter
from desk.ticket.sending import release_due
from tickets.models import Event, Message, Ticket
from tickets.operations import perform, post_message
from tickets.tests.making import STATEMENT, put_evidence, submitted
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.sqlite

MANY = {"root_cause": "platform_system", "liability": "platform", "answer_refund": "同意退款。", "explanation": "核实为系统重复扣款。"}
SECOND = {"note" if name == "explanation" else name: value for name, value in MANY.items()}


def local(**ahead: int) -> str:
    """What a datetime-local input holds, in Beijing."""
    return timezone.localtime(timezone.now() + timedelta(**ahead), timezone.get_fixed_timezone(480)).strftime("%Y-%m-%dT%H:%M")


def stands(ref: str) -> str:
    return Ticket.objects.get(ref=ref).status


def text_of(response) -> str:
    return response.content.decode()


# ---- The main path
def test_from_the_freeze_to_its_lifting_by_forms_alone(people, at, clock) -> None:
    agent, operator = at(people.agent), at(people.operator)
    reviewer, supervisor = at(people.reviewer), at(people.supervisor)
    ref = MAKERS["freeze_pending"](people).ref
    assert do(operator, ref, "confirm_freeze", reference="FZ-1").status_code == 302
    assert stands(ref) == "frozen"

    assert do(agent, ref, "message", body="已冻结，请补充证据。", eta_at=local(hours=20), visibility="public").status_code == 302
    assert not Message.objects.filter(ticket__ref=ref).exists()  # it can still be taken back; the next act sends it
    assert release_due(timezone.now() + timedelta(seconds=15)) == 1
    assert Message.objects.get(ticket__ref=ref).eta_at is not None
    Ticket.objects.filter(ref=ref).update(amount="1280.00")
    assert do(agent, ref, "submit_appeal").status_code == 302
    assert do(reviewer, ref, "start_review").status_code == 302
    assert do(reviewer, ref, "request_evidence", kinds=["cs_conversation"], reason="请补充聊天记录").status_code == 302
    assert stands(ref) == "needs_evidence"
    perform(people.owner, ref, "supply_evidence", {"unavailable": [{"kind": "cs_conversation", "reason": "没有"}]})

    remedies = {"remedy_kind": ["refund_full", "lift_freeze", ""], "remedy_amount": ["1,280.00", "", ""]}
    assert do(reviewer, ref, "approve", **MANY, **remedies).status_code == 302
    assert stands(ref) == "under_review"
    assert ref in text_of(supervisor.get("/desk/countersign/"))
    assert do(supervisor, ref, "countersign").status_code == 302
    assert stands(ref) == "remedy_pending"
    assert do(agent, ref, "confirm_remedy", reference="RF-1").status_code == 302
    assert stands(ref) == "resolved"

    assert "lift_freeze" not in actions(text_of(operator.get(f"/desk/tickets/{ref}/")))
    perform(people.owner, ref, "request_lift", {})
    for task in ("password_changed", "two_factor_on", "devices_checked", "cards_checked"):
        assert do(agent, ref, "tick_security_task", task=task, identity_check="ID-1").status_code == 302
    assert do(operator, ref, "lift_freeze", note="已核实本人").status_code == 302
    assert Ticket.objects.get(ref=ref).freezes.get().state == "lifted"


OTHERS = [
    ("freeze_pending", "operator", "fail_freeze", {"reason": "渠道拒绝"}, "evidence_collection"),
    ("auto_reversal_wait", "agent", "waive_wait", {"reason": "渠道已确认"}, "evidence_collection"),
    ("evidence_collection", "agent", "route_after_sale", {"reason": "属于售后"}, "closed"),
    ("evidence_collection", "agent", "request_freeze", {"account": "douyin:13800009999", "not_me": "on"}, "freeze_pending"),
    ("appeal_submitted", "reviewer", "start_review", {"eta_at": "SOON", "body": "正在处理"}, "under_review"),
    ("under_review", "reviewer", "reject", {**MANY, "reason_code": "no_fault_found"}, "rejected"),
    ("under_review", "agent", "record_refund", {"amount": "600.00", "reference": "R-2"}, "resolved"),
    ("under_review", "supervisor", "extend", {"body": "还需时间", "eta_at": "SOON", "reason": "等渠道"}, "under_review"),
    ("remedy_pending", "agent", "fail_remedy", {"reason": "退票"}, "under_review"),
    ("rejected", "agent", "escalate", {"target": "payment_channel", "reason": "客户要求"}, "escalated"),
    ("escalated", "agent", "record_external_answer", {"target": "consumer_association", "outcome": "none", "reference": "X"}, "escalated"),
    ("escalated", "supervisor", "return_to_review", {"note": "请重看"}, "under_review"),
    ("escalated", "supervisor", "uphold_rejection", {"note": "维持"}, "rejected"),
    ("escalated", "supervisor", "uphold_customer", {**SECOND, "remedy_kind": ["refund_full"], "remedy_amount": [""]}, "remedy_pending"),
    ("closed", "supervisor", "reopen", {"reason": "客户来电"}, "under_review"),
    ("closed", "privacy", "refer_to_police", {"note": "协查函"}, "closed"),
]


@pytest.mark.parametrize(("status", "role", "action", "typed", "leads_to"), OTHERS)
def test_every_other_act_has_a_form_that_works(status, role, action, typed, leads_to, people, at, clock) -> None:
    ref = MAKERS[status](people).ref
    typed = {name: local(days=2) if value == "SOON" else value for name, value in typed.items()}
    response = do(at(getattr(people, role)), ref, action, **typed)
    assert response.status_code == 302, text_of(response)
    assert stands(ref) == leads_to


def test_a_waiting_decision_is_sent_back_or_taken_back(people, at, clock) -> None:
    reviewer, supervisor = at(people.reviewer), at(people.supervisor)
    ref = MAKERS["under_review"](people).ref
    Ticket.objects.filter(ref=ref).update(late_claim=True)
    remedies = {"remedy_kind": ["refund_partial", "lift_freeze"], "remedy_amount": ["100", ""]}
    assert do(reviewer, ref, "approve", **MANY, **remedies).status_code == 302
    assert do(supervisor, ref, "refuse_countersign", reason="金额说明不足").status_code == 302
    assert do(reviewer, ref, "approve", **MANY, **remedies).status_code == 302
    assert do(reviewer, ref, "retract_decision").status_code == 302
    assert [each.state for each in Ticket.objects.get(ref=ref).decisions.all()] == ["refused", "void"]


def test_a_hold_is_released(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    assert do(at(people.agent), ref, "refer_to_police").status_code == 302
    assert do(at(people.privacy), ref, "release_hold", reason="警方已结案").status_code == 302
    assert Ticket.objects.get(ref=ref).legal_hold_until is None


def test_two_complaints_about_one_order_are_joined(people, at, clock) -> None:
    one, other = MAKERS["evidence_collection"](people).ref, MAKERS["evidence_collection"](people).ref
    agent = at(people.agent)
    preview = form_of(do(agent, one, "merge", into=other).content.decode(), "merge")
    assert Ticket.objects.get(ref=other).merged_into is None
    assert agent.post(preview.action, preview.values).status_code == 302
    assert Ticket.objects.get(ref=other).merged_into.ref == one, "the older lives, whichever was pressed"


# ---- Refused
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    typed = {
        "explanation": "一段写了很久的说明",
        "remedy_kind": ["refund_full", "lift_freeze"],
        "remedy_amount": ["12x", ""],
        "liability": "channel",
    }
    response = do(at(people.reviewer), ref, "approve", **typed)
    assert response.status_code == 400
    form = form_of(text_of(response), "decide")
    assert form.values["explanation"] == ["一段写了很久的说明"]
    assert form.values["liability"] == ["channel"]
    assert form.values["remedy_kind"][:2] == ["refund_full", "lift_freeze"]
    assert form.values["remedy_amount"][0] == "12x"
    for target in ('href="#approve-root_cause"', 'href="#approve-remedies"', 'id="approve-root_cause-error"', 'aria-invalid="true"'):
        assert target in text_of(response), target
    assert stands(ref) == "under_review"


GUARDED = [
    ("approve", {**MANY, "answer_refund": "", "remedy_kind": ["explain"]}, 422, "approve-answer_refund"),
    ("approve", {**MANY, "remedy_kind": ["refund_full"], "remedy_amount": ["9999"]}, 422, "approve-remedies"),
    ("approve", {**MANY, "remedy_kind": [""], "remedy_amount": ["5"]}, 400, "approve-remedies"),
    ("request_evidence", {"reason": "?"}, 400, "request_evidence-kinds"),
]


@pytest.mark.parametrize(("action", "typed", "status", "field"), GUARDED)
def test_a_guard_speaks_at_its_field(action, typed, status, field, people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    response = do(at(people.reviewer), ref, action, **typed)
    assert response.status_code == status
    assert f'href="#{field}"' in text_of(response)
    assert f'id="{field}-error"' in text_of(response)


def test_a_first_reply_is_asked_for_where_it_is_typed(people, at, clock) -> None:
    ref = MAKERS["appeal_submitted"](people).ref
    response = do(at(people.reviewer), ref, "start_review", body="正在看")
    assert response.status_code == 409
    assert 'href="#start_review-eta_at"' in text_of(response)
    assert form_of(text_of(response), "start_review").values["body"] == ["正在看"]


def test_a_stale_page_overwrites_nothing_and_keeps_what_was_typed(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    reviewer = at(people.reviewer)
    old = decision_form(reviewer, ref, "reject")
    post_message(people.owner, ref, {"body": "我找到了新的证据"})
    before = Event.objects.count()
    response = reviewer.post(old.action, old.filled(**MANY, reason_code="no_fault_found"))
    assert response.status_code == 412
    assert "has changed since you opened this page" in text_of(response)
    assert "Mei: Message" in text_of(response)
    again = form_of(text_of(response), "decide")
    assert again.values["explanation"] == [MANY["explanation"]]
    assert (stands(ref), Event.objects.count()) == ("under_review", before)
    confirm = form_of(text_of(reviewer.post(again.action, again.filled())), "reject")
    assert (stands(ref), Event.objects.count()) == ("under_review", before)
    assert reviewer.post(confirm.action, confirm.values).status_code == 302
    assert stands(ref) == "rejected"


@pytest.mark.parametrize("action", ["message", "amend", "upload", "verdict"])
def test_no_form_of_the_desk_gets_past_a_newer_version(action, people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    agent = at(people.agent)
    old = form_of(text_of(agent.get(f"/desk/tickets/{ref}/")), action)
    post_message(people.owner, ref, {"body": "新消息"})
    typed = {"message": {"body": "旧页面上的回复"}, "amend": {"lane": "merchant"}, "upload": {"kind": "system_log", "text": "log"}}
    response = agent.post(old.action, old.filled(**typed.get(action, {"verdict": "accepted"})))
    assert response.status_code == 412
    assert "旧页面上的回复" in text_of(response) or action != "message"


def test_a_form_without_a_version_is_stale(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    assert at(people.agent).post(f"/desk/tickets/{ref}/message/", {"body": "x"}).status_code == 412


def test_the_form_stays_though_its_act_is_open_no_longer(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    shown = letter(at(people.reviewer), ref, "reject", **MANY, reason_code="no_fault_found")
    old = form_of(text_of(shown), "reject")
    perform(people.agent, ref, "record_refund", {"amount": "600.00", "reference": "R-2"})
    response = at(people.reviewer).post(old.action, old.filled(version=str(Ticket.objects.get(ref=ref).version)))
    assert response.status_code == 409
    assert form_of(text_of(response), "decide").values["explanation"] == [MANY["explanation"]]


def test_the_wrong_role_is_told_so(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    response = at(people.agent).post(f"/desk/tickets/{ticket.ref}/approve/", {"version": ticket.version})
    assert response.status_code == 403
    assert "Your role does not include this" in text_of(response)
    assert "approve" not in actions(text_of(at(people.agent).get(f"/desk/tickets/{ticket.ref}/")))


def test_nobody_countersigns_their_own_decision(people, at, clock) -> None:
    people.reviewer.groups.add(*people.supervisor.groups.all())
    ref = MAKERS["under_review"](people).ref
    Ticket.objects.filter(ref=ref).update(late_claim=True)
    do(at(people.reviewer), ref, "approve", **MANY, remedy_kind=["refund_partial"], remedy_amount=["50"])
    page = text_of(at(people.reviewer).get(f"/desk/tickets/{ref}/"))
    assert "countersign" not in actions(page)
    assert "Nobody signs" in page


def test_what_is_not_open_yet_says_from_when(people, at, clock) -> None:
    ref = MAKERS["appeal_submitted"](people).ref
    page = text_of(at(people.agent).get(f"/desk/tickets/{ref}/"))
    assert "Opens:" in page
    places = re.search(r'<select[^>]*name="target".*?</select>', page, re.DOTALL).group()
    assert "regulator_12315" in places
    assert "l1_internal" not in places and "payment_channel" not in places


def test_an_agent_who_complains_decides_nothing_of_their_own(people, at, clock) -> None:
    ref = submitted(people.agent).ref
    page = text_of(at(people.agent).get(f"/desk/tickets/{ref}/"))
    assert {"withdraw", "verdict"}.isdisjoint(actions(page))


# ---- The desk's own forms
def test_a_note_is_never_a_reply(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    assert do(at(people.agent), ref, "message", body="只给同事看", visibility="internal").status_code == 302
    assert Message.objects.latest("pk").visibility == "internal"


def test_an_empty_reply_is_sent_back(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    response = do(at(people.agent), ref, "message", body=" ", visibility="public")
    assert response.status_code == 400
    assert 'href="#message-body"' in text_of(response)


def test_only_what_was_changed_is_corrected(people, at, clock) -> None:
    ref = MAKERS["evidence_collection"](people).ref
    agent = at(people.agent)
    changed = {"assignee": people.agent.email, "responsible_parties": ["bank", "channel"], "amount": "601.50"}
    assert do(agent, ref, "amend", **changed).status_code == 302
    ticket = Ticket.objects.get(ref=ref)
    assert (ticket.assignee, set(ticket.responsible_parties), str(ticket.amount)) == (people.agent, {"bank", "channel"}, "601.50")
    fields = Event.objects.filter(ticket=ticket, kind="amended").latest("seq").data["fields"]
    assert fields == ["amount", "assignee", "responsible_parties"]
    before = Event.objects.count()
    assert do(agent, ref, "amend").status_code == 302
    assert Event.objects.count() == before
    assert do(agent, ref, "amend", assignee="").status_code == 302
    assert Ticket.objects.get(ref=ref).assignee is None


def test_a_wrong_correction_is_said_at_its_field(people, at, clock) -> None:
    ref = MAKERS["evidence_collection"](people).ref
    response = do(at(people.agent), ref, "amend", amount="many", lane="overseas_24h")
    assert response.status_code == 400
    assert 'href="#amend-amount"' in text_of(response)
    assert form_of(text_of(response), "amend").values["amount"] == ["many"]


def test_reviewers_correct_nothing(people, at, clock) -> None:
    ref = MAKERS["evidence_collection"](people).ref
    assert "amend" not in actions(text_of(at(people.reviewer).get(f"/desk/tickets/{ref}/")))


# ---- Evidence
def test_our_own_records_come_in_as_text_or_file(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    agent = at(people.agent)
    assert do(agent, ref, "upload", kind="system_log", text="settle ok").status_code == 302
    file = SimpleUploadedFile("log.json", b'{"settled": true}', content_type="application/json")
    assert do(agent, ref, "upload", kind="auth_record", file=file).status_code == 302
    kinds = Ticket.objects.get(ref=ref).evidence.filter(internal=True).values_list("kind", flat=True)
    assert set(kinds) == {"system_log", "auth_record"}


def test_a_file_that_cannot_be_is_said_in_words(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    file = SimpleUploadedFile("a.html", b"<html><script>1</script>", content_type="text/html")
    response = do(at(people.agent), ref, "upload", kind="transaction_screenshot", file=file)
    assert response.status_code == 400
    assert 'href="#upload-file"' in text_of(response)


def test_evidence_is_accepted_or_rejected_with_a_reason(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    item = ticket.evidence.get(kind="payment_voucher")
    reviewer = at(people.reviewer)
    response = do(reviewer, ticket.ref, "verdict", item=item.pk, verdict="rejected")
    assert response.status_code == 400
    assert f'href="#verdict{item.pk}-reason"' in text_of(response)
    assert do(reviewer, ticket.ref, "verdict", item=item.pk, verdict="rejected", reason="看不清").status_code == 302
    item.refresh_from_db()
    assert (item.verdict, item.verdict_reason) == ("rejected", "看不清")


def test_a_verdict_reaches_only_items_of_its_own_ticket(people, at, clock) -> None:
    mine, other = MAKERS["under_review"](people), MAKERS["evidence_collection"](people)
    foreign = other.evidence.first()
    post = {"version": mine.version, "item": foreign.pk, "verdict": "accepted"}
    assert at(people.agent).post(f"/desk/tickets/{mine.ref}/verdict/", post).status_code == 404


def test_an_unsorted_file_is_put_where_it_belongs(people, at, clock) -> None:
    ticket = MAKERS["evidence_collection"](people)
    [item] = put_evidence(ticket, "uncategorized_file")
    type(item).objects.filter(pk=item.pk).update(media_type="image/png")
    assert do(at(people.agent), ticket.ref, "reclassify", item=item.pk, kind="price_page_screenshot").status_code == 302
    item.refresh_from_db()
    assert item.kind == "price_page_screenshot"


def test_sensitive_documents_open_only_in_the_viewer_and_only_for_whom_they_may(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    item = ticket.evidence.get(kind="id_card_front")
    type(item).objects.filter(pk=item.pk).update(original="a/b", safe="a/c", thumbnail="a/d")
    leads, file = f'href="/desk/tickets/{ticket.ref}/evidence/?item={item.pk}"', f'href="/evidence/{item.pk}/"'
    for role, may in (("reviewer", True), ("operator", True), ("privacy", True), ("agent", False), ("supervisor", False)):
        page = text_of(at(getattr(people, role)).get(f"/desk/tickets/{ticket.ref}/"))
        assert (leads in page) is may, role
        assert file not in page
        assert f"/evidence/{item.pk}/thumbnail/" not in page


def test_what_customers_write_is_text_and_never_markup(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    Ticket.objects.filter(pk=ticket.pk).update(statement={**STATEMENT, "symptom": evil}, facts={"payee_display": evil})
    post_message(people.owner, ticket.ref, {"body": evil})
    type(people.owner).objects.filter(pk=people.owner.pk).update(name=evil)
    page = text_of(at(people.agent).get(f"/desk/tickets/{ticket.ref}/"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert") >= 4


def test_agents_say_that_a_name_is_verified_and_whom_it_is_about(people, at, clock) -> None:
    ref = MAKERS["evidence_collection"](people).ref
    typed = {"real_name_match": "true", "complained_about": [people.reviewer.email]}
    assert do(at(people.agent), ref, "amend", **typed).status_code == 302
    people.owner.refresh_from_db()
    assert people.owner.real_name_match
    assert list(Ticket.objects.get(ref=ref).complained_about.all()) == [people.reviewer]
    page = text_of(at(people.reviewer).get(f"/desk/tickets/{ref}/"))
    assert people.reviewer.name in page.partition("Complained about")[2][:60]


def test_whom_it_is_about_corrects_nothing_of_it(people, at, clock) -> None:
    ref = MAKERS["evidence_collection"](people).ref
    do(at(people.supervisor), ref, "amend", complained_about=[people.agent.email])
    page = text_of(at(people.agent).get(f"/desk/tickets/{ref}/"))
    assert {"amend", "message", "call"}.isdisjoint(actions(page))
    assert "You are part of this case yourself" in page
    said = {"body": "我们会处理", "visibility": "public", "version": Ticket.objects.get(ref=ref).version}
    assert at(people.agent).post(f"/desk/tickets/{ref}/message/", said).status_code == 403


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "-1", "x", "", "²"])
def test_a_number_that_none_of_our_forms_sends_is_refused_not_an_error(people, at, clock, number) -> None:
    ref = MAKERS["under_review"](people).ref
    client = at(people.agent)
    assert client.post(f"/desk/tickets/{ref}/message/", {"body": "x", "version": number}).status_code == 412
    version = Ticket.objects.get().version
    assert client.post(f"/desk/tickets/{ref}/verdict/", {"item": number, "version": version}).status_code == 404
    assert client.get("/desk/notices/", {"before": number}).status_code == 200
    assert client.post("/desk/notices/retry/", {"id": number}).status_code == 302
    assert client.get("/desk/", {"after": f"{number}-{number}"}).status_code == 200
