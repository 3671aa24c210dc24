"""Work done after a commit: notices, the freeze adapter, many reports of one kind. Rows are claimed first: twice does no harm."""

from celery import shared_task
from django.utils import timezone

from lib.background import RoomTask, enqueue
from lib.duties.running import run_duty
from tickets.delivery import deliveries, freeze_adapter, sending
from tickets.incidents import detection


@shared_task(base=RoomTask, name="tickets.deliver_notifications")
def deliver_notifications() -> None:
    """Urgent ones; a digest is no work for whoever a freeze waits for."""
    run_duty(sending.deliver_urgent, timezone.now())


@shared_task(base=RoomTask, name="tickets.deliver_to_channels")
def deliver_to_channels() -> None:
    """Urgent messages as a task each: somebody's slow server then costs one worker, and not their turn."""
    now = timezone.now()
    run_duty(deliveries.put_onto_channels, now)
    for pk in deliveries.urgent_waiting(now):
        enqueue(send_delivery, pk)
    enqueue(send_deliveries)


@shared_task(base=RoomTask, name="tickets.send_delivery")
def send_delivery(pk: int) -> None:
    deliveries.send_delivery(pk, timezone.now())


@shared_task(base=RoomTask, name="tickets.send_deliveries")
def send_deliveries() -> None:
    run_duty(deliveries.send_some, timezone.now())


@shared_task(base=RoomTask, name="tickets.call_freeze_adapter")
def call_freeze_adapter(call_id: int) -> None:
    freeze_adapter.call_adapter(call_id, timezone.now())


@shared_task(base=RoomTask, name="tickets.suggest_incidents")
def suggest_incidents(category: str) -> None:
    detection.suggest_incidents(timezone.now(), category)
