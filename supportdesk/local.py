"""What an install without any environment needs: a folder nobody else reads, and a secret of its own in it."""

import os
import secrets
from pathlib import Path

READABLE_BY_OTHERS = 0o077


def keep_private(folder: Path) -> None:
    """Whatever this process makes from now on is for its own user alone. What an earlier version left open in `folder` is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    os.umask(READABLE_BY_OTHERS)
    for path in (*folder.glob("*.sqlite3*"), folder / "mail", folder / "evidence", folder / "texts"):
        try:
            mode = path.stat().st_mode
            if mode & READABLE_BY_OTHERS:
                path.chmod(mode & ~READABLE_BY_OTHERS)
        except OSError:  # it is not there, went meanwhile, or belongs to another user, who alone may close it
            continue


def secret_key(path: Path) -> str:
    """The key stored at `path`, made there once (mode 0600). Two processes that start together agree on one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # atomic, and refused when the other process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
