"""Where Celery looks for this room's tasks."""

from accounts.sms import send_text_task

__all__ = ["send_text_task"]
