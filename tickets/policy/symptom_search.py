"""What a frightened person types → the categories it may mean, the likeliest first. Pure; the words are data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "symptoms.json"
LONGEST = 200  # of what is typed: an account of everything belongs on the form
AT_MOST = 4
FUZZY_FROM = 6  # letters: of shorter words too many are another word with one letter changed
# Two sums around what was taken, unless what follows counts something else: "充值100扣了150", "it said 20 but I was charged 30".
TWO_SUMS = re.compile(
    r"(?<!\d)(\d{1,6})(?!\d|[次笔遍回天个月年点号])\D{0,16}(?:扣|收|付|到账|charg|deduct|took|debit|paid)\D{0,8}(\d{1,6})(?!\d|[次笔遍回天个月年点号])"
)
OTHER_SUM = "billing_amount_mismatch"
ALARMING = "billing_unauthorized"  # what is alarming and nothing else is at least this
# A match that weighs less than this part of the best is noise beside it.
NEAR_THE_BEST = 0.5
LATIN = re.compile(r"[a-z0-9]+")
NO_WORD = re.compile(r"[^\w]+|_+")

Term = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Terms by category, and those that mean that somebody may be at it right now."""

    categories: Mapping[str, tuple[Term, ...]]
    emergency: tuple[Term, ...]
    variants: Mapping[int, str]
    typos: tuple[tuple[str, str], ...]
    stems: Mapping[str, tuple[str, ...]]  # long enough for a letter to be wrong in them, by their first letter


@dataclass(frozen=True)
class SymptomMatch:
    """Keys of categories, the likeliest first. `emergency`: the words themselves are alarming, whatever the category."""

    keys: list[str]
    emergency: bool


@cache
def lexicon() -> Lexicon:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    categories = {key: _terms(words) for key, words in data["categories"].items()}
    variants = {ord(char): plain for char, plain in data["variants"].items() if len(char) == 1}
    emergency = _terms(data["emergency"])
    every = {part for terms in (*categories.values(), emergency) for term in terms for part in term}
    long = [part for part in sorted(every) if LATIN.fullmatch(part) and len(part) >= FUZZY_FROM]
    stems = {first: tuple(part for part in long if part[0] == first) for first in {part[0] for part in long}}
    return Lexicon(categories, emergency, variants, tuple(data["typos"].items()), stems)


def find(typed: str, own_words: Mapping[str, Iterable[str]]) -> SymptomMatch:
    """`own_words`: what each category in force is called, which counts as a term of its own; others are never found."""
    known = lexicon()
    text = _mend_letters(plain(typed))
    if not text.strip():
        return SymptomMatch([], emergency=False)
    words = {key: (*known.categories.get(key, ()), *_terms(map(plain, called))) for key, called in own_words.items()}
    weights = {key: sum(_weight(term) for term in terms if _occurs(term, text)) for key, terms in words.items()}
    if OTHER_SUM in weights and any(first != second for first, second in TWO_SUMS.findall(text.replace(" ", ""))):
        weights[OTHER_SUM] += _weight(("扣多", "不对"))
    best = max(weights.values(), default=0)
    likely = [key for key, weight in weights.items() if weight and weight >= best * NEAR_THE_BEST]
    emergency = any(_occurs(term, text) for term in known.emergency)
    if emergency and not likely and ALARMING in weights:
        likely = [ALARMING]
    return SymptomMatch(sorted(likely, key=lambda key: -weights[key])[:AT_MOST], emergency)


def plain(typed: str) -> str:
    """Lower case, one form of each sign, simplified where the lexicon needs it, " " for whatever is no letter or digit; dialects and
    signs that sound alike as what they mean."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST]).casefold().translate(lexicon().variants)
    for wrong, meant in lexicon().typos:
        text = text.replace(wrong, meant)
    return f" {NO_WORD.sub(' ', text).strip()} "


def _mend_letters(text: str) -> str:
    """A long Latin word that begins as none of ours does, but for one letter: ours."""
    stems = lexicon().stems
    return LATIN.sub(lambda found: _nearest(found.group(), stems.get(found.group()[0], ())), text)


def _nearest(word: str, stems: Iterable[str]) -> str:
    if len(word) < FUZZY_FROM - 1 or any(word.startswith(stem) for stem in stems):
        return word
    near = (stem for stem in stems if any(_one_off(word[: len(stem) + more], stem) for more in (-1, 0, 1)))
    return max(near, key=len, default=word)


def _one_off(word: str, stem: str) -> bool:
    """One letter other, missing, too many, or two that changed places."""
    if word == stem or abs(len(word) - len(stem)) > 1:
        return word == stem
    at = next((i for i, (a, b) in enumerate(zip(word, stem, strict=False)) if a != b), min(len(word), len(stem)))
    rests = (word[at + 1 :], stem[at + 1 :]), (word[at + 1 :], stem[at:]), (word[at:], stem[at + 1 :])
    swapped = word[at : at + 2] == stem[at : at + 2][::-1] and word[at + 2 :] == stem[at + 2 :]
    return swapped or any(a == b for a, b in rests)


def _terms(words: Iterable[str]) -> tuple[Term, ...]:
    return tuple(tuple(word.split()) for word in words if word.strip())


def _occurs(term: Term, text: str) -> bool:
    """Every part somewhere: Chinese anywhere, Latin letters at the beginning of a word."""
    squeezed = text.replace(" ", "")
    return all(re.search(rf"(?<![a-z0-9]){part}", text) if LATIN.fullmatch(part) else part in squeezed for part in term)


def _weight(term: Term) -> int:
    """The more a term says, the more it counts; a part in Latin letters says about as much as two characters."""
    return sum(2 if LATIN.fullmatch(part) else len(part) for part in term) ** 2
