"""The house itself: no models, only what concerns all rooms."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from supportdesk.interpreter import check_interpreter
from supportdesk.upgrading import is_all_or_none


class SupportdeskConfig(AppConfig):
    name = "supportdesk"

    def ready(self) -> None:
        register(is_all_or_none, Tags.database, "upgrade")
        register(check_interpreter, Tags.security)
