"""Where Celery looks for this room's tasks."""

from accounts.texting import send_text_task

__all__ = ["send_text_task"]
