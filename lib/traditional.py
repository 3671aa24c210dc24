"""Traditional characters for who reads zh-Hant: our own Chinese, character by character, then the words that other places use.

Only texts of ours go through here: catalogue, policy, what colleagues published. What a person wrote is shown as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from opencc import OpenCC

CORRECTIONS = Path(__file__).resolve().parent.parent / "locale" / "zh_Hant" / "corrections.tsv"
# Characters as Taiwan writes them; its other words for things (s2twp) would change terms of mainland law: 程序 is no 程式 there.
TABLE = "s2tw"


@lru_cache(maxsize=8192)
def in_traditional(text: str) -> str:
    """`text`, of simplified characters, in traditional ones. Anything else in it stays as it is."""
    words = corrections()
    return _pattern().sub(lambda found: words[found[0]], _converter().convert(text))


@cache
def corrections() -> Mapping[str, str]:
    """As converted → as it shall stand. Raises ValueError at a line that has no tab."""
    lines = [line for line in CORRECTIONS.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("\t", 1) for line in lines)


@cache
def _converter() -> OpenCC:
    return OpenCC(TABLE)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(corrections(), key=len, reverse=True)))
