"""The front door, and following a complaint by its reference."""

import pytest
from django.urls import reverse

from portal.tests.conftest import footprint, main_of, text_of
from tickets.tests.making import filing, submitted

pytestmark = pytest.mark.django_db


def test_a_person_is_one_tap_away_where_the_operator_has_named_a_number(browser_of, settings):
    assert "tel:" not in text_of(browser_of(None, "en").get("/freeze/"))
    settings.HELP_PHONE, settings.HELP_HOURS = "400 123 4567", "9:00–21:00"
    for path in ("/", "/freeze/", "/accounts/login/"):
        page = text_of(browser_of(None, "en").get(path))
        assert 'href="tel:4001234567"' in page and "9:00–21:00" in page, path


def test_home_names_every_category_in_the_customers_words(browser_of):
    page = text_of(browser_of(None).get("/"))
    for words in ("钱被扣两次", "支付失败但扣款了", "提现没到账", "账户被冻结，用不了", "对商品或服务不满意"):
        assert words in page
    assert reverse("portal:freeze") in page
    assert reverse("portal:file") + "?category=billing_duplicate" in page


def test_home_speaks_english(browser_of):
    page = text_of(browser_of(None, "en").get("/"))
    assert "I was charged twice" in page
    assert "Freeze my account now" in page


def test_home_says_what_we_never_ask_for(browser_of):
    assert "Passwords, one-time codes" in text_of(browser_of(None, "en").get("/"))


def test_home_shows_the_promise_of_the_policy_in_force(browser_of):
    assert "within 24 hours" in text_of(browser_of(None, "en").get("/"))


def test_home_shows_my_latest_complaints_and_nobody_elses(browser_of, mei, wang):
    mine, theirs = submitted(mei), submitted(wang)
    page = text_of(browser_of(mei).get("/"))
    assert mine.ref in page
    assert theirs.ref not in page


def test_home_takes_few_queries(browser_of, mei, django_assert_max_num_queries):
    submitted(mei)
    client = browser_of(mei)
    client.get("/")
    with django_assert_max_num_queries(9):
        client.get("/")


def test_a_visitor_costs_no_user_lookup(browser_of, django_assert_max_num_queries):
    client = browser_of(None)
    client.get("/")
    with django_assert_max_num_queries(4):
        client.get("/")


def test_following_my_reference_leads_to_it(phone, mei):
    ticket = submitted(mei)
    assert phone.get("/follow/", {"ref": f" {ticket.ref.lower()} "}).url == reverse("portal:ticket", args=[ticket.ref])


def test_full_width_digits_are_digits(phone, mei):
    ticket = submitted(mei)
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in ticket.ref)
    assert phone.get("/follow/", {"ref": wide}).status_code == 302


def test_somebody_elses_reference_is_as_unknown_as_one_that_never_was(phone, wang):
    theirs = submitted(wang).ref
    answers = [phone.get("/follow/", {"ref": ref}) for ref in (theirs, "TS-20200101-000001")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert main_of(answers[0]).replace(theirs, "X") == main_of(answers[1]).replace("TS-20200101-000001", "X")


def test_a_visitor_signs_in_before_a_reference_opens_anything(browser_of, mei):
    ref = submitted(mei).ref
    answer = browser_of(None).get("/follow/", {"ref": ref})
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/follow/")


def test_looking_around_changes_nothing(phone, mei):
    submitted(mei, **{key: value for key, value in filing("merchant_deduction").items() if key == "amount"})
    before = footprint()
    for path in ("/", "/follow/", "/freeze/", "/file/", "/tickets/"):
        assert phone.get(path).status_code == 200
    assert footprint() == before


@pytest.mark.parametrize("path", ["/", "/follow/", "/tickets/"])
def test_pages_to_read_take_no_post(phone, path):
    assert phone.post(path).status_code == 405
