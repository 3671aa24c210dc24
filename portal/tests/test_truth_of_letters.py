"""Every letter to an owner, and the history, against the rows at the moment it is written: in both languages, no kind unchecked.

Histories are walked by operations. After each step the new letters are composed, and what they claim is looked up in the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from django.utils import timezone, translation

from lib.money import money
from portal.tests.conftest import main_of
from tickets.delivery.emails import compose_email
from tickets.delivery.messages import date_words
from tickets.models import Decision, Escalation, Freeze, Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import approval, filing, put_evidence, rejection
from tickets.tests.stages import MAKERS, eta
from tickets.words import DEMAND, NOTICE
from tickets.workflow import ACTIONS, EVENTS, TIMERS, Status
from tickets.workflow.recipients import OWNER

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LANGUAGES = ("zh-hans", "en")


class Claim(NamedTuple):
    """Words that say that something happened, and whether the rows hold it."""

    zh: str
    en: str
    holds: Callable[[Ticket], bool]

    def is_made(self, text: str, language: str) -> bool:
        return re.search(self.zh if language == "zh-hans" else self.en, text) is not None


def _freeze(*states: str) -> Callable[[Ticket], bool]:
    return lambda ticket: ticket.freezes.filter(state__in=states).exists()


def _decided(*verdicts: str) -> Callable[[Ticket], bool]:
    def holds(ticket: Ticket) -> bool:
        last = ticket.decisions.filter(state=Decision.State.EFFECTIVE).last()
        return last is not None and last.verdict in verdicts

    return holds


def _at_place(*states: str, target: str = "") -> Callable[[Ticket], bool]:
    return lambda ticket: ticket.escalations.filter(state__in=states, **({"target": target} if target else {})).exists()


F, E = Freeze.State, Escalation.State
CLAIMS: Mapping[str, Claim] = {
    "frozen": Claim("账户已被?冻结|冻结已确认", r"account is frozen|Freeze confirmed", _freeze(F.ACTIVE)),
    "failed": Claim("未能冻结|冻结未成功|冻结没有成功", r"could not freeze|freeze did not work", _freeze(F.FAILED)),
    "requested": Claim("收到您的冻结申请", r"received your freeze request", _freeze(F.REQUESTED, F.ACTIVE)),
    "lifted": Claim("冻结已解除", r"freeze has been lifted|Freeze lifted", _freeze(F.LIFTED)),
    "filed": Claim("您自行向外部机构提交|您已向外部", r"you filed your complaint outside|Filed outside by you", _at_place(E.FILED)),
    "handed on": Claim(
        "已(经)?转交(给)?支付", r"is with the payment company now|Handed on to", _at_place(E.FILED, target="payment_channel")
    ),
    "approved": Claim("投诉已获支持", r"complaint has been approved(?! in part)", _decided("approved")),
    "partly": Claim("部分获得支持", r"approved in part", _decided("partly_approved")),
    "rejected": Claim("未能支持|未获支持|未获通过", r"could not approve it", _decided("rejected")),
    "closed": Claim("投诉已结案", r"complaint (is closed\b(?!,)|has been closed)", lambda ticket: ticket.status == Status.CLOSED),
}
# What a kind says, and must say.
SAYS = {
    "request_freeze": "requested",
    "confirm_freeze": "frozen",
    "fail_freeze": "failed",
    "frozen_after_all": "frozen",
    "lift_freeze": "lifted",
    "record_outside_filing": "filed",
    "record_hand_over": "handed on",
    "approved": "approved",
    "partly_approved": "partly",
    "rejected": "rejected",
    "confirm_resolution": "closed",
}
# What these may say, in one language or both.
SAYS_TOO = {
    "frozen_after_all": "failed",
    "closed_by_clock": "closed",
    "freeze_on_closed_ticket": "closed",
    "withdraw": "closed",
    "lifted_unasked": "lifted",
    "lifted_beside_another": "lifted",
}
UNTIL = {
    "request_evidence": "supplement",
    "rejected": "rejection_final",
    "approved": "refund_payout",
    "partly_approved": "refund_payout",
    "confirm_remedy": "confirm",
    "record_refund": "confirm",
    "submit_appeal": "review_limit",
    "request_freeze": "freeze_exec",
    "record_outside_filing": "regulator_accept",
    "record_hand_over": "channel_dispute",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_claims_nothing_that_is_not_its_own(language: str) -> None:
    """All kinds by all claims."""
    with translation.override(language):
        for kind in NOTICE:
            text = " ".join(map(str, NOTICE[kind]))
            made = {name for name, claim in CLAIMS.items() if claim.is_made(text, language)}
            assert made <= {SAYS.get(kind), SAYS_TOO.get(kind)}, (kind, made)
            assert kind not in SAYS or SAYS[kind] in made, kind


def letters_of(ticket: Ticket, after: int) -> Iterator[tuple[Notification, str, str]]:
    """Each new letter to the owner in each language."""
    owner = ticket.owner
    for row in Notification.objects.filter(recipient=owner, pk__gt=after).select_related("ticket").order_by("pk"):
        for owner.language in LANGUAGES:
            message = compose_email(owner, [row])
            html = message.alternatives[0].content
            lines = [line for line in str(message.body).splitlines() if line.strip()]
            assert len(lines) == len(set(lines)), (row.kind, owner.language, lines)
            yield row, owner.language, "\n".join([str(message.subject), str(message.body), html])


def check_letter(row: Notification, language: str, text: str) -> None:
    ticket = row.ticket
    for name, claim in CLAIMS.items():
        assert not claim.is_made(text, language) or claim.holds(ticket), (row.kind, language, name, text)
    if row.kind in SAYS:
        assert CLAIMS[SAYS[row.kind]].is_made(text, language), (row.kind, language)
    with translation.override(language):
        _check_sums(row, text)
        _check_until(row, text)


def _check_sums(row: Notification, text: str) -> None:
    """A sum stands in a letter if it was decided or came back, and none besides."""
    ticket = row.ticket
    told = set(re.findall(r"[¥￥][\d,.]+\d", text))
    returned = {money(each.amount, each.currency) for each in ticket.refunds.all()}
    decision = ticket.decisions.filter(pk=row.data.get("decision")).first()
    granted = {money(each.amount, ticket.currency) for each in decision.remedies.all() if each.amount} if decision else set()
    assert told <= returned | granted, (row.kind, told)
    if row.kind in ("confirm_remedy", "record_refund"):
        assert returned and returned <= told, (row.kind, told)
    if row.kind in ("approved", "partly_approved"):
        assert granted <= told
    for demand in decision.answers if decision else ():
        words = str(DEMAND[demand])
        line = next(line for line in text.splitlines() if words in line)
        refused = translation.pgettext("demand", "Not granted") in line
        assert refused == (demand not in decision.granted), (row.kind, line)


def _check_until(row: Notification, text: str) -> None:
    key = UNTIL.get(row.kind)
    timer = row.ticket.timers.filter(key=key, stopped_at=None, cancelled=False).last() if key else None
    place = row.data.get("target")  # of a letter about one place, the clock of another is no date
    if timer is not None and (not place or place in (TIMERS[timer.key].targets or {place})):
        assert date_words(timer.due_at, row.recipient.timezone) in text, (row.kind, key)


class Walk:
    """One complaint, and each letter it brings about checked as it comes."""

    def __init__(self, ticket: Ticket) -> None:
        self.ref, self.last, self.kinds = ticket.ref, 0, set[str]()
        self.look()

    def look(self) -> None:
        ticket = Ticket.objects.get(ref=self.ref)
        for row, language, text in letters_of(ticket, self.last):
            check_letter(row, language, text)
            self.kinds.add(row.kind)
            latest = row.pk
            self.last = max(self.last, latest)

    def do(self, who, action: str, **data) -> Walk:
        perform(who, self.ref, action, data)
        self.look()
        return self


Steps = tuple[tuple[str, str, dict[str, object]], ...]
IN_PART = approval(remedies=[{"kind": "refund_full", "amount": "60.00"}])
PAID = ("service", "confirm_remedy", {"reference": "R-1"})
WALKS: Mapping[str, tuple[str, Steps]] = {
    "frozen": ("freeze_pending", (("operator", "confirm_freeze", {"reference": "F-1"}),)),
    "not frozen": ("freeze_pending", (("operator", "fail_freeze", {"reason": "没有此账户"}),)),
    "granted": ("under_review", (("reviewer", "approve", approval()), PAID, ("owner", "confirm_resolution", {}))),
    "in part": ("under_review", (("reviewer", "approve", IN_PART), PAID, ("owner", "dispute_resolution", {"reason": "少了"}))),
    "less came": ("remedy_pending", (("service", "record_refund", {"amount": "1.00", "reference": "R-2", "note": "一部分"}),)),
    "came by itself": ("evidence_collection", (("owner", "record_refund", {"amount": "600.00"}),)),
    "refused, outside": (
        "under_review",
        (
            ("reviewer", "reject", rejection()),
            ("owner", "escalate", {"target": "regulator_12315"}),
            ("owner", "record_outside_filing", {"target": "regulator_12315", "filed_at": None, "reference": "12315-1"}),
            ("agent", "record_external_answer", {"target": "regulator_12315", "outcome": "upheld", "reference": "X-1"}),
        ),
    ),
    "refused, handed on": (
        "rejected",
        (
            ("owner", "escalate", {"target": "payment_channel"}),
            ("agent", "record_hand_over", {"target": "payment_channel", "reference": "CH-1"}),
        ),
    ),
    "asked for more": ("under_review", (("reviewer", "request_evidence", {"kinds": ["cs_conversation"], "reason": "请补充"}),)),
    "second level": (
        "rejected",
        (
            ("owner", "escalate", {"target": "l1_internal"}),
            ("supervisor", "uphold_rejection", {"note": "维持", "reference": "X-1"}),
        ),
    ),
    "did not work": ("remedy_pending", (("agent", "fail_remedy", {"reason": "退票"}),)),
}


@pytest.mark.parametrize("name", WALKS)
def test_a_letter_says_what_the_rows_hold_when_it_is_written(people: SimpleNamespace, clock, name: str) -> None:
    status, steps = WALKS[name]
    walk = Walk(MAKERS[Status(status)](people))
    for who, action, data in steps:
        data = {key: timezone.now().isoformat() if key == "filed_at" else value for key, value in data.items()}
        walk.do(getattr(people, who), action, **data)
    assert walk.kinds - {"filed"}


def test_what_waits_for_a_second_signature_is_told_to_nobody_outside(people: SimpleNamespace, clock) -> None:
    ticket = file_ticket(people.owner, filing("merchant_deduction", amount="3000.00"))
    put_evidence(ticket, "pos_record")
    perform(people.owner, ticket.ref, "submit_appeal")
    perform(people.reviewer, ticket.ref, "start_review", {"eta_at": eta()})
    walk = Walk(ticket)
    before = set(walk.kinds)
    walk.do(people.reviewer, "approve", **approval())
    assert walk.kinds == before
    walk.do(people.supervisor, "countersign")
    assert "approved" in walk.kinds


def test_a_registered_complaint_is_not_said_to_be_submitted(people: SimpleNamespace, clock) -> None:
    collecting, handed_in = (MAKERS[Status(status)](people) for status in ("evidence_collection", "appeal_submitted"))
    for ticket, not_yet in ((collecting, True), (handed_in, False)):
        row = ticket.notifications.get(recipient=ticket.owner, kind="filed")
        for people.owner.language, words in (("zh-hans", "申诉还没有提交"), ("en", "not submitted yet")):
            assert (words in str(compose_email(people.owner, [row]).body)) == not_yet


def test_no_kind_that_reaches_an_owner_is_without_words() -> None:
    rows = [*ACTIONS.values(), *EVENTS.values()]
    kinds = {row.key for row in rows if any(notice.to == OWNER for notice in row.tells)}
    assert kinds <= set(NOTICE)
    assert set(SAYS) | set(UNTIL) <= kinds


# ---- Events: over the API, and on the page
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_claims_only_what_is_so(people: SimpleNamespace, browser_of, clock, language: str) -> None:
    """Of complaints in every status: each line of page and API is an event that is there, and says what the rows hold."""
    for status, made in MAKERS.items():
        if status == Status.DRAFT:
            continue
        ticket = made(people)
        client = browser_of(people.owner, language)
        page = main_of(client.get(f"/tickets/{ticket.ref}/"))
        history = page[page.index('id="messages"') :].partition("</section>")[0]
        for name, claim in CLAIMS.items():
            past = name in ("requested", "frozen", "filed", "rejected", "approved", "partly")
            assert not claim.is_made(history, language) or past or claim.holds(ticket), (status, name)
        told = client.get(f"/api/v1/tickets/{ticket.ref}/events/").json()["results"]
        held = set(ticket.events.filter(visibility="public").values_list("seq", "kind"))
        assert {(each["seq"], each["kind"]) for each in told} <= held
        kinds = {each["kind"] for each in told}
        outside = ticket.escalations.exclude(filed_at=None).exclude(target__in=("l1_internal", "payment_channel"))
        assert ("confirm_freeze" in kinds) == ticket.freezes.exclude(active_at=None).exists()
        assert ("record_outside_filing" in kinds) == outside.exists()
        assert "record_refund" not in kinds or ticket.refunds.exists()
