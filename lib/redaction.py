"""What must never be kept in words: card numbers, their check codes, passwords, one-time codes. Pure, without Django.

The examiner's process uses it too. Masking is generous, for a lost number costs a question; refusing (`holds_one_time_code`) is not,
for a person in trouble is stopped by it: a code counts only where its word stands right beside it, in one breath.
"""

from __future__ import annotations

import re
import unicodedata

# Blanks and dashes of every kind, and signs that nobody sees; not a line's end, not a tab: those part columns.
BETWEEN = "[ \u00a0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff\u00ad\\-\u2010-\u2015\u2212_]{0,2}"
DIGIT = "[0-9\uff10-\uff19]"
# A reference of ours has fourteen digits, and one in ten of them would pass for a card's. No card begins with the year of a date.
DAY = "20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
OURS = rf"(?!(?<=[Tt][Ss]-){DAY}-[0-9]{{6}}(?!{DIGIT}))(?<![Tt][Ss]-[0-9]{{8}}-)"
CARD_RUN = re.compile(rf"(?<!{DIGIT}){OURS}{DIGIT}(?:{BETWEEN}{DIGIT}){{12,120}}(?!{DIGIT})")
SHORTEST, LONGEST = 13, 19
DOUBLED = str.maketrans("0123456789", "0246813579")  # a digit twice, its digits added
# How the numbers of cards begin and how long they are: UnionPay, older Chinese debit cards, Visa, Mastercard, Amex, JCB, Diners, Discover.
CARD = re.compile(
    "62[0-9]{14,17}|95[5-9][0-9]{13,16}|4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)"
    "[0-9]{12}|3[47][0-9]{13}|35(?:2[89]|[3-8][0-9])[0-9]{12}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
)
# The check code on a card, and a password said as such.
CHECK_CODE = re.compile(rf"((?:CVV2?|CVC2?|CVN2?|安全码|卡背面三位|背面末三位)[^0-9\n]{{0,6}}){DIGIT}{{3,4}}(?!{DIGIT})", re.IGNORECASE)
PASSWORD = re.compile(r"((?:密码|口令|password|passwd|PIN码)\s*[:：=]\s*)[!-~]{4,}", re.IGNORECASE)
# Four to eight digits, or three and three; no year, date, amount, time, count or part of a longer number.
CODE = (
    r"(?<![0-9./¥￥$*尾号])(?<![0-9]-)(?:[0-9]{4,8}|[0-9]{3}[ \-][0-9]{3})"
    r"(?![0-9]|[.\-/:][0-9]|\s*(?:年|月|日|号|元|块|万|%|点|分|秒|次|天|小时|个|笔|位|人|条|封|rmb|cny|yuan))"
)
WORD = (
    r"(?:验证码|校验码|动态码|动态密码|动态口令|短信密码|一次性密码"
    r"|verification code|security code|one-time (?:code|password|passcode)|otp)"
)
NEAR = r"[^0-9，。；！？,;!?\n]{0,12}"
MASKED = "****"
ONE_TIME_CODE = re.compile(rf"({WORD}{NEAR})({CODE})|({CODE})(?={NEAR}{WORD})", re.IGNORECASE)


def luhn_valid(digits: str) -> bool:
    return sum(map(int, digits[-1::-2] + digits[-2::-2].translate(DOUBLED))) % 10 == 0


def is_card_number(digits: str) -> bool:
    """A whole number that is a card's: its beginning, its length and its check digit all say so."""
    return CARD.fullmatch(digits) is not None and luhn_valid(digits)


def without_card_numbers(text: str) -> str:
    """The text with every Luhn-valid run of 13 to 19 digits masked to its last four (a card number is never kept)."""
    return CARD_RUN.sub(_mask_card, text)


def _mask_card(match: re.Match[str]) -> str:
    """Cards among the digits of a run: from the beginning of a group to the end of one, the longest first."""
    run, kept, at = match.group(), [], 0
    places = [place for place, char in enumerate(run) if char.isdecimal()]
    digits = unicodedata.normalize("NFKC", "".join(run[place] for place in places))
    starts = [n for n, place in enumerate(places) if not n or places[n - 1] != place - 1]
    begun = set(starts)
    for first in starts:
        count = _card_length(digits, first, begun) if places[first] >= at else 0
        if count:
            kept += [run[at : places[first]], "**** ", digits[first + count - 4 : first + count]]
            at = places[first + count - 1] + 1
    return "".join([*kept, run[at:]])


def _card_length(digits: str, first: int, starts: set[int]) -> int:
    """Of the card that begins here; 0 for none."""
    for count in range(min(LONGEST, len(digits) - first), SHORTEST - 1, -1):
        end = first + count
        if (end == len(digits) or end in starts) and luhn_valid(digits[first:end]):
            return count
    return 0


def without_secrets(text: str) -> str:
    """The text with what is never kept masked, but for one-time codes: those are refused where nobody is stopped by it."""
    return PASSWORD.sub(r"\1****", CHECK_CODE.sub(r"\1***", without_card_numbers(text)))


def without_one_time_codes(text: str) -> str:
    """The text with every one-time code masked: for a filing, which nothing may stop. Full-width signs stay as they were typed."""
    alike = "".join(_narrow(char) for char in text)
    # All of them in one pass; what then stands nearer to its word is found by the next. A word reaches too short a way for many.
    while spans := [found.span(2 if found.group(2) else 3) for found in ONE_TIME_CODE.finditer(alike)]:
        text, alike = _mask_spans(text, spans), _mask_spans(alike, spans)
    whole = unicodedata.normalize("NFKC", text)
    return without_one_time_codes(whole) if whole != text and holds_one_time_code(whole) else text


def _mask_spans(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MASKED]
        at = end
    return "".join([*parts, text[at:]])


def _narrow(char: str) -> str:
    """One sign for one sign, so that places in both texts are the same."""
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char


def holds_one_time_code(text: str) -> bool:
    return ONE_TIME_CODE.search(unicodedata.normalize("NFKC", text)) is not None
