"""The letterbox room: the door for answers by e-mail."""

from django.apps import AppConfig


class LetterboxConfig(AppConfig):
    name = "letterbox"
    default_auto_field = "django.db.models.BigAutoField"
