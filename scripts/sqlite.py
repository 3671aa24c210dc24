"""The tests on SQLite: those that say they run there too; all that can where no PostgreSQL answers, so that nothing stays untested."""

import os
import subprocess
import sys

from scripts.postgres import DATABASE, postgres_answers

COMMAND = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal"]
TOO = "sqlite and not browser and not postgres and not postgres_suffices"
ALL = "not browser and not postgres"


def main() -> int:
    has_postgres = bool(os.environ.get("CI")) or postgres_answers(os.environ.get("TEST_DATABASE_URL", DATABASE))
    if has_postgres:
        print("On SQLite: the tests marked `sqlite`. All of them run on PostgreSQL.", flush=True)
    else:
        print("On SQLite: every test, but for those that need PostgreSQL, which does not answer here.", flush=True)
    return subprocess.run([*COMMAND, "-m", TOO if has_postgres else ALL, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
