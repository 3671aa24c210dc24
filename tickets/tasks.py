"""Work done after a commit: notices, the freeze adapter, many reports of one kind. Rows are claimed first: twice does no harm."""

from celery import shared_task
from django.utils import timezone

from tickets import adapters, delivery, suggesting
from tickets.background import RoomTask


@shared_task(base=RoomTask, name="tickets.deliver_notifications")
def deliver_notifications() -> None:
    delivery.deliver_waiting(timezone.now())


@shared_task(base=RoomTask, name="tickets.call_freeze_adapter")
def call_freeze_adapter(freeze_id: int) -> None:
    adapters.call_adapter(freeze_id, timezone.now())


@shared_task(base=RoomTask, name="tickets.suggest_incidents")
def suggest_incidents(category: str) -> None:
    suggesting.suggest_incidents(timezone.now(), category)
