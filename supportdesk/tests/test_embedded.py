"""`make run` in small: one process serves pages, works in the background, and stops when told."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 60  # seconds; it takes three on an idle machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "EMBEDDED": "1", "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def desk(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([gunicorn], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        yield process
        process.kill()
        process.wait()


def wait_for(log: Path, words: str) -> str:
    end = time.monotonic() + WITHIN
    while words not in (text := log.read_text()):
        assert time.monotonic() < end, text
        time.sleep(0.1)
    return text


def test_one_process_serves_works_and_stops(desk: subprocess.Popen[bytes], environment: dict[str, str], tmp_path: Path) -> None:
    wait_for(tmp_path / "log", "worker and beat run inside this process")
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/accounts/login/", timeout=WITHIN) as response:
        assert response.status == 200
    started = time.monotonic()
    desk.send_signal(signal.SIGINT)
    assert desk.wait(WITHIN) == 0
    assert time.monotonic() - started < 20
    text = wait_for(tmp_path / "log", "Shutting down: Master")
    assert "Traceback" not in text
