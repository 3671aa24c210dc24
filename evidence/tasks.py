"""Work done after a commit: inspecting what was uploaded. Rows are claimed first, so running twice does no harm."""

from celery import shared_task
from django.utils import timezone

from evidence.inspection import inspect
from tickets.background import RoomTask


@shared_task(base=RoomTask, name="evidence.inspect_item")
def inspect_item(item_id: int) -> None:
    inspect(item_id, timezone.now())
