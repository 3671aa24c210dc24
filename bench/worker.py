"""A process of the measurement: one database, one connection; takes its orders as lines of JSON."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import django


class Worker:
    """Such a process, as the one who gives the orders sees it."""

    def __init__(self, url: str) -> None:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        command = [sys.executable, "-m", "bench.worker"]
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def do(self, duty: str, *values: Any) -> Any:
        """Raises ChildProcessError when the process has died over it (its traceback is on stderr)."""
        if self._process.stdin is None or self._process.stdout is None:
            raise ChildProcessError(duty)
        self._process.stdin.write(json.dumps([duty, *values]) + "\n")
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"{duty} {values}")
        return json.loads(answer)

    def end(self) -> None:
        self._process.communicate()


def main() -> None:
    django.setup()
    duties = import_module("bench.duties")  # its models need what stands above
    gc.collect()
    gc.freeze()  # as our servers and workers do
    for line in sys.stdin:
        name, *values = json.loads(line)
        print(json.dumps(getattr(duties, name)(*values)), flush=True)


if __name__ == "__main__":
    main()
