"""Traditional characters: made of our own texts, corrected, the places in a sentence untouched."""

import re

import pytest

from lib.languages import html_language, in_chinese, in_script, language_meant, localised_value
from lib.traditional import corrections, in_traditional


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("账户被冻结，请立即申诉", "帳戶被凍結，請立即申訴"),
        ("只有本人可以发送短信", "只有本人可以發送簡訊"),
        ("投诉程序", "投訴程序"),  # a term of law: no 程式
        ("平台的后台", "平台的後台"),
        ("请填写手机号", "請填寫手機號碼"),
        ("手机号码", "手機號碼"),
        ("{amount}元，%(day)s前", "{amount}元，%(day)s前"),
        ("Frozen", "Frozen"),
    ],
)
def test_ours_in_traditional_characters(written, shown):
    assert in_traditional(written) == shown


def test_a_correction_is_needed():
    """One that OpenCC would write so by itself is taken away, but for words that guard a shorter one within."""
    from opencc import OpenCC

    converter, words = OpenCC("s2tw"), corrections()
    for converted, wanted in words.items():
        assert converted != wanted or any(word in converted for word in words if word != converted), converted
        assert converter.convert(converted) == converted, f"{converted}: write it as it is after the conversion"


def test_only_that_language_is_converted():
    assert in_script("冻结", "zh-hant") == "凍結"
    assert in_script("冻结", "zh-hans") == "冻结"
    row = type("Row", (), {"title_zh": "冻结账户", "title_en": "Freeze"})()
    assert [localised_value(row, "title", language) for language in ("zh-hans", "zh-hant", "en")] == ["冻结账户", "凍結帳戶", "Freeze"]
    assert in_chinese("zh-hant")
    assert [html_language(language) for language in ("zh-hans", "zh-hant", "en")] == ["zh-Hans", "zh-Hant", "en"]


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("zh-TW", "zh-hant"), ("zh_HK", "zh-hant"), ("zh-Hant-MO", "zh-hant"), ("zh", "zh-hans"), ("zh-CN", "zh-hans"),
        ("zh-SG", "zh-hans"), ("en_GB", "en"), ("fr", ""), ("", ""), ("x" * 600, ""),
    ],
)  # fmt: skip
def test_a_code_from_outside_names_one_of_ours_or_none(code, meant):
    assert language_meant(code) == meant


def test_the_catalogue_keeps_every_place_of_a_sentence():
    import polib

    from scripts.messages import CATALOGUE, traditional_catalogue

    places = re.compile(r"%\(\w+\)[sd]|\{[\w.:]*\}|<[^>]+>|%s|%d")
    before = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.pofile(str(CATALOGUE))}
    for entry in traditional_catalogue(polib.pofile(str(CATALOGUE))):
        assert places.findall(entry.msgstr) == places.findall(before[entry.msgctxt, entry.msgid])
