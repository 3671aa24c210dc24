"""What a frightened person types → the categories it may mean, the likeliest first. Pure; the words are data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tickets.policy.chinese_signs import is_pinyin, numerals, simplify, sound

DATA = Path(__file__).parents[1] / "data" / "symptoms.json"
LONGEST = 200  # of what is typed: an account of everything belongs on the form
AT_MOST = 4
FUZZY_FROM = 6  # letters: of shorter words too many are another word with one letter changed
# Two sums around what was taken, unless what follows counts something else: "充值100扣了150", "it said 20 but I was charged 30".
_A_SUM = r"(\d{1,6})(?!\d|[次笔遍回天个月年点号])"
_TAKEN = r"(?:扣|收|付|到账|变成|显示|实际|charg|deduct|took|debit|paid)"
TWO_SUMS = re.compile(rf"(?<!\d){_A_SUM}\D{{0,16}}{_TAKEN}\D{{0,8}}{_A_SUM}")
OTHER_SUM = "billing_amount_mismatch"
OTHER_SUM_WEIGHT = 16
ALARMING = "billing_unauthorized"  # what is alarming and nothing else is at least this
# A match that weighs less than this part of the best is noise beside it.
NEAR_THE_BEST = 0.4
# What only sounds like a term of ours, by its part of one that stands there as written.
BY_SOUND = 0.5
LATIN = re.compile(r"[a-z0-9]+")
NO_WORD = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True)
class Part:
    """A piece of a term. `sound`: its syllables, "" where it is too short to be told by them. `meaning`: any word of that meaning fits."""

    text: str
    sound: str
    syllable: str
    latin: bool
    meaning: bool

    @property
    def weight(self) -> int:
        return 2 if self.latin or self.meaning else len(self.text)


@dataclass(frozen=True)
class Term:
    """Parts that must all occur. `starts`: how the first begins, as written and by its sound; empty: it is a meaning."""

    parts: tuple[Part, ...]
    starts: frozenset[str]
    weight: int


@dataclass(frozen=True)
class Lexicon:
    """Terms by category, and those that mean that somebody may be at it right now."""

    categories: Mapping[str, tuple[Term, ...]]
    emergency: tuple[Term, ...]
    meanings: Mapping[str, tuple[Term, ...]]  # by their name, as it stands in a term
    variants: Mapping[int, str]
    typos: tuple[tuple[str, str], ...]
    stems: Mapping[str, tuple[str, ...]]  # long enough for a letter to be wrong in them, by their first letter


@dataclass(frozen=True)
class Reading:
    """What was typed, read one way. `sounds`: its syllables, "" where it is read as written; `squeezed`: without blanks;
    `starts`: its signs, letters and syllables; `meanings`: names of those that occur in it."""

    text: str
    squeezed: str
    sounds: str
    pinyin: bool
    starts: frozenset[str]
    meanings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SymptomMatch:
    """Keys of categories, the likeliest first. `emergency`: the words themselves are alarming, whatever the category."""

    keys: list[str]
    emergency: bool


@cache
def lexicon() -> Lexicon:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    categories = {key: _terms(words) for key, words in data["categories"].items()}
    variants = {ord(char): plain for char, plain in data["variants"].items()}
    emergency = _terms(data["emergency"])
    meanings = {"@" + name: _terms(words) for name, words in data["meanings"].items()}
    every = {part for terms in (*categories.values(), *meanings.values(), emergency) for term in terms for part in term.parts}
    long = sorted({part.text for part in every if part.latin and len(part.text) >= FUZZY_FROM})
    stems = {first: tuple(part for part in long if part[0] == first) for first in {part[0] for part in long}}
    return Lexicon(categories, emergency, meanings, variants, tuple(data["typos"].items()), stems)


def find(typed: str, own_words: Mapping[str, Iterable[str]]) -> SymptomMatch:
    """`own_words`: what each category in force is called, which counts as a term of its own; others are never found.

    It is read as written and by its sound: a slip of a Chinese keyboard is most often a sign that sounds alike."""
    text = _mend_letters(plain(typed))
    if not text.strip():
        return SymptomMatch([], emergency=False)
    terms = {key: (*lexicon().categories.get(key, ()), *_terms(map(plain, called))) for key, called in own_words.items()}
    written, heard = _readings(text)
    by_sound = 1 if heard.pinyin else BY_SOUND
    as_written, as_heard = _weights(written, terms), _weights(heard, terms)
    weights = {key: weight + by_sound * max(0, as_heard[key] - weight) for key, weight in as_written.items()}
    alarming = heard if not any(as_written.values()) else written  # a sound alone alarms only where nothing else is said
    emergency = any(_occurs(term, alarming) for term in lexicon().emergency)
    return SymptomMatch(_likely(weights, emergency=emergency), emergency)


def _likely(weights: Mapping[str, float], *, emergency: bool) -> list[str]:
    best = max(weights.values(), default=0)
    likely = [key for key, weight in weights.items() if weight and weight >= best * NEAR_THE_BEST]
    if emergency and not likely and ALARMING in weights:
        return [ALARMING]
    return sorted(likely, key=lambda key: -weights[key])[:AT_MOST]


def _readings(text: str) -> tuple[Reading, Reading]:
    spaced, squeezed = LATIN.sub(r" \g<0>", text), text.replace(" ", "")
    heard = sound(text)
    starts = frozenset(squeezed)
    as_written = Reading(spaced, squeezed, "", pinyin=False, starts=starts)
    by_sound = Reading(spaced, squeezed, heard, is_pinyin(text), starts.union(heard.split()))
    return _with_meanings(as_written), _with_meanings(by_sound)


def _with_meanings(reading: Reading) -> Reading:
    meant = (name for name, terms in lexicon().meanings.items() if any(_occurs(term, reading) for term in terms))
    return replace(reading, meanings=frozenset(meant))


def _weights(reading: Reading, words: Mapping[str, Iterable[Term]]) -> dict[str, int]:
    weights = {key: sum(term.weight for term in terms if _occurs(term, reading)) for key, terms in words.items()}
    if OTHER_SUM in weights and any(first != second for first, second in TWO_SUMS.findall(numerals(reading.squeezed))):
        weights[OTHER_SUM] += OTHER_SUM_WEIGHT
    return weights


def plain(typed: str) -> str:
    """Lower case, one form of each sign, simplified where the lexicon needs it, " " for whatever is no letter or digit; dialects and
    signs that sound alike as what they mean."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST]).casefold()
    text = simplify(text).translate(lexicon().variants)
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
    return tuple(map(_term, filter(str.strip, words)))


