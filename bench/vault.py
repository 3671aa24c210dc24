"""The vault at work: files accepted by the web, inspected by one worker, and plain Pillow doing the least of it in between.

Plain Pillow decodes, encodes again in the same format, and makes a thumbnail, by its own defaults but for the quality of JPEG. The
worker also opens and sets seals, talks to the examiner, strips, compares, and writes rows.
"""

from __future__ import annotations

import io
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from bench.visits import Visitor, WrongAnswer, with_token
from evidence.intake.inspection import inspect
from evidence.models import EvidenceItem
from evidence.sandbox import client
from evidence.sandbox.image_sanitizer import JPEG_QUALITY
from tickets.operations import file_ticket
from tickets.tests.making import filing

BOUNDARY = "bench-of-the-vault"
ROUNDS = 9
EACH = 3  # files of a kind in a round


def measure() -> dict[str, list[dict[str, float]]]:
    """For each file, seconds a piece of each round: web, worker, pillow; and its size."""
    files = {"screenshot": screenshot(), "photograph": photograph()}
    owner = User.objects.get(email="owner0@example.com")
    visitor = with_token(owner)
    with _own_store():
        for data in files.values():
            _round(visitor, owner, data)  # to warm up
        return {name: [_round(visitor, owner, data) for _ in range(ROUNDS)] for name, data in files.items()}


@contextmanager
def _own_store() -> Iterator[None]:
    """Not among the evidence of real people."""
    with tempfile.TemporaryDirectory() as folder:
        settings.STORAGES["evidence"]["OPTIONS"]["location"] = folder
        storages._storages.clear()  # type: ignore[attr-defined]
        yield


def _round(visitor: Visitor, owner: User, data: bytes) -> dict[str, float]:
    """Worker and Pillow take turns, file by file: neighbours in time are what is compared."""
    ref = file_ticket(owner, filing(order_numbers=[])).ref
    before = EvidenceItem.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    web = sum(_timed(lambda: _upload(visitor, ref, data))[0] for _ in range(EACH))
    items = list(EvidenceItem.objects.filter(pk__gt=before).values_list("pk", flat=True))
    took = [(*_timed(partial(inspect, item, timezone.now())), *_timed(partial(_plain, data))) for item in items]
    if EvidenceItem.objects.filter(pk__in=items, state="clean").count() != EACH:
        raise WrongAnswer("not every file is clean")
    worker, worker_cpu, pillow, pillow_cpu = (sum(column) / EACH for column in zip(*took, strict=True))
    told = {"worker": worker, "worker_cpu": worker_cpu, "pillow": pillow, "pillow_cpu": pillow_cpu}
    return {"web": web / EACH, "size": len(data), **told}


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of processors: ours and the examiner's."""
    began, cpu = time.perf_counter(), _cpu()
    act()
    return time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    """The examiners' own and that of the children they waited for, in hundredths of a second."""
    ticks = 0
    for box in client._idle:
        fields = Path(f"/proc/{box.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _upload(visitor: Visitor, ref: str, data: bytes) -> None:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\ntransaction_screenshot\r\n'.encode(),
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode(),
        data,
        f"\r\n--{BOUNDARY}--\r\n".encode(),
    ]
    environ = visitor.environ("POST", f"/api/v1/tickets/{ref}/evidence/", body=b"".join(parts))
    environ["CONTENT_TYPE"] = f"multipart/form-data; boundary={BOUNDARY}"
    status, body = visitor.answer(environ)
    if not status.startswith("201"):
        raise WrongAnswer(f"{status}: {body[:300]!r}")


def _plain(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as picture:
        format_ = str(picture.format)
        picture.load()
        options = {"quality": JPEG_QUALITY} if format_ == "JPEG" else {}
        picture.convert("RGB").save(io.BytesIO(), format_, **options)
        small = picture.convert("RGB")
        small.thumbnail((320, 320))
        small.save(io.BytesIO(), "JPEG")


# ---- What is sent
def photograph(size: tuple[int, int] = (4032, 3024)) -> bytes:
    """Twelve megapixels: clouds at three scales, and grain."""
    target = io.BytesIO()
    _clouds(size).save(target, "JPEG", quality=88)
    return target.getvalue()


def screenshot(size: tuple[int, int] = (1170, 2532)) -> bytes:
    """About three megabytes: lines of signs, and a picture among them, with a channel for transparency as phones write it."""
    chance = random.Random(3)
    page = Image.new("RGBA", size, (250, 250, 250, 255))
    draw = ImageDraw.Draw(page)
    for y in range(0, size[1], 56):
        for x in range(40, size[0] - 80, 34):
            for _ in range(5):
                places = (x + chance.randint(0, 24), y + 8, x + chance.randint(0, 24), y + 44)
                draw.line(places, fill=(chance.randint(0, 80),) * 3 + (255,), width=3)
    page.paste(_clouds((1170, 1400)).convert("RGBA"), (0, 300))
    target = io.BytesIO()
    page.save(target, "PNG")
    return target.getvalue()


def _clouds(size: tuple[int, int]) -> Image.Image:
    large, middle = (Image.effect_noise((size[0] // by, size[1] // by), 100).resize(size, Image.Resampling.BICUBIC) for by in (64, 8))
    fine = Image.effect_noise(size, 14)
    red = Image.blend(large, middle, 0.4)
    return Image.merge("RGB", (red, Image.blend(red, fine, 0.2), Image.blend(middle, fine, 0.25)))
