"""No sentence holds a number that the policy holds: it would stay when the policy changes. In both languages, over the whole catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ENGLISH = re.compile(
    r"(?<![%\w])(\d+|one|two|three|seven|fifteen|thirty|sixty) (working )?(hours?|days?|minutes?|characters)\b"
    r"|(within|less than) (an?|the|last) (hour|day)\b|the last hour\b",
    re.IGNORECASE,
)
NUMERAL = r"(?<!第)([0-9]+|[一二两三四五六七八九十]+|数)"
CHINESE = re.compile(NUMERAL + r" ?个?(小时|天|工作日|分钟|日内|个字(?!母))")
# Periods that no policy holds: how long a code works, too many tries, how long a form takes, classes of a report, days of a calendar.
NO_POLICY = re.compile(
    r"10 minutes|five minutes|a minute|minute or two|within an hour|Wait an hour|At least 10 characters|18 characters"
    r"|Six groups|letters, digits"
    r"|^(under )?\d+ (to \d+ )?days?( or more)?$|(first|last) day away|end of the working day after|Why this date|next five working days"
    r"|how many working days|that answer no letter of ours|^the working day after the request$",
    re.IGNORECASE,
)
ENTRY = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$')


def entries() -> list[tuple[str, str]]:
    found = []
    for block in CATALOGUE.read_text().split("\n\n"):
        texts, current = {"msgid": "", "msgstr": ""}, ""
        for line in block.splitlines():
            if started := ENTRY.match(line):
                current = "msgid" if started[1].startswith("msgid") else "msgstr"
                texts[current] += f" {started[2]}"
            elif line.startswith('"') and current:
                texts[current] += line[1:-1]
        found.append((texts["msgid"].strip(), texts["msgstr"].strip()))
    return found


def offending(english: str, chinese: str) -> bool:
    return bool(ENGLISH.search(english) or CHINESE.search(chinese)) and not NO_POLICY.search(english)


def test_no_sentence_holds_a_number_of_the_policy() -> None:
    assert [english for english, chinese in entries() if offending(english, chinese)] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("A person replies within 24 hours.", ""),
        ("Object within seven days.", ""),
        ("", "一天内会有工作人员答复您。"),
        ("", "失败的付款通常会在 24 小时内自动退回。"),
        ("", "至少 20 个字"),
    ],
)
def test_one_that_does_is_found(english, chinese) -> None:
    assert offending(english, chinese)
