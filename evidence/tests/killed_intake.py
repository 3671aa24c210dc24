"""A process of the desk that is killed in a step of the intake, as by `kill -9`. `python -m evidence.tests.killed_intake put|…|sweep`."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import timedelta

import django


def die(*args: object, **kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def nothing(*args: object) -> None:
    """The broker is away, too."""


def main(step: str) -> None:
    django.setup()
    from accounts.models import User
    from evidence.intake import inspection, uploads
    from evidence.tests import making
    from evidence.vault import store
    from tickets.models import Ticket

    uploads.enqueue = nothing
    owner = User.objects.get(email="owner@example.com")
    ref = Ticket.objects.get().ref
    if step == "put":
        uploads._add_item = die
    item = uploads.upload(owner, ref, {"kind": "transaction_screenshot"}, making.file(making.png(), f"{step}.png"))
    if step == "row":
        die()
    if step == "half_copied":
        put = store.put
        inspection.store.put = lambda data: (put(data), die())
    else:
        setattr(inspection, {"claimed": "_examine", "examined": "_accept", "copied": "_finish"}[step], die)
    inspection.inspect(item.pk, django.utils.timezone.now())


def sweep() -> None:
    """Two hours later."""
    django.setup()
    import time_machine

    from evidence.models import EvidenceItem, SealedFile
    from evidence.periodic import inspect_waiting, sweep_orphans

    now = django.utils.timezone.now() + timedelta(hours=2)
    with time_machine.travel(now):
        inspected, swept = inspect_waiting(now), sweep_orphans(now)
        again = inspect_waiting(now), sweep_orphans(now)
    from evidence.vault import store

    items = EvidenceItem.objects.order_by("pk")
    named = {name for item in items for name in item.names}
    told = {
        "states": dict(items.values_list("original_name", "state")),
        "inspected": inspected,
        "swept": swept,
        "again": again,
        "orphans": sorted(set(store.names()) ^ named),
        "rows": SealedFile.objects.filter(item=None).count(),
        "readable": all(store.read(name) for name in named),
    }
    sys.stdout.write(json.dumps(told))


def prepare() -> None:
    """A ticket to put things into."""
    django.setup()
    from tickets.operations import file_ticket
    from tickets.tests.cast import person
    from tickets.tests.making import filing

    file_ticket(person("owner@example.com"), {**filing(), "incident_at": None, "discovered_at": None})


if __name__ == "__main__":
    {"prepare": prepare, "sweep": sweep}.get(sys.argv[1], lambda: main(sys.argv[1]))()
