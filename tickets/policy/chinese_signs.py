"""Chinese as people type it: traditional signs as simplified ones, and how signs and pinyin sound. Pure; the tables are data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "signs.json"
LONGEST_SYLLABLE = 6
# As keyboards of the south forgive: zh and z, ang and an, and so on sound alike.
ALIKE = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"(?<=[aei])ng$"), "n"))
PIECE = re.compile(r"[a-z]+|[0-9]+|[^\W\da-z_]")
NUMERAL = re.compile(r"[一二两三四五六七八九十百千万零]{2,}|十")
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}


@dataclass(frozen=True)
class Signs:
    simplified: Mapping[int, str]
    syllables: Mapping[str, str]  # of a sign
    known: frozenset[str]  # every syllable there is


@cache
def signs() -> Signs:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    simplified = {ord(pair[0]): pair[1] for pair in data["simplified"].split()}
    syllables = {sign: syllable for syllable, alike in data["syllables"].items() for sign in alike}
    return Signs(simplified, syllables, frozenset(data["syllables"]))


def simplify(text: str) -> str:
    return text.translate(signs().simplified)


def sound(text: str) -> str:
    """The syllables of a text, a blank around each; what is neither a known sign nor pinyin stays as it is.

    >>> sound("提现mei到")
    ' ti xian mei dao '
    """
    return f" {' '.join(syllable for piece in PIECE.findall(text) for syllable in _syllables_of(piece))} "


def _syllables_of(piece: str) -> list[str]:
    if piece in signs().syllables:
        return [alike(signs().syllables[piece])]
    return [alike(syllable) for syllable in split_pinyin(piece)] or [piece]


def alike(syllable: str) -> str:
    for pattern, plainly in ALIKE:
        syllable = pattern.sub(plainly, syllable)
    return syllable


def is_pinyin(text: str) -> bool:
    """Whether every word in Latin letters is pinyin, and there is one."""
    words = re.findall(r"[a-z]+", text)
    return bool(words) and all(split_pinyin(word) for word in words)


def split_pinyin(word: str) -> list[str]:
    """Syllables of a word written in one, the longest first where there is a choice; empty: it is no pinyin."""
    ways: dict[int, list[str]] = {len(word): []}
    for start in range(len(word) - 1, -1, -1):
        for end in range(min(len(word), start + LONGEST_SYLLABLE), start, -1):
            if end in ways and word[start:end] in signs().known:
                ways[start] = [word[start:end], *ways[end]]
                break
    return ways.get(0, [])


def numerals(text: str) -> str:
    """Sums written in Chinese as digits; a single sign stays: it may as well begin another word (一样).

    >>> numerals("标价二十扣了一百二")
    '标价20扣了120'
    """
    return NUMERAL.sub(lambda found: str(_value(found.group())), text)


def _value(numeral: str) -> int:
    total, digit, unit = 0, 0, 10
    for sign in numeral:
        if sign == "万":
            total, digit, unit = (total + digit) * TENS[sign], 0, TENS[sign]
        elif sign in TENS:
            total, digit, unit = total + max(digit, 1) * TENS[sign], 0, TENS[sign]
        else:
            digit, unit = DIGITS[sign], unit if DIGITS[sign] else 10
    return total + digit * (unit // 10)  # 一百二 is 120, 一百零二 is 102
