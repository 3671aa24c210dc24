"""`make outages`: an install of its own is put through each outage; what was accepted, done once, who was told and when is printed.

`python -m scripts.outages [stopped hung killed poisoned copied]`: those, or all. The install is the one-process one, on SQLite, in a folder
that is thrown away. Workers and the clock are a process of their own here, so that they can be stopped while filings go on. Exit code 1
where something accepted was not done, or done twice, or nobody was told. What needs PostgreSQL is in the tests marked `postgres`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import django

# Seconds: nothing done for so long is an outage; what was accepted is to be done this long after the end of it.
STANDSTILL, WITHIN = 10, 120
WORKER = """
import django, time
django.setup()
from supportdesk.embedded import Background
Background().start()
while True: time.sleep(60)
"""
ADMIN, OPERATOR = "admin@outages.example", "operator@outages.example"
BETWEEN = b"-" * 79 + b"\n"


class Install:
    """Pages are this process; workers and the clock are another, or none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worker: subprocess.Popen[bytes] | None = None
        os.environ.update(VAR_DIR=str(folder), DJANGO_SETTINGS_MODULE="supportdesk.settings", STANDSTILL_SECONDS=str(STANDSTILL))
        os.environ.update(LOG_LEVEL="CRITICAL", EMBEDDED="0")
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - it asks for settings

        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed_policy", verbosity=0)
        self._add_people()

    def _add_people(self) -> None:
        from django.contrib.auth.models import Group  # noqa: PLC0415

        from accounts.models import User  # noqa: PLC0415
        from accounts.roles import Role  # noqa: PLC0415

        User.objects.create_superuser(email=ADMIN, password=None)
        User.objects.create_user(email=OPERATOR).groups.add(Group.objects.get(name=Role.FREEZE_OPERATOR))
        self.customer = User.objects.create_user(email="customer@outages.example")
        self.filed = 0

    def start(self) -> None:
        self.worker = subprocess.Popen([sys.executable, "-c", WORKER], env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self, how: int) -> None:
        if self.worker is not None:
            self.worker.send_signal(how)
            if how != signal.SIGSTOP:
                self.worker.wait(30)

    def freeze(self) -> str:
        """Somebody asks for a freeze: an urgent letter to whoever may freeze. The reference it is told."""
        from tickets.operations import file_ticket, perform  # noqa: PLC0415

        self.filed += 1
        ticket = file_ticket(self.customer, {"category": "mp_topup_stolen", "amount": "600.00"})
        perform(self.customer, ticket.ref, "request_freeze", {"account": f"wechat:outage{self.filed:04}"})
        return str(ticket.ref)

    def letters(self, to: str, words: str) -> int:
        """How many letters to this address say so."""
        parts = [part for path in (self.folder / "mail").glob("*.log") for part in path.read_bytes().split(BETWEEN) if part.strip()]
        read = [message_from_bytes(part.lstrip()) for part in parts]
        return sum(to in str(each["To"]) and words in _text(each) for each in read)


def _text(message: Message) -> str:
    plain = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain"]
    return " ".join(each.decode(errors="replace") for each in plain if isinstance(each, bytes)) + str(message["Subject"])


