"""What it would cost to draw a page of a PDF: its operators with those of every form they call, as often as they call it.

Ten forms that call each other ten times each are three kilobytes and ten thousand million operators. Pure; runs in the examiner's process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pikepdf

from evidence.files import FileRefused

# A page of a bank statement has some ten thousand; a map drawn in lines some hundred thousand.
MOST_OPERATORS = 1_000_000
DEEPEST_FORMS = 12
PIXELS_OF_AN_OPERATOR = 2_000
Key = tuple[int, int]


@dataclass
class Tally:
    """Of one content: its operators, what it draws by name, which states it sets, how many letters it shows."""

    operators: int = 0
    drawn: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    letters: int = 0


class DrawingCost:
    """`tallies`: of every form, pattern and letter that is a content, by its object's number."""

    def __init__(self, tallies: Mapping[Key, Tally]) -> None:
        self._tallies = tallies
        self._known: dict[Key, int] = {}

    def check(self, page: pikepdf.Object, tally: Tally) -> None:
        """Raises FileRefused where the page is too much, or its forms call each other too deep."""
        resources = page.get("/Resources")
        self._cost(tally, resources if isinstance(resources, pikepdf.Dictionary) else pikepdf.Dictionary(), 0)

    def _cost(self, tally: Tally, resources: pikepdf.Object, depth: int) -> int:
        if depth > DEEPEST_FORMS:
            raise FileRefused("too_heavy")
        total = tally.operators
        for name, count in tally.drawn.items():
            total += count * self._of_object(_entry(resources, "/XObject", name), resources, depth)
            _check(total)
        for name, count in tally.states.items():
            mask = _entry(resources, "/ExtGState", name)
            mask = mask.get("/SMask") if isinstance(mask, pikepdf.Dictionary) else None
            if isinstance(mask, pikepdf.Dictionary):
                total += count * self._of_object(mask.get("/G"), resources, depth)
        if tally.letters:
            total += tally.letters * self._dearest_letter(resources, depth)
        _check(total)
        return total

    def _of_object(self, thing: pikepdf.Object | None, resources: pikepdf.Object, depth: int) -> int:
        if not isinstance(thing, pikepdf.Stream):
            return 0
        if thing.get("/Subtype") == "/Image":
            return 1 + int(thing.get("/Width", 0)) * int(thing.get("/Height", 0)) // PIXELS_OF_AN_OPERATOR
        key = thing.objgen
        if key not in self._known:
            self._known[key] = 0  # one that calls itself is drawn once by whoever draws
            own = thing.get("/Resources")
            inside = own if isinstance(own, pikepdf.Dictionary) else resources
            self._known[key] = self._cost(self._tallies.get(key, Tally()), inside, depth + 1)
        return 1 + self._known[key]

    def _dearest_letter(self, resources: pikepdf.Object, depth: int) -> int:
        """Of fonts whose letters are drawings: as if every letter were the dearest of them."""
        dearest = 0
        fonts = resources.get("/Font")
        for _name, font in fonts.items() if isinstance(fonts, pikepdf.Dictionary) else ():
            letters = font.get("/CharProcs") if isinstance(font, pikepdf.Dictionary) else None
            own = font.get("/Resources") if isinstance(letters, pikepdf.Dictionary) else None
            for _letter, drawing in letters.items() if isinstance(letters, pikepdf.Dictionary) else ():
                dearest = max(dearest, self._of_object(drawing, own if isinstance(own, pikepdf.Dictionary) else resources, depth))
        return dearest


def _entry(resources: pikepdf.Object, kind: str, name: str) -> pikepdf.Object | None:
    named = resources.get(kind)
    return named.get(name) if isinstance(named, pikepdf.Dictionary) else None


def _check(total: int) -> None:
    if total > MOST_OPERATORS:
        raise FileRefused("too_heavy")
