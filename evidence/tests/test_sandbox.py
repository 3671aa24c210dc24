"""Hostile bytes are parsed in a process apart: whatever it does, we get an answer, and so does the next file."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from evidence.files import FileRefused, Limits
from evidence.intake import upload
from evidence.intake.inspection import inspect
from evidence.sandbox import client
from evidence.sandbox.client import SandboxUnavailable, close_all, safe_copy
from evidence.sandbox.system_calls import MACHINE
from evidence.tests import making

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)


@pytest.fixture
def hostile(monkeypatch) -> Iterator[None]:
    """An examiner that does what the file says, on a kernel without seccomp."""
    yield from examiner(monkeypatch, "unfiltered")


@pytest.fixture
def confined(monkeypatch) -> Iterator[None]:
    """Likewise, as it is here."""
    yield from examiner(monkeypatch)


def examiner(monkeypatch, *more: str) -> Iterator[None]:
    close_all()
    monkeypatch.setattr(client, "COMMAND", (sys.executable, "-sB", "-m", "evidence.tests.hostile_examiner", *more))
    monkeypatch.setattr(client, "WITHIN", 4.0)
    yield
    close_all()


def said(behaviour: str) -> str:
    return safe_copy(behaviour.encode(), "text/plain", LIMITS).data.decode()


def refusal(behaviour: str) -> str:
    with pytest.raises(FileRefused) as refused:
        said(behaviour)
    return refused.value.code


def alive(pid: int) -> bool:
    """Running, and not only waiting to be counted as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def soon(condition, within: float = 10) -> bool:
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


GOOD = {
    "image/png": making.png(), "image/jpeg": making.jpeg(), "image/webp": making.webp(), "image/heic": making.HEIC,
    "application/pdf": making.pdf(), "text/plain": "您好".encode("gbk"),
}  # fmt: skip


@pytest.mark.parametrize("media_type", GOOD)
def test_good_files_come_through(media_type):
    copy = safe_copy(GOOD[media_type], media_type, LIMITS)
    assert copy.data
    assert making.SECRET.encode() not in copy.data


def test_a_refusal_comes_back_with_its_code():
    with pytest.raises(FileRefused, match="too_many_pixels"):
        safe_copy(making.bomb(), "image/png", LIMITS)


@pytest.mark.parametrize(
    "behaviour", ["segfault", "abort", "exit", "memory", "recursion", "spin", "babble", "half", "lie", "large", "unknown"]
)
def test_whatever_a_parser_does_its_file_is_refused_and_the_next_is_examined(hostile, behaviour):
    assert refusal(behaviour) == "check_failed"
    assert said("pid").isdigit()


def test_silence_ends_after_a_while_and_nothing_is_left_running(hostile, monkeypatch):
    said("pid")
    examiner = client._idle[0].pid
    monkeypatch.setattr(client, "WITHIN", 0.5)
    began = time.monotonic()
    assert refusal("sleep") == "check_failed"
    assert time.monotonic() - began < 5
    assert soon(lambda: not alive(examiner))


