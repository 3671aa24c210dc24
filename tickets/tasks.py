"""Work done after a commit: sending notices, calling the freeze adapter. Rows are claimed first, so running twice does no harm."""

from celery import shared_task
from django.utils import timezone

from tickets import adapters, delivery
from tickets.background import RoomTask


@shared_task(base=RoomTask, name="tickets.deliver_notifications")
def deliver_notifications() -> None:
    delivery.deliver_waiting(timezone.now())


@shared_task(base=RoomTask, name="tickets.call_freeze_adapter")
def call_freeze_adapter(freeze_id: int) -> None:
    adapters.call_adapter(freeze_id, timezone.now())
