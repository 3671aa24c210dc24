"""Work of the desk after a commit: a reply goes out once its moment to be taken back is over."""

from celery import shared_task
from django.utils import timezone

from desk.ticket.sending import release_due
from lib.background import RoomTask


@shared_task(base=RoomTask, name="desk.send_replies")
def send_replies() -> None:
    release_due(timezone.now())
