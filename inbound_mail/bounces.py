"""Letters of ours that came back: which of them, and to whom. A report counts only with an address in it that only we can make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,190}")
ACTION = re.compile(r"^\s*action\s*:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
FOR_GOOD = re.compile(
    r"\b5\d\d[ -]|undeliver|delivery (?:has )?failed|returned to sender|failure notice|退信|投递失败|无法投递|不存在", re.IGNORECASE
)
MOST_ADDRESSES = 200


def addresses_in(report: str) -> Sequence[str]:
    return [found.group().rstrip(".") for found in islice(ADDRESS.finditer(report), MOST_ADDRESSES)]


def status_of(report: str) -> str | None:
    """The code of a refusal for good, perhaps empty; None for a letter that is only late, or arrived."""
    actions, codes = {found.lower() for found in ACTION.findall(report)}, STATUS.findall(report)
    refusals = [code for code in codes if code.startswith("5")]
    is_refused = "failed" in actions if actions else bool(refusals) or FOR_GOOD.search(report) is not None
    return next(iter(refusals), "") if is_refused else None
