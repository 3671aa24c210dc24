"""The inbound mail room: the door for answers by e-mail."""

from django.apps import AppConfig


class InboundMailConfig(AppConfig):
    name = "inbound_mail"
    label = "letterbox"  # the tables and migrations are known by it
    default_auto_field = "django.db.models.BigAutoField"
