"""With what axe found nothing, known to all workers of a run: what is built the same need not be given to it again by any of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class LookedOver:
    """Keys of pages, of parts of pages and of sets of style sheets. In memory, until it is given a file that others read too."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._file: Path | None = None
        self._read = 0

    def share(self, file: Path) -> None:
        self._file = file
        file.touch()

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def update(self, keys: Iterable[str]) -> None:
        found = set(keys) - self._known
        self._known |= found
        if self._file is not None:
            with self._file.open("ab", buffering=0) as shared:
                shared.write("".join(f"{key}\n" for key in sorted(found)).encode())

    def hear(self) -> None:
        """What the others have found good since."""
        if self._file is None:
            return
        with self._file.open("rb") as shared:
            shared.seek(self._read)
            told = shared.read()
        whole = told[: told.rfind(b"\n") + 1]  # the last line may be half written
        self._read += len(whole)
        self._known.update(whole.decode().splitlines())
