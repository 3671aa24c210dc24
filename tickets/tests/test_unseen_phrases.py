"""The finder beside phrases that its words were not written from: how many it understands, and that no theft goes without the freeze."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from tickets.policy.chinese_signs import is_pinyin, numerals, simplify, sound, split_pinyin
from tickets.policy.symptom_search import find, lexicon

FILE = Path(__file__).parent / "unseen_phrases.tsv"
FEWEST, OF_TEN = 200, 9
# What the API and the page freeze first for, whatever the words: the emergencies of the policy.
EMERGENCIES = {"mp_topup_stolen", "billing_unauthorized", "scam_transfer"}


class Phrase(NamedTuple):
    kind: str
    expected: frozenset[str]
    alarming: bool
    typed: str


def read():
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    rows = (line.split("\t") for line in lines)
    return [Phrase(kind, frozenset(keys.lstrip("!").split("|")), keys[0] == "!", typed) for kind, keys, typed in rows]


PHRASES = read()
NAMES = dict.fromkeys(lexicon().categories, ())


@pytest.fixture(scope="module")
def answers():
    return {phrase.typed: find(phrase.typed, NAMES) for phrase in PHRASES}


def test_the_phrases_are_many_of_ten_kinds_and_of_every_category():
    assert len(PHRASES) == len({phrase.typed for phrase in PHRASES}) >= FEWEST
    assert len({phrase.kind for phrase in PHRASES}) == 10
    assert set().union(*(phrase.expected for phrase in PHRASES)) == set(lexicon().categories)


def test_nine_of_ten_are_found_first_or_second_and_of_no_kind_fewer_than_eight(answers):
    right = {phrase.typed for phrase in PHRASES if phrase.expected & set(answers[phrase.typed].keys[:2])}
    assert len(right) / len(PHRASES) * 10 >= OF_TEN, [phrase.typed for phrase in PHRASES if phrase.typed not in right]
    of_kind, found = Counter(phrase.kind for phrase in PHRASES), Counter(phrase.kind for phrase in PHRASES if phrase.typed in right)
    assert {kind: count for kind, count in of_kind.items() if found[kind] / count < 0.8} == {}


def test_theft_and_fraud_never_go_without_the_freeze(answers):
    found = {phrase.typed: answers[phrase.typed] for phrase in PHRASES if phrase.alarming}
    assert [typed for typed, match in found.items() if not match.emergency and not EMERGENCIES & set(match.keys[:1])] == []


def test_what_is_no_theft_seldom_shows_the_freeze(answers):
    calm = [phrase for phrase in PHRASES if not phrase.alarming]
    assert sum(answers[phrase.typed].emergency for phrase in calm) / len(calm) < 0.1


def test_what_is_not_understood_is_never_sent_to_the_seller(answers):
    missed = [phrase for phrase in PHRASES if not phrase.expected & set(answers[phrase.typed].keys)]
    assert [phrase.typed for phrase in missed if answers[phrase.typed].keys[:1] == ["after_sale"]] == []


def test_no_phrase_was_copied_into_the_words_of_the_finder():
    terms = (*lexicon().emergency, *(term for terms in lexicon().categories.values() for term in terms))
    whole = {"".join(part.text for part in term.parts) for term in terms if len(term.parts) > 1 or len(term.parts[0].text) > 5}
    assert [phrase.typed for phrase in PHRASES if phrase.typed.replace(" ", "") in whole] == []


def test_signs_that_sound_alike_and_pinyin_are_one():
    assert sound("受限") == sound("受线") == sound("shouxian") == " sou xian "
    assert split_pinyin("zhifushibai") == ["zhi", "fu", "shi", "bai"]
    assert (is_pinyin("tixian bei xianzhi"), is_pinyin("charged twice"), is_pinyin("提现")) == (True, False, False)


def test_traditional_signs_and_sums_in_chinese_are_read():
    assert simplify("帳戶遭凍結") == "帐户遭冻结"
    assert numerals("二十五 一百二 一百零二 一万二 十 一样") == "25 120 102 12000 10 一样"
    assert find("标价二十扣了二十五", NAMES).keys[:1] == ["billing_amount_mismatch"]
    assert find("标价二十扣了二十", NAMES).keys[:1] != ["billing_amount_mismatch"]
