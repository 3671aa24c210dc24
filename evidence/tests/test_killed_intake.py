"""Killed by `kill -9` in every step of the intake: after one sweep nothing is lost, nothing is stuck, and nothing lies about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("put", "row", "claimed", "examined", "half_copied", "copied")


@pytest.fixture
def home(tmp_path) -> dict[str, str]:
    """An install of its own."""
    own = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "supportdesk.settings", "LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=own, check=True)
    assert act(own, "prepare").returncode == 0
    return own


def act(home: dict[str, str], step: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evidence.tests.killed_intake", step]
    return subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True, check=False, timeout=120)


def test_whatever_is_killed_one_sweep_puts_right(home):
    for step in STEPS:
        ended = act(home, step)
        assert ended.returncode == -9, (step, ended.stderr)
    swept = act(home, "sweep")
    assert swept.returncode == 0, swept.stderr
    found = json.loads(swept.stdout)
    assert found["states"] == dict.fromkeys((f"{step}.png" for step in STEPS[1:]), "clean")
    assert (found["inspected"], found["again"]) == (5, [0, 0])
    assert found["swept"] == 4  # the upload's file, one copy, and copy with thumbnail
    assert (found["orphans"], found["rows"], found["readable"]) == ([], 0, True)
