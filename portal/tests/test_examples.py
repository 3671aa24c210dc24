"""Examples of good pictures: one for each kind, drawn by us, light, and loaded only when looked at."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from evidence.kinds import KINDS
from portal.evidence_examples import DRAWING_OF, EXAMPLE_DRAWINGS, example_of
from portal.forms.evidence import may_be_uploaded

FOLDER = Path(settings.BASE_DIR) / "static" / "img" / "examples"


def test_every_kind_that_takes_pictures_has_one():
    pictured = {key for key, kind in KINDS.items() if may_be_uploaded(key) and "image" in kind.forms}
    assert {key for key in pictured if example_of(key) is None} == {"uncategorized_file"}
    assert set(DRAWING_OF) <= set(KINDS)


def test_every_drawing_is_there_and_used():
    assert {path.stem for path in FOLDER.iterdir()} == {example.drawing for example in EXAMPLE_DRAWINGS} == set(DRAWING_OF.values())


@pytest.mark.parametrize("example", EXAMPLE_DRAWINGS, ids=lambda example: example.drawing)
def test_a_drawing_is_light_has_a_dark_side_and_names_its_points(example):
    drawn = (FOLDER / f"{example.drawing}.svg").read_text()
    assert len(drawn) < 3000
    assert "prefers-color-scheme:dark" in drawn
    assert not re.search(r"href|<script|<image|url\(", drawn)
    numbers = re.findall(r'class="n"[^>]*>(\d)<', drawn)
    assert sorted(numbers) == [str(number) for number in range(1, len(example.points) + 1)]


def test_words_are_in_both_languages():
    for example in EXAMPLE_DRAWINGS:
        said = []
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said.append([str(text) for text in (example.alt, *example.points, example.avoid)])
        assert all(one != other for one, other in zip(*said, strict=True))


@pytest.mark.django_db
def test_the_page_shows_it_folded_and_loads_it_late(phone, in_status):
    page = phone.get(f"/tickets/{in_status('evidence_collection').ref}/").content.decode()
    pictures = re.findall(r'<img src="[^"]*examples/[^>]*>', page)
    assert pictures
    assert all('loading="lazy"' in each and 'alt="示意图' in each for each in pictures)
    assert page.count('<details class="more example">') == len(pictures)
