"""An interpreter with flaws that hostile input reaches is named at every start."""

import re
import sys
from pathlib import Path

import pytest

from supportdesk import interpreter
from supportdesk.interpreter import FIXED_SINCE, check_interpreter, is_flawed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("version", "flawed"),
    [
        ((3, 11, 7), True),
        ((3, 11, 16), False),
        ((3, 12, 13), True),
        ((3, 13, 15), False),
        ((3, 14, 6), True),
        ((3, 15, 0), False),
        ((3, 10, 20), True),
    ],
)
def test_each_line_has_its_floor(version, flawed):
    assert is_flawed(version) is flawed


def test_the_flaw_and_what_protects_meanwhile_are_named(monkeypatch):
    monkeypatch.setattr(interpreter.sys, "version_info", (3, 11, 7, "final", 0))
    (warned,) = check_interpreter()
    assert "CVE-2025-6069" in warned.msg and "3.11.16" in warned.msg and "200 kB" in warned.hint
    monkeypatch.setattr(interpreter.sys, "version_info", (3, 13, 15, "final", 0))
    assert check_interpreter() == []


def test_the_floor_of_the_project_is_the_lowest_of_them():
    said = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert said and tuple(map(int, said[1].split("."))) == min(FIXED_SINCE.values())
    assert sys.version_info[:2] in FIXED_SINCE
