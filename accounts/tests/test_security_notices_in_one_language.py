"""News of a changed account: in the owner's language and zone, whoever changed it."""

import re

import pytest
from allauth.core.context import request_context
from django.core import mail
from django.test import RequestFactory
from django.utils import timezone, translation

from accounts.security_notices import CHANGES, tell_of_change

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
DATA = re.compile(r"https?://\S+|<[^>]*>|&\w+;|\S+@\S+")


def letters(person, language: str, other: str, zone: str = "") -> str:
    person.language, person.timezone = language, zone
    with translation.override(other), timezone.override("America/New_York"), request_context(RequestFactory().get("/")):
        for change in CHANGES:
            tell_of_change(person, change)
    assert len(mail.outbox) >= len(CHANGES)
    return "\n".join("\n".join([each.subject, each.body, *(str(part.content) for part in each.alternatives)]) for each in mail.outbox)


def test_an_english_owner_reads_no_chinese(mei) -> None:
    assert CHINESE.findall(DATA.sub("", letters(mei, "en", "zh-hans"))) == []


@pytest.mark.parametrize("language", ["zh-hans", ""])
def test_a_chinese_owner_and_one_who_chose_nothing_read_no_english(mei, language) -> None:
    words = set(re.findall(r"[A-Za-z]{2,}", DATA.sub("", letters(mei, language, "en"))))
    assert words - {"Supportdesk", "Mei", "CVV"} == set()


def test_the_hour_is_told_in_the_owners_zone(mei) -> None:
    text = letters(mei, "en", "zh-hans", "Asia/Tokyo")
    assert "Asia/Tokyo" in text
    assert "New York" not in text
