"""Where Celery looks for this room's tasks."""

from accounts.letters import send_letter_task
from accounts.sms import send_text_task

__all__ = ["send_letter_task", "send_text_task"]
