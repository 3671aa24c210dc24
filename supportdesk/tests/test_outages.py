"""`make outages` works: one of its situations, on an install of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from supportdesk.tests.test_house import ROOT


def test_a_poisoned_row_is_rehearsed() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VAR_DIR", "DJANGO_SETTINGS_MODULE")}
    command = [sys.executable, "-m", "scripts.outages", "poisoned"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "administrators told" in run.stdout
