"""The desk as docs/operating.md starts it: gunicorn, a worker for each queue, beat. And how much memory each process takes."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from scripts.assurance.outsiders import Outsiders, free_port

HOST = "desk.assurance.test"
WORKERS = {"urgent": 4, "clock": 2, "mail": 2, "files": 2, "outside": 4}
BIN = Path(sys.executable).parent
START_WITHIN = 180  # seconds
# A process that draws or parses somebody's file has a bound of its own, and ends with it.
EXAMINER = b"evidence.sandbox"


def environment(folder: Path, database: str, cache: str, broker: str, outsiders: Outsiders) -> dict[str, str]:
    """Production, behind a proxy (which is us)."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
        "DJANGO_ENV": "production",
        "BEHIND_PROXY": "1",
        "STATIC_MANIFEST": "0",
        "LOG_LEVEL": "CRITICAL",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database,
        "CACHE_URL": cache.replace("redis://", "rediscache://"),
        "CELERY_BROKER_URL": broker,
        "EMAIL_URL": outsiders.mail_url,
        "DEFAULT_FROM_EMAIL": f"desk@{HOST}",
        "REPLY_ADDRESS": f"desk@{HOST}",
        "INBOUND_URL": outsiders.mailbox.url,
        "FREEZE_ADAPTER_URL": outsiders.address("/adapter"),
        "FREEZE_ADAPTER_SECRET": secrets.token_urlsafe(32),
        "WEBHOOKS_TO_PRIVATE": "1",
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "EVIDENCE_KEYS": f"a:{key}",
        "EVIDENCE_HMAC_KEY": secrets.token_urlsafe(48),
        "PORT": str(free_port()),
        "EMBEDDED": "0",
    }


class Processes:
    """All of the desk; memory of each as it is at the moment of asking."""

    def __init__(self, folder: Path) -> None:
        self.port = int(os.environ["PORT"])
        self.web = self._start("gunicorn")
        self.workers = [self._start_worker(name, count) for name, count in WORKERS.items()]
        self.beat = self._start("celery", "-A", "supportdesk", "beat", "-s", str(folder / "beat"))

    def _start_worker(self, name: str, count: int) -> subprocess.Popen[bytes]:
        command = ("celery", "-A", "supportdesk", "worker", "-n", f"{name}@assurance", "-Q", name, "--concurrency", str(count))
        return self._start(*command, behind=10 if name == "files" else 0)

    @staticmethod
    def _start(*command: str, behind: int = 0) -> subprocess.Popen[bytes]:
        """`behind`: how much it lets others go before."""
        quiet, line = subprocess.DEVNULL, ["nice", "-n", str(behind), str(BIN / command[0]), *command[1:]]
        return subprocess.Popen(line, stdout=quiet, stderr=quiet, start_new_session=True)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in (self.beat, *self.workers, self.web):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait(self) -> None:
        """Until the clock and every queue have shown that they live."""
        end = time.monotonic() + START_WITHIN
        while self._readiness() != 200:
            if time.monotonic() > end:
                sys.exit("The desk did not start.")
            time.sleep(1)

    def _readiness(self) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def memory(self) -> dict[str, int]:
        """MB of the largest process of each kind: web, worker, examiner."""
        found = {"web": 0, "worker": 0, "examiner": 0}
        for kind, pid in self._all():
            try:
                kind = "examiner" if EXAMINER in Path(f"/proc/{pid}/cmdline").read_bytes() else kind
                pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
            except (OSError, IndexError):
                continue
            found[kind] = max(found[kind], pages * os.sysconf("SC_PAGE_SIZE") // 2**20)
        return found

    def _all(self) -> Iterator[tuple[str, int]]:
        children = _children()
        for kind, roots in (("web", [self.web]), ("worker", [*self.workers, self.beat])):
            waiting = [root.pid for root in roots]
            while waiting:
                pid = waiting.pop()
                yield kind, pid
                waiting += children.get(pid, [])


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        found.setdefault(parent, []).append(int(path.parent.name))
    return found
