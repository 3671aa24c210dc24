"""What a customer chose to be told when; and what comes at once whatever was chosen."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import EmailFrequency, User
from tickets.delivery.preferences import kinds_of
from tickets.delivery.sending import deliver_waiting
from tickets.models import Notification
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.workflow import ACTIONS, EVENTS
from tickets.workflow.recipients import ASSIGNEE_LATER, OWNER_LATER, OWNER_NOW, Preference

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
State = Notification.State
# At once whatever was chosen: freeze, breach, decision, request for evidence, a person's reply.
AT_ONCE = {
    "request_freeze",
    "confirm_freeze",
    "fail_freeze",
    "lift_freeze",
    "request_evidence",
    "approved",
    "rejected",
    "reply",
    "fail_remedy",
}


@pytest.fixture
def ticket(clock, mei):
    made = file_ticket(mei, filing())
    made.notifications.all().delete()
    return made


def put(ticket, kind, *, urgent, at=None, recipient=None) -> Notification:
    now = timezone.now()
    return Notification.objects.create(
        ticket=ticket, recipient=recipient or ticket.owner, kind=kind, urgent=urgent, created_at=now, not_before=at or now
    )


def chose(person: User, **paces) -> None:
    User.objects.filter(pk=person.pk).update(**paces)


def tomorrow_at_nine() -> datetime:
    return datetime.fromisoformat("2026-03-11T09:00:00+08:00")


def test_only_what_may_wait_is_for_choosing():
    rows = {**EVENTS, **ACTIONS}
    steps, reminders, news = (set(kinds_of(each)) for each in (Preference.STEP, Preference.REMINDER, Preference.NEWS))
    assert set(kinds_of(Preference.ALWAYS)) >= AT_ONCE
    assert all(OWNER_NOW in rows[kind].tells for kind in steps)
    assert all(OWNER_LATER in rows[kind].tells for kind in news)
    later = {kind for kind, row in rows.items() if OWNER_LATER in row.tells}
    assert later <= reminders | news, "whatever comes in the digest can be chosen"


@pytest.mark.parametrize("kind", sorted(AT_ONCE))
def test_what_must_come_at_once_does_whatever_was_chosen(ticket, mei, kind):
    chose(
        mei, steps_by_mail=EmailFrequency.DAILY, reminders_by_mail=EmailFrequency.DAILY, news_by_mail=EmailFrequency.NEVER, digest_hour=20
    )
    put(ticket, kind, urgent=True)
    assert deliver_waiting(timezone.now()) == 1
    assert len(mail.outbox) == 1


def test_a_date_with_less_than_a_day_left_comes_at_once(ticket, mei):
    chose(mei, reminders_by_mail=EmailFrequency.DAILY, digest_hour=20)
    put(ticket, "timer.warned", urgent=True)
    assert deliver_waiting(timezone.now()) == 1


def test_steps_can_wait_for_the_digest(ticket, mei, clock):
    chose(mei, steps_by_mail=EmailFrequency.DAILY)
    put(ticket, "filed", urgent=True)
    put(ticket, "submit_appeal", urgent=True)
    assert deliver_waiting(timezone.now()) == 0
    clock(tomorrow_at_nine() - timedelta(seconds=1))
    assert deliver_waiting(timezone.now()) == 0
    clock(tomorrow_at_nine())
    assert deliver_waiting(timezone.now()) == 2
    assert len(mail.outbox) == 1


def test_news_can_come_at_once_or_not_at_all(ticket, mei):
    chose(mei, news_by_mail=EmailFrequency.AT_ONCE)
    put(ticket, "start_review", urgent=False, at=tomorrow_at_nine())
    assert deliver_waiting(timezone.now()) == 1
    chose(mei, news_by_mail=EmailFrequency.NEVER)
    row = put(ticket, "start_review", urgent=False, at=tomorrow_at_nine())
    reminder = put(ticket, "evidence_rejected", urgent=False, at=tomorrow_at_nine())
    assert deliver_waiting(timezone.now()) == 0
    row.refresh_from_db()
    reminder.refresh_from_db()
    assert (row.state, reminder.state) == (State.SHOWN, State.PENDING)


def test_reminders_can_come_at_once(ticket, mei):
    chose(mei, reminders_by_mail=EmailFrequency.AT_ONCE)
    put(ticket, "timer.warned", urgent=False, at=tomorrow_at_nine())
    assert deliver_waiting(timezone.now()) == 1


@pytest.mark.parametrize(
    ("hour", "zone", "at"),
    [(21, "", "2026-03-10T21:00:00+08:00"), (7, "", "2026-03-11T07:00:00+08:00"), (9, "America/New_York", "2026-03-10T09:00:00-04:00")],
)
def test_the_digest_comes_at_the_hour_and_place_that_were_chosen(ticket, mei, clock, hour, zone, at):
    clock("2026-03-10T20:52:00+08:00")
    chose(mei, digest_hour=hour, timezone=zone)
    put(ticket, "start_review", urgent=False, at=tomorrow_at_nine())
    due = datetime.fromisoformat(at)
    clock(due - timedelta(seconds=1))
    assert deliver_waiting(timezone.now()) == 0
    clock(due)
    assert deliver_waiting(timezone.now()) == 1


def test_still_one_digest_a_day(ticket, mei, clock):
    chose(mei, digest_hour=21)
    put(ticket, "start_review", urgent=False)
    clock("2026-03-10T21:00:00+08:00")
    assert deliver_waiting(timezone.now()) == 1
    put(ticket, "escalate", urgent=False, at=timezone.now())
    clock("2026-03-10T21:05:00+08:00")
    assert deliver_waiting(timezone.now()) == 0
    clock("2026-03-11T21:00:00+08:00")
    assert deliver_waiting(timezone.now()) == 1


def test_choices_are_for_ones_own_complaints(ticket, lin):
    chose(lin, news_by_mail=EmailFrequency.NEVER)
    assert ASSIGNEE_LATER in ACTIONS["return_to_review"].tells
    row = put(ticket, "escalate", urgent=False, recipient=lin)
    deliver_waiting(timezone.now())
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_digest_can_be_turned_off_in_the_mail_program_and_a_letter_at_once_cannot(ticket, mei):
    put(ticket, "start_review", urgent=False)
    put(ticket, "approved", urgent=True)
    deliver_waiting(timezone.now())
    by_kind = {"List-Unsubscribe" in sent.extra_headers: sent for sent in mail.outbox}
    assert by_kind[True].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert by_kind[True].extra_headers["List-Unsubscribe"].startswith("<http")
    assert "已获支持" in by_kind[False].subject
