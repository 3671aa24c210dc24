"""What an install without any environment needs: a secret of its own, kept on its disk."""

import os
import secrets
from pathlib import Path


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
