"""Write docs/states.md from the table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tickets.workflow.diagram import document


class Command(BaseCommand):
    help = "Write docs/states.md: the diagram and the table of actions."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "states.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"Wrote {path.name}.")
