"""What is read: one word for a thing, Chinese punctuation, no figure of the policy in a sentence, nobody spoken of in their own hearing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polib
import pytest

from scripts import messages

HANZI = r"[\u3400-\u9fff]"
# Half-width marks beside a Chinese letter. A colon between a code and a number is part of what one types.
HALF_WIDTH = re.compile(rf"{HANZI}\s*[,;:!?]|[,;!?]\s*{HANZI}|{HANZI}\.(?![\w%])|{HANZI}\s?[()]|[()]\s?{HANZI}")
TYPED = {"Stands before an account: code:account."}
# What a template writes between two values belongs to a language: the English colon stood in Chinese pages.
GLUE = re.compile(r"\}\}\s?[:;,!?.](?:\s|\{)|\}\}\s?\((?!\{)")
# How long the policy gives belongs to the policy. These are settings of ours, ranges of a report, or words of a form.
FIGURE = re.compile(r"(?<![\w%(.{-])\d+ (?:working )?(?:hours?|days?|weeks?|months?|years?)\b")
RANGES = re.compile(r"^(?:under )?\d+(?: to \d+)? days?(?: or more)?$|leave 0 working days")
# Chinese wording that gave way to another, and what took its place (docs/glossary.md).
GAVE_WAY = {
    "错误代码": "验证码",
    "Email地址": "电子邮箱",
    "邮件地址": "电子邮箱",
    "渠道一侧": "渠道",
    "可带走的材料": "可下载的材料",
    "卡套被": "账户被",
    "余额说明": "余额对账单",
}
OUTSIDE = "/preview.html"  # an admin's look at the customer's pages


def entries() -> Iterator[polib.POEntry]:
    return (entry for entry in polib.pofile(str(messages.CATALOGUE)) if not entry.obsolete)


def chinese(entry: polib.POEntry) -> str:
    return re.sub(r"<[^>]+>|https?://\S+", "", "\n".join(entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]))


def test_chinese_sentences_have_chinese_marks() -> None:
    assert [entry.msgid for entry in entries() if entry.msgid not in TYPED and HALF_WIDTH.search(chinese(entry))] == []


def test_no_sentence_says_a_figure_that_the_policy_holds() -> None:
    found = [entry.msgid for entry in entries() if FIGURE.search(entry.msgid) and not RANGES.search(entry.msgid)]
    assert found == []


@pytest.mark.parametrize("word", GAVE_WAY)
def test_a_word_that_gave_way_does_not_come_back(word: str) -> None:
    assert [entry.msgid for entry in entries() if word in chinese(entry)] == [], f"say {GAVE_WAY[word]}"


def test_no_template_writes_a_mark_between_two_values() -> None:
    found = []
    for path in sorted((messages.ROOT / "templates" / "jinja2" / "portal").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|\{%-?\s*(trans|blocktrans).*?\{%-?\s*end", "", path.read_text(), flags=re.DOTALL)
        found += [f"{path.name}: {line.strip()[:80]}" for line in text.splitlines() if GLUE.search(line)]
    assert found == []


def test_customers_are_spoken_to_and_not_of() -> None:
    known = {entry.msgid: chinese(entry) for entry in entries()}
    of_the_door = [text for text in messages.texts() if "/portal/" in text.place and OUTSIDE not in text.place]
    assert len(of_the_door) > 300
    assert sorted({text.id for text in of_the_door if "ustomer" in text.id or re.search("客户|案件", known.get(text.id, ""))}) == []


def test_the_bounds_see_what_they_are_for() -> None:
    for wrong in ("编号: ", "首次答复: 明天", "请稍候.", "不满意. 如果", "冻结(账户)"):
        assert HALF_WIDTH.search(wrong), wrong
    assert GLUE.search("{{ a }}: {{ b }}")
    assert GLUE.search("{{ a }}, {{ b }}")
    assert FIGURE.search("We answer within 3 working days.")
    assert not FIGURE.search("%(count)s days")
