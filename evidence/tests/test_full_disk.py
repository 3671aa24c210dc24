"""A disk that is really full: a small file system of its own. Said in words, nothing lost, nothing stuck, nothing left behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from evidence.models import EvidenceItem, SealedFile
from evidence.operations import content
from evidence.periodic import inspect_waiting, sweep_orphans
from evidence.tests import making
from evidence.tests.test_uploads import send_by_api, send_by_page
from evidence.vault import store
from evidence.vault.custody import CustodyEntry

SIZE = 1024 * 1024
WITHOUT = "a file system of its own cannot be mounted here (that takes root and the right to mount)"


@pytest.fixture
def disk(settings, tmp_path) -> Iterator[Path]:
    """A vault on a disk of one megabyte. Where nothing can be mounted the test is skipped; in CI as root it must run."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        must_run = os.environ.get("CI") and os.geteuid() == 0
        (pytest.fail if must_run else pytest.skip)(f"{WITHOUT}: {mounted.stderr.strip()}")
    options = {**settings.STORAGES["evidence"]["OPTIONS"], "location": str(folder / "vault")}
    settings.STORAGES = {**settings.STORAGES, "evidence": {**settings.STORAGES["evidence"], "OPTIONS": options}}
    storages._storages.clear()
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def filled(disk: Path) -> Path:
    """Something else takes the rest of the room."""
    other = disk / "other"
    with other.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return other


def in_the_store(disk: Path) -> set[str]:
    return {str(path.relative_to(disk / "vault")) for path in (disk / "vault").rglob("*") if path.is_file()}


def test_a_disk_that_fills_up_loses_nothing_and_works_again_after_room_is_made(disk, ticket, mei):
    assert send_by_api(mei, ticket, making.png()).status_code == 201
    assert inspect_waiting(timezone.now()) == 1
    first = EvidenceItem.objects.get()
    waiting = making.png((9, 9, 9), size=(400, 500))
    assert send_by_api(mei, ticket, waiting).status_code == 201
    other = filled(disk)

    # At both doors: in words, and no row is left but that of the key, which the sweep finds.
    large = making.noise(1)
    answer = send_by_api(mei, ticket, large)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "STORE_AWAY", "60")
    page = send_by_page(mei, ticket, large)
    assert (page.status_code, "storage for files is away" in page.content.decode()) == (503, True)
    assert EvidenceItem.objects.count() == 2
    arrivals = CustodyEntry.objects.filter(action="arrived")
    assert arrivals.count() == 2

    # The worker waits for room, as often as it tries; what was there before is still there to look at.
    for _attempt in range(5):
        assert inspect_waiting(timezone.now()) == 0
    second = EvidenceItem.objects.exclude(pk=first.pk).get()
    assert (second.state, second.attempts, second.claimed_at) == ("scanning", 0, None)
    assert content(mei, first.pk).data

    # With room again everything comes to its end, and nothing lies there that no item owns.
    other.unlink()
    assert inspect_waiting(timezone.now()) == 1
    assert send_by_api(mei, ticket, large).status_code == 201
    inspect_waiting(timezone.now())
    assert sweep_orphans(timezone.now() + timedelta(hours=2))
    items = list(EvidenceItem.objects.order_by("pk"))
    assert [item.state for item in items] == ["clean"] * 3
    assert in_the_store(disk) == {name for item in items for name in item.names}
    assert set(SealedFile.objects.values_list("name", flat=True)) == in_the_store(disk)
    assert store.read(second.original) == waiting
    assert store.read(items[-1].original) == large
