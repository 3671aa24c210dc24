"""Demo people, and complaints in every stage. Does nothing when they are there; needs DEMO=1."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.demo_people import ensure_demo_people
from desk.demo.macros import make_macros
from desk.demo.making import make_demo


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        people = ensure_demo_people()
        made = make_demo(people)
        make_macros()
        print(f"{len(people)} people, {made} complaints made." if made else f"{len(people)} people; their complaints are there.")