def until(done: Callable[[], bool]) -> float | None:
    """Seconds until it was so; None where it never was."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > WITHIN:
            return None
        time.sleep(0.25)
    return time.monotonic() - began


def away(install: Install, name: str, how: int) -> bool:
    """Clock and workers are stopped, hung or killed while people file freezes; then they are back."""
    from lib.duties.alarms import notice_standstill  # noqa: PLC0415

    install.start()
    first = install.freeze()
    until(lambda: install.letters(OPERATOR, first) > 0)  # all goes well, so far
    install.end(how)
    alarms = install.letters(ADMIN, "/admin/duties/failure/")
    refs = [install.freeze() for _n in range(5)]
    told = until(lambda: bool(notice_standstill()) and install.letters(ADMIN, "/admin/duties/failure/") > alarms)
    waited = sum(install.letters(OPERATOR, ref) for ref in refs)
    if how == signal.SIGSTOP:
        install.end(signal.SIGCONT)
    else:
        install.start()
    done = until(lambda: all(install.letters(OPERATOR, ref) for ref in refs))
    time.sleep(2)  # what is done twice is done soon after
    counts = [install.letters(OPERATOR, ref) for ref in refs]
    install.end(signal.SIGKILL)
    say(name, f"{len(refs)} freezes accepted, {waited} letters meanwhile; letters after: {counts}", told, done)
    return counts == [1] * len(refs) and told is not None


def poisoned(install: Install, name: str) -> bool:
    """One timer makes no sense; another complaint's deadline passes in the same sweep."""
    from django.utils import timezone  # noqa: PLC0415

    from tickets.models import Event, Timer  # noqa: PLC0415

    bad, good = install.freeze(), install.freeze()
    past = timezone.now() - timedelta(hours=2)
    Timer.objects.filter(ticket__ref__in=[bad, good], key="first_response").update(due_at=past, next_at=past, warn_at=[])
    Timer.objects.filter(ticket__ref=bad, key="first_response").update(warn_at=5)
    tick(os.environ.copy())
    fired = Event.objects.filter(ticket__ref=good, kind="timer.breached").count()
    again = install.letters(ADMIN, bad)
    tick(os.environ.copy())
    fired_after = Event.objects.filter(ticket__ref=good, kind="timer.breached").count()
    say(
        name,
        f"the other deadline fired {fired} time(s), after one more sweep {fired_after}; letters about {bad}: {again}",
        0 if again else None,
        0,
    )
    Timer.objects.filter(ticket__ref=bad, key="first_response").update(warn_at=[], next_at=None)
    return (fired, fired_after) == (1, 1) and again == 1


def copied(install: Install, name: str) -> bool:
    """The database is copied beside its store, and the copy's duties run: it sends, calls and deletes nothing."""
    ref = install.freeze()
    copy = install.folder.with_name(install.folder.name + "-copy")
    shutil.copytree(install.folder, copy)
    before = sorted(path.name for path in (copy / "mail").glob("*.log"))
    output = tick({**os.environ, "VAR_DIR": str(copy), "EVIDENCE_DIR": str(install.folder / "evidence")})
    fresh = [path.name for path in (copy / "mail").glob("*.log") if path.name not in before]
    shutil.rmtree(copy)
    tick(os.environ.copy())
    own = install.letters(OPERATOR, ref)
    say(name, f"the copy wrote {len(fresh)} letters ({output} lines of duties), the real one {own} about {ref}", 0, 0)
    return not fresh and own == 1


def tick(environment: dict[str, str]) -> int:
    run = subprocess.run([sys.executable, "manage.py", "tick"], env=environment, capture_output=True, text=True, check=False)
    return len(run.stdout.splitlines())


def say(name: str, what: str, told: float | None, done: float | None) -> None:
    when = "nobody was told" if told is None else f"administrators told after {told:.0f} s"
    end = "NOT DONE" if done is None else f"done {done:.0f} s after its end"
    print(f"{name}: {what}; {when}; {end}.", flush=True)


OUTAGES: dict[str, Callable[[Install, str], bool]] = {
    "stopped": lambda install, name: away(install, name, signal.SIGTERM),
    "hung": lambda install, name: away(install, name, signal.SIGSTOP),
    "killed": lambda install, name: away(install, name, signal.SIGKILL),
    "poisoned": poisoned,
    "copied": copied,
}


@contextmanager
def an_install() -> Iterator[Install]:
    folder = Path(tempfile.mkdtemp(prefix="outages-"))
    install = Install(folder)
    try:
        yield install
    finally:
        if install.worker is not None and install.worker.poll() is None:
            install.worker.kill()
        shutil.rmtree(folder, ignore_errors=True)


def main(names: list[str]) -> int:
    with an_install() as install:
        wrong = [name for name in names or OUTAGES if not OUTAGES[name](install, name)]
    print("All was done once, and people were told." if not wrong else f"Wrong: {', '.join(wrong)}.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
