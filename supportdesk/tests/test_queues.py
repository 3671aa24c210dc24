"""Every task has its queue and its limits; what waits for a person or the clock shares none with files, letters or foreign servers."""

import inspect as source_of
import re
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import sms
from api.webhooks import sending as webhooks
from evidence.intake import inspection
from lib.outbound_http import HttpAnswer
from lib.outbox import Outbox
from supportdesk.celery import app
from supportdesk.queues import QUEUES, SIGN_OF_LIFE, queue_of
from tickets.delivery import deliveries, freeze_adapter, sending

# Whose rows are tried again by which duty.
SWEEPS = {
    "accounts.send_texts": sms.OUTBOX,
    "api.call_webhooks": webhooks.OUTBOX,
    "tickets.call_adapters": freeze_adapter.OUTBOX,
    "tickets.send_channel_messages": deliveries.OUTBOX,
    "tickets.send_notifications": sending.OUTBOX,
}


def own_tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith(("celery.", "supportdesk.tests."))}


def without_queue(names: set[str]) -> set[str]:
    return names - set(queue_of()) - {SIGN_OF_LIFE}


def test_every_task_has_a_queue() -> None:
    assert not without_queue(own_tasks())
    assert set(queue_of()) <= own_tasks(), "a queue for a task that is none"


def test_the_check_itself_finds_a_task_without_a_queue() -> None:
    assert without_queue({*own_tasks(), "tickets.forgotten"}) == {"tickets.forgotten"}


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("tickets.call_freeze_adapter", "urgent"),
        ("tickets.send_delivery", "urgent"),
        ("accounts.send_text", "urgent"),
        ("tickets.fire_due_timers", "clock"),
        ("tickets.send_notifications", "mail"),
        ("evidence.inspect_item", "files"),
        ("tickets.count_reports", "files"),
        ("api.call_receiver", "outside"),
    ],
)
def test_what_waits_where(task: str, queue: str) -> None:
    assert app.amqp.router.route({}, task)["queue"].name == queue


def test_a_message_goes_into_one_queue_only() -> None:
    places = {(queue.exchange.name, queue.routing_key) for queue in app.amqp.queues.values()}
    assert len(places) == len(QUEUES)


def test_every_task_has_limits() -> None:
    for name in own_tasks() - {SIGN_OF_LIFE}:
        task = app.tasks[name]
        assert task.soft_time_limit and task.time_limit, name
        assert task.soft_time_limit < task.time_limit


def test_what_the_clock_asks_for_never_expires_unseen() -> None:
    for entry in app.conf.beat_schedule.values():
        lasting = entry["task"] != SIGN_OF_LIFE and queue_of()[entry["task"]]["queue"] in ("urgent", "clock")
        assert ("expires" in entry["options"]) != lasting, entry["task"]


@pytest.mark.parametrize("sweep", SWEEPS)
def test_what_failed_is_tried_again_by_its_own_schedule(sweep: str) -> None:
    """A sweep that comes less often than the first pause makes five minutes of ten seconds."""
    period = next(entry["schedule"] for entry in app.conf.beat_schedule.values() if entry["task"] == sweep)
    assert timedelta(seconds=period) <= SWEEPS[sweep].pauses[0]


def test_no_outbox_is_forgotten_above() -> None:
    import gc

    known = [id(outbox) for outbox in (*SWEEPS.values(), inspection.OUTBOX)]
    models = {outbox.model for outbox in gc.get_objects() if type(outbox) is Outbox and outbox.pauses and id(outbox) not in known}
    assert models <= {outbox.model for outbox in SWEEPS.values()}


# ---- Duties go over rows one by one
# `sum(_bind(pk, now) for pk in …)`: the first that raises ends it for all behind it.
BARE_LOOP = re.compile(r"(sum\(|\[)\w+\((pk|key|row|each|held|found)\b[^\n]*\) for ")


def bare_loops(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if BARE_LOOP.search(line)]


def test_no_duty_goes_over_rows_without_setting_aside() -> None:
    app.loader.import_default_modules()
    duties = [duty for module in list(sys.modules.values()) for duty in getattr(module, "DUTIES", {}).values()]
    assert len(duties) > 20
    sources = {duty.__module__ for duty in duties}
    found = {name: bare_loops("\n".join(source_of.getsource(d) for d in duties if d.__module__ == name)) for name in sources}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_check_itself_finds_a_bare_loop() -> None:
    assert bare_loops("    return sum(_bind(pk, now) for pk in list(proven))")
    assert bare_loops("    return [_carry_out(pk, now) for pk in due].count(True)")


def test_every_duty_that_beat_calls_is_run_one_at_a_time() -> None:
    for entry in app.conf.beat_schedule.values():
        task = app.tasks[entry["task"]]
        if entry["task"] not in (SIGN_OF_LIFE, "supportdesk.ping"):
            assert "run_dut" in source_of.getsource(task.run), entry["task"]


@pytest.mark.django_db
def test_a_slow_receiver_takes_no_turn_of_the_others(monkeypatch: pytest.MonkeyPatch, mei, clock) -> None:
    """4.5 s for each call, 500 waiting: it is left after its time, the next one's turn comes, and a second run of it does not begin."""
    from api.models import Webhook, WebhookDelivery
    from api.periodic import call_receiver_task
    from lib.duties.running import take

    now = clock("2026-07-06T09:00:00+08:00")
    slow, quick = (
        Webhook.objects.create(created_by=mei, url=f"https://{name}.example/", types=[], created_at=now) for name in ("slow", "quick")
    )
    old = now - timedelta(minutes=10)
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(webhook=slow, type="ping", created_at=old, next_at=old) for _n in range(500)]
        + [WebhookDelivery(webhook=quick, type="ping", created_at=now, next_at=now) for _n in range(3)]
    )
    calls: list[str] = []

    def post(url: str, *_: object) -> object:
        calls.append(url)
        if "slow" in url:
            clock(timezone.now() + timedelta(seconds=4.5))
        return HttpAnswer(200)

    monkeypatch.setattr(webhooks, "post", post)
    assert webhooks.waiting_receivers(now)[0] == quick.pk
    began = timezone.now()
    call_receiver_task(slow.pk)
    assert len(calls) == 2
    assert timezone.now() - began < timedelta(seconds=15)
    call_receiver_task(quick.pk)
    assert calls[2:] == [quick.url] * 3
    assert take(f"api.call_receiver {slow.pk}")
    call_receiver_task(slow.pk)
    assert len(calls) == 5, "it runs elsewhere"
