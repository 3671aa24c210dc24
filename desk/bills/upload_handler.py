"""A payment channel's bill on its way in: compressed in memory, as large as a month may be, and never on a disk."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.urls import reverse

from accounts.roles import is_staff_member
from tickets.bills.files import CompressedFile

LARGEST = 64 * 1024 * 1024


class CompressedUpload:
    """What stands in request.FILES. Of one that is too large nothing is kept but its size."""

    def __init__(self, name: str, pressed: CompressedFile, sha256: str, size: int) -> None:
        self.name, self.pressed, self.sha256, self.size = name, pressed, sha256, size

    @property
    def is_too_large(self) -> bool:
        return self.size > LARGEST

    def close(self) -> None:
        """Asked for by Django at the end of a request; there is nothing to close."""


class CompressingUploadHandler(FileUploadHandler):
    """Takes what is sent to the page of bills, and leaves everything else to the handler behind it (FILE_UPLOAD_HANDLERS)."""

    _left = 1  # a page takes one bill at a time

    def handle_raw_input(
        self, input_data: object, META: object, content_length: int, boundary: object, encoding: str | None = None
    ) -> None:
        """A form is read before its view says who may send it: of people who may not, nothing is kept."""
        request: Any = self.request
        self._ours = request is not None and request.path == reverse("desk:bills")
        if self._ours and not is_staff_member(request.user):
            self._left = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._ours:
            if not self._left:
                raise SkipFile
            self._left -= 1
            self._pressed, self._digest, self._size = CompressedFile(), hashlib.sha256(), 0
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self._ours:
            return raw_data
        self._size = start + len(raw_data)
        if self._size > LARGEST:
            self._pressed = CompressedFile()
        else:
            self._pressed.add(raw_data)
            self._digest.update(raw_data)
        return None

    def file_complete(self, file_size: int) -> Any:
        if not self._ours:
            return None
        self._pressed.end()
        return CompressedUpload(self.file_name or "", self._pressed, self._digest.hexdigest(), file_size)
