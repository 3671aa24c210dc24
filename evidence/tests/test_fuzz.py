"""Good files of every type, damaged by chance: each ends clean or refused, and none takes the examiner's next file along.

FUZZ=5000 tries more of them. The same seed makes the same files.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from evidence.files import SafeCopy
from evidence.tests import making
from evidence.tests.hostile import MODES, TELLING
from evidence.tests.hostile_pdfs import JPEG, paper, picture
from evidence.tests.test_hostile_files import MOST_MEMORY, Bench, bench, check_harmless

__all__ = ["bench"]

COUNT, SEED = int(os.environ.get("FUZZ", "300")), 7731
GOOD: Mapping[str, Callable[[], bytes]] = {
    "jpeg": TELLING["jpeg_xmp_profile_photoshop_comment_exif_and_tail"][0],
    "jpeg of two": TELLING["jpeg_of_two_pictures"][0],
    "png": TELLING["png_texts_profile_exif_and_a_chunk_of_its_own"][0],
    "png with palette": MODES["png_palette_see_through"][0],
    "animated png": TELLING["png_animated"][0],
    "webp": TELLING["webp_exif_xmp_and_profile"][0],
    "animated webp": TELLING["webp_animated"][0],
    "heic": lambda: making.HEIC,
    "pdf": making.armed_pdf,
    "pdf with picture": lambda: paper(picture(JPEG)),
    "text": "客服：您好，订单 202603100001234\n".encode("gbk") * 20,
}
Change = Callable[[random.Random, bytearray], None]


def flip(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(chance: random.Random, data: bytearray) -> None:
    at, length = chance.randrange(len(data)), chance.choice((1, 2, 4, 16, 200))
    data[at : at + length] = bytes([chance.choice((0, 0xFF, 0x7F, 0x80))]) * length


def cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def leave_out(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 4, 100))]


def repeat(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.choice((1, 20, 500))] * chance.choice((1, 3, 50))


def swap(chance: random.Random, data: bytearray) -> None:
    one, other = sorted(chance.randrange(len(data)) for _ in range(2))
    data[:] = data[:one] + data[other : other + 64] + data[one + 64 : other] + data[one : one + 64] + data[other + 64 :]


CHANGES: tuple[Change, ...] = (flip, flip, overwrite, cut, leave_out, repeat, swap)


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    return {name: make() if callable(make) else make for name, make in GOOD.items()}


def test_damaged_files_end_clean_or_refused(bench: Bench, good, capsys):
    chance = random.Random(SEED)
    ends: Counter[str] = Counter()
    for number in range(COUNT):
        name = sorted(good)[number % len(good)]
        data = bytearray(good[name])
        for _ in range(chance.choice((1, 1, 2, 4))):
            if data:
                chance.choice(CHANGES)(chance, data)
        found = bench.judge(bytes(data))
        assert bench.memory < MOST_MEMORY, (name, number)
        if isinstance(found, SafeCopy):
            check_harmless(found) if name != "text" else None
        ends["clean" if isinstance(found, SafeCopy) else found] += 1
    assert sum(ends.values()) == COUNT
    assert isinstance(bench.judge(good["jpeg"]), SafeCopy)
    with capsys.disabled():
        found_ends = ", ".join(f"{count} {end}" for end, count in ends.most_common())
        print(f"\nfuzz: {COUNT} damaged files (seed {SEED}): {found_ends}")  # noqa: T201