def test_a_child_can_open_nothing_and_knows_nothing_of_us(hostile, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim")
    assert said("open") == "refused: OSError"
    assert said("connect") == "refused: OSError"
    assert json.loads(said("environ")).keys() <= {"LC_CTYPE", *client.ENVIRONMENT}


@pytest.mark.skipif(platform.machine() != MACHINE, reason="the filter knows one kind of machine")
def test_a_child_asks_the_kernel_for_little(confined):
    """Fork, signals, looks at files and what kernels are attacked by are not there; memory, time and threads are."""
    told = json.loads(said("calls"))
    assert told.pop("thread") == "done"
    assert set(told.values()) <= {"ENOSYS", "EACCES"}, told


def test_without_the_filter_some_of_it_would_be_there(hostile):
    told = json.loads(said("calls"))
    assert told["fork"] == told["kill"] == told["stat"] == "done"


@pytest.mark.parametrize("behaviour", ["segfault", "abort", "exit", "memory", "spin", "murder", "babble"])
def test_with_the_filter_too_its_file_is_refused_and_the_next_is_examined(confined, behaviour):
    assert refusal(behaviour) == "check_failed"
    assert said("pid").isdigit()


def test_a_child_that_closes_what_it_has_opens_nothing_in_its_place(hostile):
    assert said("make room") == "refused: OSError refused: OSError"


def descendants(pid: int) -> set[int]:
    """Those that are or were adopted by this one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return {child for child, parent in parents.items() if parent == pid}


@pytest.mark.parametrize("behaviour", ["thief", "family"])
def test_what_a_file_started_ends_with_it_and_never_sees_the_next(hostile, behaviour):
    assert said(behaviour) == "left"
    examiner = client._idle[0].pid
    for _ in range(3):
        assert int(said("pid")) != examiner
    assert client._idle[0].pid == examiner
    assert soon(lambda: not descendants(examiner))


def test_each_file_has_a_child_of_its_own(hostile):
    assert len({said("pid") for _ in range(3)}) == 3
    assert len(client._idle) == 1


def test_a_service_that_is_told_to_stop_finishes_the_file_in_hand(hostile):
    assert said("term") == "alive"


def test_an_examiner_killed_between_two_files_is_replaced(hostile):
    said("pid")
    os.kill(client._idle[0].pid, signal.SIGKILL)
    assert soon(lambda: not alive(client._idle[0].pid))
    assert said("pid").isdigit()


def test_a_child_dies_with_its_examiner(hostile):
    assert refusal("murder") == "check_failed"
    assert said("pid").isdigit()


def test_threads_have_an_examiner_each_and_leave_them_to_others():
    close_all()
    found: list[str] = []

    def work() -> None:
        for _ in range(3):
            found.append(safe_copy(making.png(), "image/png", LIMITS).media_type)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["image/png"] * 9
    assert 1 <= len(client._idle) <= 3
    close_all()
    assert client._idle == []


def test_a_forked_copy_of_us_starts_its_own_and_keeps_none_of_ours_alive():
    safe_copy(making.png(), "image/png", LIMITS)
    ours = client._idle[0].pid
    child = os.fork()
    if child == 0:
        theirs = safe_copy(making.png(), "image/png", LIMITS).media_type == "image/png" and client._idle[0].pid != ours
        close_all()
        os._exit(0 if theirs else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert safe_copy(making.png(), "image/png", LIMITS).media_type == "image/png"
    assert client._idle[0].pid == ours


@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_examiners_end_with_the_process_that_started_them(end):
    code = (
        "from evidence.sandbox import client\nfrom evidence.files import Limits\n"
        "client.safe_copy(b'hello', 'text/plain', Limits(9999, 1, 1, 1))\nprint(client._idle[0].pid, flush=True)\n" + end
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd=client.ROOT)
    pid = int(ended.stdout)
    assert soon(lambda: not alive(pid))


def test_no_examiner_to_be_had_is_no_fault_of_the_file(ticket, mei, monkeypatch):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    close_all()
    for command in (("/nonexistent/python",), (sys.executable, "-c", "raise SystemExit(1)")):
        monkeypatch.setattr(client, "COMMAND", command)
        with pytest.raises(SandboxUnavailable):
            safe_copy(making.png(), "image/png", LIMITS)
        assert not inspect(item.pk, timezone.now())
        item.refresh_from_db()
        assert (item.state, item.attempts, item.claimed_at) == ("scanning", 0, None)
    monkeypatch.undo()
    assert inspect(item.pk, timezone.now())


def test_a_crash_refuses_the_item_at_the_first_time(hostile, ticket, mei):
    item = upload(mei, ticket.ref, {"kind": "account_info"}, making.file(b"segfault", "a.txt"))
    assert inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert (item.state, item.reason, item.attempts) == ("rejected", "check_failed", 1)


def test_the_examiner_knows_no_django():
    code = "import sys, evidence.sandbox.worker; sys.exit(any(name.startswith(('django', 'psycopg')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=client.ROOT).returncode == 0


def test_our_own_process_loads_no_parser_of_what_people_send():
    code = (
        "import django, sys; django.setup(); import evidence.operations, evidence.periodic\n"
        "sys.exit(any(name in sys.modules for name in ('pikepdf', 'pi_heif', 'pypdfium2', 'PIL.PdfImagePlugin')))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "supportdesk.settings"}
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=client.ROOT, env=environment).returncode == 0
