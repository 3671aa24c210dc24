"""Of two languages the right one: the active one at a page, the reader's in a letter."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from lib.languages import active_language, in_chinese, localised_column, localised_value, reader_language

ROW = SimpleNamespace(title_zh="重复扣款", title_en="Charged twice")


@pytest.mark.parametrize(
    ("active", "title"), [("zh-hans", "重复扣款"), ("zh", "重复扣款"), ("en", "Charged twice"), ("en-gb", "Charged twice")]
)
def test_a_row_is_told_in_the_active_language(active, title) -> None:
    with translation.override(active):
        assert localised_value(ROW, "title") == title


def test_a_language_that_is_named_counts_more_than_the_active_one() -> None:
    with translation.override("en"):
        assert localised_value(ROW, "title", "zh-Hans") == "重复扣款"
        assert localised_column("title", "zh-hans") == "title_zh"
        assert localised_column("title") == "title_en"


def test_where_no_language_is_active_the_desks_counts() -> None:
    with translation.override(None):
        assert active_language() == "zh-hans"
        assert in_chinese()


def test_a_reader_who_chose_nothing_gets_the_desks_language_and_not_the_writers() -> None:
    with translation.override("en"):
        assert reader_language("") == "zh-hans"
        assert reader_language("en") == "en"
