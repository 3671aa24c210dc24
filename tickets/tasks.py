"""Work done after a commit: notices, the freeze adapter, many reports of one kind. Rows are claimed first: twice does no harm."""

from celery import shared_task
from django.utils import timezone

from lib.background import RoomTask
from tickets.delivery import freeze_adapter, sending
from tickets.incidents import detection


@shared_task(base=RoomTask, name="tickets.deliver_notifications")
def deliver_notifications() -> None:
    sending.deliver_waiting(timezone.now())


@shared_task(base=RoomTask, name="tickets.call_freeze_adapter")
def call_freeze_adapter(freeze_id: int) -> None:
    freeze_adapter.call_adapter(freeze_id, timezone.now())


@shared_task(base=RoomTask, name="tickets.suggest_incidents")
def suggest_incidents(category: str) -> None:
    detection.suggest_incidents(timezone.now(), category)
