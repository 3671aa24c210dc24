"""My complaint on a phone, in every status: the sum, the next act and its date on the first screen, and no page long. Printed with -s."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from accounts.models import User
from browser.conftest import PHONE, Visit, let_in
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import filing
from tickets.tests.stages import BODY, MAKERS, closed, eta, evidence_collection, freeze_pending, under_review
from tickets.workflow import Status

pytestmark = pytest.mark.browser
SCREEN = PHONE["viewport"]["height"]
LONGEST = 2.5 * SCREEN
# Bottoms of what the first screen must hold (the first of each that is seen), and the height of the page as it comes and folded.
MEASURE = """() => {
  const seen = (css) => [...document.querySelectorAll(css)].filter((each) => each.getBoundingClientRect().height)
  const bottom = (css) => Math.ceil(Math.min(Infinity, ...seen(css).map((each) => each.getBoundingClientRect().bottom + scrollY)))
  const found = { sum: bottom('[data-sum]'), act: bottom('[data-next-act]'), date: bottom('[data-next-date]') }
  found.arrives = document.documentElement.scrollHeight
  document.querySelectorAll('details.fold').forEach((each) => { each.open = false })
  return { ...found, folded: document.documentElement.scrollHeight }
}"""


@pytest.fixture
def people(lasting: None, mei: User, lin: User, zhou: User, chen: User, zhao: User, adapter: User) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


def nothing_added(p: SimpleNamespace) -> Ticket:
    return file_ticket(p.owner, filing(**BODY))


def freeze_failed(p: SimpleNamespace) -> Ticket:
    return perform(p.operator, freeze_pending(p).ref, "fail_freeze", {"reason": "因为需要"})


def many_words(p: SimpleNamespace) -> Ticket:
    """A long request for evidence after a long answer."""
    ticket = under_review(p)
    post_message(p.agent, ticket.ref, {"body": "我们正在向支付公司核实这笔扣款。" * 60, "eta_at": eta()})
    asked = {"kinds": ["cs_conversation"], "reason": "请补充与客服的沟通记录。" * 15}
    return perform(p.reviewer, ticket.ref, "request_evidence", asked)


def shop_matter(p: SimpleNamespace) -> Ticket:
    return perform(p.agent, evidence_collection(p).ref, "route_after_sale", {"reason": "因为需要"})


def asked_to_reopen(p: SimpleNamespace) -> Ticket:
    return perform(p.owner, closed(p).ref, "reopen", {"reason": "因为需要"})


Maker = Callable[[SimpleNamespace], Ticket]
BESIDE: tuple[Maker, ...] = (nothing_added, freeze_failed, many_words, shop_matter, asked_to_reopen)
WITH_A_FORM = ("needs_evidence", "many_words")  # stands open for what was asked for
OF_STATUS = {str(status): make for status, make in MAKERS.items() if status != Status.DRAFT}
STAGES: dict[str, Maker] = {**OF_STATUS, **{make.__name__: make for make in BESIDE}}


def look_at(me: Visitor, name: str, ref: str) -> list[str]:
    """What is too low or too long on this page, in words."""
    me.open(f"/tickets/{ref}/")
    found = me.page.evaluate(MEASURE)
    sys.stdout.write(f"{me.language:8}{name:20}{found}\n")
    low = [f"{what} ends at {found[what]}" for what in ("sum", "act", "date") if not 0 < found[what] <= SCREEN]
    judged = ("folded",) if name in WITH_A_FORM else ("arrives", "folded")
    long = [f"{what}: {found[what]}" for what in judged if found[what] > LONGEST]
    return [f"{me.language} {name}: {wrong}" for wrong in low + long]


def test_the_next_act_its_date_and_the_sum_are_on_the_first_screen_and_no_page_is_long(visit: Visit, people: SimpleNamespace) -> None:
    refs = {name: make(people).ref for name, make in STAGES.items()}
    wrong = []
    for language in ("zh-hans", "en"):
        me = visit(language)
        me.unfolding = me.overlooking = False
        let_in(me, people.owner)
        wrong += [each for name, ref in refs.items() for each in look_at(me, name, ref)]
    assert not wrong, "\n".join(wrong)
