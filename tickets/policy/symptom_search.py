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
    return Lexicon(categories, _terms(data["emergency"]), variants)


def find(typed: str, own_words: Mapping[str, Iterable[str]]) -> SymptomMatch:
    """`own_words`: what each category in force is called, which counts as a term of its own; others are never found."""
    known = lexicon()
    text = plain(typed)
    if not text.strip():
        return SymptomMatch([], emergency=False)
    words = {key: (*known.categories.get(key, ()), *_terms(map(plain, called))) for key, called in own_words.items()}
    weights = {key: sum(_weight(term) for term in terms if _occurs(term, text)) for key, terms in words.items()}
    best = max(weights.values(), default=0)
    likely = [key for key, weight in weights.items() if weight and weight >= best * NEAR_THE_BEST]
    return SymptomMatch(
        sorted(likely, key=lambda key: -weights[key])[:AT_MOST],
        emergency=any(_occurs(term, text) for term in known.emergency),
    )


def plain(typed: str) -> str:
    """Lower case, one form of each sign, simplified where the lexicon needs it, " " for whatever is no letter or digit."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST]).casefold().translate(lexicon().variants)
    return f" {NO_WORD.sub(' ', text).strip()} "


def _terms(words: Iterable[str]) -> tuple[Term, ...]:
    return tuple(tuple(word.split()) for word in words if word.strip())


def _occurs(term: Term, text: str) -> bool:
    """Every part somewhere: Chinese anywhere, Latin letters at the beginning of a word."""
    squeezed = text.replace(" ", "")
    return all(re.search(rf"(?<![a-z0-9]){part}", text) if LATIN.fullmatch(part) else part in squeezed for part in term)


def _weight(term: Term) -> int:
    """The more a term says, the more it counts; a part in Latin letters says about as much as two characters."""
    return sum(2 if LATIN.fullmatch(part) else len(part) for part in term) ** 2
