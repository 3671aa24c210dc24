"""A rejection contested point by point: kept with the escalation, shown to the desk, forgotten with the rest."""

import pytest

from tickets.cases.case import Case
from tickets.cases.timeline import timeline
from tickets.models import Event
from tickets.operations import perform
from tickets.operations.erase_texts import forget_texts
from tickets.tests.making import rejection, under_review
from tickets.workflow.errors import Invalid

pytestmark = pytest.mark.django_db
CARD = "4111 1111 1111 1111"  # valid by its check digit


@pytest.fixture
def rejected(mei, chen):
    ticket = under_review(mei, chen)
    return perform(chen, ticket.ref, "reject", rejection(answers=dict.fromkeys(ticket.demands, "不予支持。")))


def escalate(mei, ticket, points, **more):
    return perform(mei, ticket.ref, "escalate", {"target": "l1_internal", "points": points, **more})


def point(text="记录里没有我的签名。", demand="refund"):
    return {"demand": demand, "text": text}


def test_what_is_said_to_each_answer_is_kept_with_the_escalation(mei, rejected):
    escalate(mei, rejected, [point()], reason="请重看")
    escalation = rejected.escalations.get()
    assert escalation.points == [point()]
    assert escalation.reason == "请重看"


def test_points_are_optional_as_before(mei, rejected):
    perform(mei, rejected.ref, "escalate", {"target": "l1_internal", "reason": "不同意"})
    assert rejected.escalations.get().points == []
    assert Event.objects.filter(kind="escalate").get().data == {"target": "l1_internal"}


def test_history_names_the_demands_and_shows_the_words_of_the_row(mei, rejected):
    case = Case(escalate(mei, rejected, [point()]), rejected.updated_at, mei)
    assert Event.objects.filter(kind="escalate").get().data["contested"] == ["refund"]
    assert "没有我的签名" not in str(list(Event.objects.values_list("data", flat=True)))
    told = next(moment for moment in timeline(case) if moment.kind == "escalate").detail
    assert "没有我的签名" in told


def test_forgetting_takes_the_words_and_leaves_the_line_of_history(mei, rejected):
    case = Case(escalate(mei, rejected, [point()]), rejected.updated_at, mei)
    forget_texts(case)
    assert rejected.escalations.get().points == []
    again = Case(rejected, rejected.updated_at, mei)
    assert "没有我的签名" not in next(moment for moment in timeline(again) if moment.kind == "escalate").detail


def test_card_numbers_are_masked(mei, rejected):
    escalate(mei, rejected, [point(f"卡号 {CARD} 不是我的")])
    said = rejected.escalations.get().points[0]["text"]
    assert "1111 1111" not in said
    assert "****" in said


def test_a_one_time_code_is_refused_where_it_stands(mei, rejected):
    with pytest.raises(Invalid) as refused:
        escalate(mei, rejected, [point("验证码是 482913")])
    assert set(refused.value.errors) == {"points.refund"}
    with pytest.raises(Invalid) as refused:
        escalate(mei, rejected, [point()], reason="验证码是 482913")
    assert set(refused.value.errors) == {"reason"}
    assert rejected.escalations.count() == 0


@pytest.mark.parametrize(
    "points",
    [
        "nonsense", {"refund": "x"}, [1], [{"demand": "refund"}], [{"demand": "refund", "text": "  "}], [{"demand": "moon", "text": "x"}],
        [{"demand": "refund", "text": "x", "more": 1}], [{"demand": "refund", "text": "x"}, {"demand": "refund", "text": "y"}],
        [{"demand": "compensation", "text": "never demanded"}], [{"demand": "refund", "text": "x" * 20_001}], [{"demand": [], "text": "x"}],
    ],
)  # fmt: skip
def test_what_is_no_list_of_points_is_refused_at_its_field(mei, rejected, points):
    with pytest.raises(Invalid) as refused:
        escalate(mei, rejected, points)
    assert set(refused.value.errors) == {"points"}
