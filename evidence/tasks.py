"""Work done after a commit: inspections, the privacy officer's runs. Rows are claimed first, so running twice does no harm."""

from celery import shared_task
from django.utils import timezone

from evidence.intake.inspection import inspect
from evidence.vault.jobs import take_up
from lib.background import RoomTask


@shared_task(base=RoomTask, name="evidence.inspect_item")
def inspect_item(item_id: int) -> None:
    inspect(item_id, timezone.now())


@shared_task(base=RoomTask, name="evidence.run")
def carry_out_run(run_id: int) -> None:
    take_up(run_id, timezone.now())
