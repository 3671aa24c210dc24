"""Nearly the same picture on another ticket: found through an index, told to the desk as a hint, and nothing of the other ticket."""

from __future__ import annotations

import io
import random

import pytest
from django.db import connection
from PIL import Image, ImageDraw, ImageFont

from evidence.intake import upload
from evidence.models import EvidenceItem, LikenessBand
from evidence.operations import delete, near_elsewhere
from evidence.periodic import inspect_waiting
from evidence.sandbox.image_sanitizer import likeness, thumbnail_of
from evidence.sandbox.perceptual_hash import are_near, bands, probes
from evidence.tests import making
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.sqlite

PHOTO = {"kind": "transaction_screenshot"}


def bill(seed: int = 1, app: int = 1) -> Image.Image:
    """A screenshot of a payment app: the same places for every bill of an app, other texts and amounts."""
    told, look = random.Random(seed), random.Random(app)
    image = Image.new("RGB", (585, 1266), (245, 245, 248))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 585, look.randint(90, 160)), fill=tuple(look.randint(20, 240) for _ in range(3)))
    draw.ellipse((250, 190, 335, 275), fill=tuple(look.randint(20, 240) for _ in range(3)))
    draw.text((190, 320), f"-{told.randint(1, 9999)}.{told.randint(10, 99)}", font=ImageFont.load_default(55), fill="black")
    for row in range(look.randint(5, 9)):
        said = "".join(told.choice("0123456789ABCDEF") for _ in range(told.randint(10, 26)))
        draw.text((30, 450 + row * 75), "Field name", font=ImageFont.load_default(24), fill=(130, 130, 130))
        draw.text((210, 450 + row * 75), said, font=ImageFont.load_default(24), fill="black")
    return image


def edited(image: Image.Image) -> Image.Image:
    """The same bill with another amount painted in: what a forger does."""
    changed = image.copy()
    draw = ImageDraw.Draw(changed)
    draw.rectangle((190, 320, 400, 385), fill=(245, 245, 248))
    draw.text((190, 320), "-77.77", font=ImageFont.load_default(55), fill="black")
    return changed


def sent_on(image: Image.Image) -> bytes:
    """As a chat app passes it on: smaller, and compressed hard."""
    return making.encoded(image.resize((351, 760)), "JPEG", quality=40)


def noted(image: Image.Image) -> str:
    return likeness(thumbnail_of(image))


def test_the_same_bill_is_recognised_and_another_of_the_same_app_is_not():
    original = noted(bill())
    assert are_near(original, noted(Image.open(io.BytesIO(sent_on(bill())))))
    assert are_near(original, noted(edited(bill())))
    others = [noted(bill(seed)) for seed in range(2, 12)] + [noted(bill(seed, 2)) for seed in range(20, 30)]
    assert not any(are_near(original, other) for other in others)


def test_a_hash_up_to_seven_bits_away_is_found_by_its_pieces():
    chance = random.Random(7)
    for _ in range(300):
        short = chance.getrandbits(64)
        other = short
        for bit in chance.sample(range(64), 7):
            other ^= 1 << bit
        one, far = f"{short:016x}{0:064x}", f"{other:016x}{0:064x}"
        assert probes(one) & set(bands(far))
    assert len(probes(one)) == 68


@pytest.mark.parametrize("colour", ["white", "black", (30, 120, 200)])
def test_a_picture_that_shows_nothing_is_like_no_other(colour):
    assert noted(Image.new("RGB", (600, 800), colour)) == ""
    assert bands("") == []


@pytest.fixture
def two(ticket, mei, wang, clock):
    """Mei's bill, Wang's copy of it passed on by chat, and a bill of Wang's own."""
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    mine = upload(mei, ticket.ref, PHOTO, making.file(making.encoded(bill(), "PNG")))
    copied = upload(wang, other.ref, PHOTO, making.file(sent_on(edited(bill()))))
    own = upload(wang, other.ref, PHOTO, making.file(making.encoded(bill(5), "PNG")))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return [EvidenceItem.objects.get(pk=item.pk) for item in (mine, copied, own)]


def test_the_desk_is_told_of_a_near_twin_on_another_ticket(two):
    mine, copied, own = two
    assert near_elsewhere([mine]) == {mine.pk}
    assert near_elsewhere([copied, own]) == {copied.pk}


def test_on_the_same_ticket_it_is_no_news(ticket, mei, clock):
    for data in (making.encoded(bill(), "PNG"), sent_on(bill())):
        upload(mei, ticket.ref, PHOTO, making.file(data))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    assert near_elsewhere(EvidenceItem.objects.all()) == set()


def test_what_is_deleted_is_forgotten(two, mei):
    mine, copied, _own = two
    delete(mei, mine.pk)
    mine.refresh_from_db()
    assert (mine.likeness, mine.bands.count()) == ("", 0)
    assert near_elsewhere([copied]) == set()


def test_the_first_page_of_a_pdf_is_compared_too(ticket, mei, wang, clock):
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    paper = making.encoded(bill(), "PDF", resolution=72)
    upload(mei, ticket.ref, PHOTO, making.file(making.encoded(bill(), "PNG")))
    item = upload(wang, other.ref, PHOTO, making.file(paper, "bill.pdf"))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    item.refresh_from_db()
    assert (item.state, bool(item.thumbnail)) == ("clean", True)
    assert near_elsewhere([item]) == {item.pk}


def test_it_is_one_query_through_the_index(two, django_assert_num_queries):
    with django_assert_num_queries(1):
        near_elsewhere(two)
    with django_assert_num_queries(0):
        near_elsewhere([])
    rows = [LikenessBand(item=two[0], band=number % 2**18) for number in range(0, 40_000, 2)]
    LikenessBand.objects.bulk_create(rows, batch_size=5000)
    found = LikenessBand.objects.filter(band__in=probes(two[1].likeness))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE evidence_likenessband")
    assert "band" in found.explain()
    assert "Seq Scan" not in found.explain()
    assert "SCAN evidence_likenessband" not in found.explain()
