"""Finding one's case on the front page, with and without JavaScript."""

import re

import pytest

from portal.tests.conftest import footprint, text_of
from tickets.models import Category, EscalationTarget

pytestmark = pytest.mark.django_db
FREEZE = 'href="/freeze/"'


def found_in(answer):
    """The part that answers what was typed."""
    return text_of(answer).partition('id="found"')[2].partition('id="all-title"')[0]


def categories_in(part):
    return re.findall(r"category=(\w+)", part)


def test_a_case_is_found_in_ones_own_words(browser_of):
    part = found_in(browser_of(None).get("/", {"q": "钱被扣了两次"}))
    assert categories_in(part)[0] == "billing_duplicate"
    assert "钱被扣两次" in part
    assert FREEZE not in part


def test_an_emergency_shows_the_freeze_before_the_case(browser_of):
    part = found_in(browser_of(None, "en").get("/", {"q": "my money was stolen"}))
    assert part.index(FREEZE) < part.index("category=billing_unauthorized")


def test_what_was_typed_is_still_there_and_escaped(browser_of):
    page = text_of(browser_of(None, "en").get("/", {"q": '"><script>alert(1)</script> charged twice'}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_who_speaks_of_theft_reads_whom_to_call_once_somebody_has_checked_it(browser_of):
    assert "110 · 96110" in found_in(browser_of(None, "en").get("/", {"q": "my money was stolen"}))
    assert "96110" not in found_in(browser_of(None, "en").get("/", {"q": "charged twice"}))
    EscalationTarget.objects.filter(key="police").update(verified_at=None)
    assert "96110" not in found_in(browser_of(None, "en").get("/", {"q": "my money was stolen"}))


def test_nothing_found_shows_every_way_and_leads_to_none(browser_of):
    answer = browser_of(None, "en").get("/", {"q": "xyzzy"})
    part = found_in(answer)
    assert categories_in(part) == []
    assert FREEZE in part
    assert "category=billing_duplicate" in text_of(answer).partition('id="all-title"')[2]


def test_with_nothing_typed_nothing_is_said(browser_of):
    for query in ({}, {"q": ""}, {"q": "   "}):
        part = found_in(browser_of(None).get("/", query))
        assert categories_in(part) == []
        assert "alert" not in part


def test_while_one_types_only_the_answer_is_sent(browser_of):
    answer = browser_of(None).get("/", {"q": "冻结"}, headers={"hx-request": "true"})
    page = text_of(answer)
    assert page.lstrip().startswith('<div id="found"')
    assert categories_in(page) == ["card_cover_frozen"]
    assert "HX-Request" in answer["Vary"]


def test_only_categories_in_force_are_offered(browser_of):
    Category.objects.filter(key="billing_duplicate").delete()
    assert "billing_duplicate" not in text_of(browser_of(None).get("/", {"q": "charged twice"}))


def test_looking_for_a_case_takes_few_queries_and_changes_nothing(browser_of, mei, django_assert_max_num_queries):
    client = browser_of(None)
    client.get("/")
    before = footprint()
    with django_assert_max_num_queries(4):
        client.get("/", {"q": "charged twice"})
    assert footprint() == before


def test_a_very_long_account_is_cut_and_still_answered(browser_of):
    answer = browser_of(None).get("/", {"q": "扣了两次" + "啊" * 5000})
    assert answer.status_code == 200
    assert categories_in(found_in(answer)) == ["billing_duplicate"]
