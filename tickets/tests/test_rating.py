"""How did it go? One row for each closing, the owner's alone, changeable for fourteen days."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tickets.cases.case import Case
from tickets.models import Event, Rating
from tickets.operations import file_ticket, perform, rate
from tickets.operations.erase_texts import forget_texts
from tickets.periodic import send_notifications
from tickets.tests.making import approval, filing, submitted, under_review
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal, WrongStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(mei, chen, adapter):
    ticket = under_review(mei, chen)
    perform(chen, ticket.ref, "approve", approval())
    perform(adapter, ticket.ref, "confirm_remedy", {"reference": "R-1"})
    return perform(mei, ticket.ref, "confirm_resolution")


def test_it_is_kept_with_the_closing_it_was_said_of(mei, closed):
    rate(mei, closed.ref, {"score": "4", "in_time": "true", "comment": "很快"})
    row = Rating.objects.get()
    assert (row.score, row.in_time, row.comment, row.closed_at) == (4, True, "很快", closed.closed_at)
    assert Event.objects.filter(kind="rated").get().data == {"score": 4}


def test_only_the_score_is_needed(mei, closed):
    rate(mei, closed.ref, {"score": "1"})
    assert (Rating.objects.get().in_time, Rating.objects.get().comment) == (None, "")


def test_said_again_it_is_the_same_row(mei, closed, time_machine):
    first = rate(mei, closed.ref, {"score": "1"})
    time_machine.move_to(timezone.now() + timedelta(days=13, hours=23))
    again = rate(mei, closed.ref, {"score": "5"})
    assert (again.pk, again.score, again.at) == (first.pk, 5, first.at)
    assert again.changed_at > again.at


def test_after_fourteen_days_it_stands(mei, closed, time_machine):
    rate(mei, closed.ref, {"score": "3"})
    time_machine.move_to(closed.closed_at + timedelta(days=14, seconds=1))
    with pytest.raises(Refusal) as refused:
        rate(mei, closed.ref, {"score": "5"})
    assert refused.value.code == "RATING_WINDOW_OVER"
    assert Rating.objects.get().score == 3


def test_it_is_the_owners_alone(wang, lin, zhao, closed):
    with pytest.raises(NotFound):
        rate(wang, closed.ref, {"score": "1"})
    for person in (lin, zhao):
        with pytest.raises(Forbidden):
            rate(person, closed.ref, {"score": "5"})
    assert Rating.objects.count() == 0


def test_nobody_is_asked_before_the_closing(mei, chen):
    with pytest.raises(WrongStatus):
        rate(mei, under_review(mei, chen).ref, {"score": "5"})


def test_nor_about_what_they_took_back_or_what_goes_on_elsewhere(mei, lin):
    keep, gone = submitted(mei), submitted(mei)
    perform(lin, gone.ref, "merge", {"into": keep.ref})
    withdrawn = file_ticket(mei, filing("merchant_deduction"))
    perform(mei, withdrawn.ref, "withdraw")
    for ref in (withdrawn.ref, gone.ref):
        with pytest.raises(WrongStatus):
            rate(mei, ref, {"score": "5"})


def test_a_second_closing_is_asked_about_again(mei, zhao, closed, time_machine):
    rate(mei, closed.ref, {"score": "2"})
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    perform(mei, closed.ref, "reopen", {"reason": "又被扣了"})
    perform(zhao, closed.ref, "reopen", {"reason": "重看"})
    closed.order_references.all().delete()  # what came back once for an order does not come back again
    perform(mei, closed.ref, "record_refund", {"amount": str(closed.amount)})
    perform(mei, closed.ref, "confirm_resolution")
    rate(mei, closed.ref, {"score": "5"})
    assert list(Rating.objects.order_by("pk").values_list("score", flat=True)) == [2, 5]


@pytest.mark.parametrize("score", ["0", "6", "", "x", "1.5", None, "５0", [5], True])
def test_what_is_no_score_is_refused(mei, closed, score):
    with pytest.raises(Invalid) as refused:
        rate(mei, closed.ref, {"score": score})
    assert set(refused.value.errors) == {"score"}


def test_secrets_are_not_kept(mei, closed):
    rate(mei, closed.ref, {"score": "5", "comment": "我的卡 4111111111111111"})
    assert "4111111111111111" not in Rating.objects.get().comment
    with pytest.raises(Invalid) as refused:
        rate(mei, closed.ref, {"score": "5", "comment": "验证码 482913"})
    assert set(refused.value.errors) == {"comment"}


def test_saying_the_same_again_writes_no_history(mei, closed):
    for _press in range(3):
        rate(mei, closed.ref, {"score": "5", "comment": "谢谢"})
    assert closed.events.filter(kind="rated").count() == 1
    rate(mei, closed.ref, {"score": "2"})
    assert closed.events.filter(kind="rated").count() == 2


def test_forgetting_takes_the_words_and_leaves_the_score(mei, closed):
    rate(mei, closed.ref, {"score": "5", "comment": "谢谢小林"})
    forget_texts(Case(closed, timezone.now(), mei))
    assert (Rating.objects.get().comment, Rating.objects.get().score) == ("", 5)


def test_the_closing_letter_asks_without_a_detail(mei, closed, time_machine, settings, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    time_machine.move_to(timezone.now() + timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        send_notifications(timezone.now())
    letter = next(each for each in mail.outbox if each.to == [mei.email] and "rating" in each.body)
    assert f"{settings.SITE_URL}/tickets/{closed.ref}/rating/" in letter.body
    assert "128" not in letter.body.replace(closed.ref, "")  # the reference carries the day: 20261128
