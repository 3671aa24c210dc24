"""Which interpreters have known flaws that hostile input reaches, told at every start.

A warning and no refusal: distributions mend a flaw without another number, and what reaches the flaw is held in by limits of our own.
"""

from __future__ import annotations

import sys

from django.core.checks import CheckMessage, Warning

# The first release of each line with both fixes. A line that is not named is newer than the flaws.
FIXED_SINCE = {(3, 11): (3, 11, 16), (3, 12): (3, 12, 14), (3, 13): (3, 13, 15), (3, 14): (3, 14, 7)}
FLAWS = "CVE-2025-6069 and CVE-2026-15308: html.parser takes minutes for a small letter in HTML whose tags and comments never end"
MEANWHILE = (
    "Meanwhile letters are read only for senders that are known, 200 kB of HTML at most, without what never ends, in a process apart with "
    "a time limit (evidence/sandbox). Install the named release or a later one; `requires-python` in pyproject.toml names the floor."
)


def check_interpreter(**_options: object) -> list[CheckMessage]:
    """A warning, whatever the install is for."""
    return [Warning(*_words(), id="supportdesk.W001")] if is_flawed(tuple(sys.version_info[:3])) else []


def is_flawed(version: tuple[int, ...]) -> bool:
    fixed = [floor for line, floor in FIXED_SINCE.items() if line == version[:2]]
    return version < min(FIXED_SINCE) or any(version < floor for floor in fixed)


def _words() -> tuple[str, str]:
    version = tuple(sys.version_info[:3])
    floor = ".".join(map(str, FIXED_SINCE.get((version[0], version[1]), FIXED_SINCE[3, 11])))
    return f"Python {'.'.join(map(str, version))} has {FLAWS}. Fixed in {floor}.", MEANWHILE
