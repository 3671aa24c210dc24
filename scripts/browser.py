"""The browser tests, where there is a Chromium. Elsewhere they are skipped, with a word; under CI they must run."""

import os
import shutil
import subprocess
import sys

import pytest

# The shell first: it draws the same pages without the windows around them, for a fifth less of the processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# One worker more than cores: while a page loads, whoever asked for it waits. With two, almost half of both cores lay idle.
# One test at a time is handed out: the long ones, which begin (browser/conftest.py), keep nobody's share waiting behind them.
COMMAND = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "load", "--maxschedchunk", "1", "-m", "browser"]


def find_chromium() -> str | None:
    """The program that CHROMIUM names, else the first of NAMES that is here."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    found = find_chromium()
    if not found:
        print("SKIPPED: no Chromium found (install it, or set CHROMIUM to its path). No page was looked at.")
        return 1 if os.environ.get("CI") else 0
    code = subprocess.run([*COMMAND, *sys.argv[1:]], env={**os.environ, "CHROMIUM": found}, check=False).returncode
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else code


if __name__ == "__main__":
    sys.exit(main())
