"""Work done after a commit: inspections, the privacy officer's runs. Rows are claimed first, so running twice does no harm."""

from celery import shared_task
from django.utils import timezone

from evidence.intake.inspection import has_turn, inspect, left_behind
from evidence.vault.jobs import take_up
from lib.background import RoomTask, enqueue
from lib.traces import drop_traces


@shared_task(base=RoomTask, name="evidence.inspect_item")
def inspect_item(item_id: int) -> None:
    """Where others of this person are in hand, it waits: the one that ends sends the next, behind everybody else's."""
    now = timezone.now()
    if not has_turn(item_id, now):
        return
    inspect(item_id, now)
    left = left_behind(item_id, now)
    if left is not None:
        enqueue("evidence.inspect_item", left)


@shared_task(base=RoomTask, name="evidence.drop_traces")
def drop_traces_task() -> None:
    """After somebody was erased; once more an hour later, where others were busy."""
    drop_traces()


@shared_task(base=RoomTask, name="evidence.run")
def carry_out_run(run_id: int) -> None:
    take_up(run_id, timezone.now())