@cache
def _term(words: str) -> Term:
    """The more a term says, the more it counts; a part in Latin letters or a meaning says about as much as two characters."""
    parts = tuple(map(_part, words.split()))
    first = parts[0]
    starts = frozenset() if first.meaning else frozenset({first.text[0], *first.syllable.split()[:1]})
    return Term(parts, starts, sum(part.weight for part in parts) ** 2)


@cache
def _part(text: str) -> Part:
    latin, meaning = bool(LATIN.fullmatch(text)), text[0] == "@"
    heard = "" if latin or meaning else sound(text)
    return Part(text, heard if len(text) > 1 else "", heard, latin, meaning)


def _occurs(term: Term, reading: Reading) -> bool:
    """Every part somewhere: Chinese anywhere, Latin letters at the beginning of a word, a meaning in any of its words."""
    if term.starts and term.starts.isdisjoint(reading.starts):
        return False
    alone = len(term.parts) == 1  # one syllable says too little: "dao" is a thief, and arrives
    return all(_part_occurs(part, reading, part.sound if alone or not reading.pinyin else part.syllable) for part in term.parts)


def _part_occurs(part: Part, reading: Reading, heard: str) -> bool:
    if part.meaning:
        return part.text in reading.meanings
    if part.latin:
        return f" {part.text}" in reading.text
    return part.text in reading.squeezed or bool(heard and reading.sounds and heard in reading.sounds)
