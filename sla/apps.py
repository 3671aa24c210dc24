"""The sla room."""

from django.apps import AppConfig


class SLAConfig(AppConfig):
    name = "sla"
    default_auto_field = "django.db.models.BigAutoField"
