"""The name of who looked covers every part of a document, whatever its shape, and takes little more memory than the picture."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from evidence.sandbox.client import ROOT
from evidence.tests.making import encoded
from evidence.watermark import add_watermark

SAID = "sun@example.com 2026-03-10 20:53:00 +0800 SD-20260310-0001"
GROWTH = """
import io, resource, sys
from PIL import Image
from evidence.watermark import add_watermark
size, said = (int(sys.argv[1]), int(sys.argv[2])), sys.argv[3]
def peak(size, said):
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, "PNG")
    data = target.getvalue()
    add_watermark(data, "image/png", said)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
first = peak((64, 64), "a")
print((peak(size, said) - first) // 1024)
"""


def grown(size: tuple[int, int], said: str = SAID) -> int:
    """Megabytes, of a process that marks one picture."""
    ran = subprocess.run(
        [sys.executable, "-c", GROWTH, *map(str, size), said], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    return int(ran.stdout)


@pytest.mark.parametrize("size", [(4000, 3000), (12_000, 400), (40_000, 400), (400, 40_000)])
def test_marking_holds_little_more_than_the_picture(size):
    assert grown(size) < size[0] * size[1] * 4 / 2**20 + 60


def test_the_longest_address_takes_no_more():
    assert grown((4000, 3000), "w" * 254 + SAID) < 46 + 80


@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("size", [(800, 500), (500, 800), (4000, 3000), (12_000, 400), (400, 12_000), (300, 300)])
def test_every_part_shows_it_on_any_ground(size, ground):
    with Image.open(io.BytesIO(add_watermark(encoded(Image.new("RGB", size, ground), "PNG"), "image/png", SAID))) as marked:
        assert (marked.size, marked.mode) == (size, "RGB")
        bare = {"white": (255, 255), "black": (0, 0)}[ground]
        part = min(size) // 4
        for top in range(0, size[1] - part + 1, part):
            for left in range(0, size[0] - part + 1, part):
                seen = marked.crop((left, top, left + part, top + part)).convert("L").getextrema()
                assert seen != bare, (left, top)


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_it_stays_what_it_was(format_):
    made = add_watermark(encoded(Image.new("RGB", (400, 300), "white"), format_), f"image/{format_.lower()}", SAID)
    with Image.open(io.BytesIO(made)) as marked:
        assert (marked.format, marked.size) == (format_, (400, 300))
