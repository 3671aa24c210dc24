"""What this room does by itself: lost text messages and letters are sent, unusual reading is told of, old rows are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from accounts import attempt_counter, guarded, letters, read_alarms, sms, staff_sessions
from accounts.entry_links import forget_platform_words
from accounts.known_devices import forget_networks
from lib.duties.running import run_duties

TEXT_DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "text messages sent": sms.send_waiting,
    "text messages forgotten": sms.forget_old,
    "words of the platform forgotten": forget_platform_words,
    "networks forgotten": forget_networks,
}
LETTER_DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "letters about accounts sent": letters.send_waiting,
    "letters about accounts forgotten": letters.forget_old,
    "guesses at codes forgotten": attempt_counter.forget_old,
}
READ_DUTIES: Mapping[str, Callable[[datetime], int]] = {
    "guarded changes carried out": guarded.carry_out_due,
    "unusual readings told": read_alarms.tell_of_unusual_reads,
    "readings forgotten": read_alarms.forget_reads,
    "alarms of readings forgotten": read_alarms.forget_alarms,
    "sessions forgotten": staff_sessions.forget_sessions,
    "places signed in forgotten": staff_sessions.forget_places,
}
DUTIES: Mapping[str, Callable[[datetime], int]] = {**TEXT_DUTIES, **LETTER_DUTIES, **READ_DUTIES}


@shared_task(name="accounts.send_texts", acks_late=True, ignore_result=True)
def send_texts_task() -> None:
    """Beat: text messages."""
    run_duties(TEXT_DUTIES.values(), timezone.now())


@shared_task(name="accounts.send_letters", acks_late=True, ignore_result=True)
def send_letters_task() -> None:
    """Beat: letters about signing in, and about the account."""
    run_duties(LETTER_DUTIES.values(), timezone.now())


@shared_task(name="accounts.watch_reads", acks_late=True, ignore_result=True)
def watch_reads_task() -> None:
    """Beat: who read unusually much, changes of the administration whose date has come, and sessions that are over."""
    run_duties(READ_DUTIES.values(), timezone.now())
