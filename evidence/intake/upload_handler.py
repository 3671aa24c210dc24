"""Uploads on their way in: held in memory alone, so that no byte of a document ever touches a disk unsealed.

Django's own handlers write what is larger than 2.5 MB to a temporary file. This one keeps so much of a file that it is known to be
too large, and so much of a request as one may reasonably send; it counts the rest and lets it go.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from evidence.files import MEGA

# No policy allows a larger file.
LARGEST_FILE = 10 * MEGA
# Of all files of one request: a submission may have fifty megabytes.
LARGEST_REQUEST = 60 * MEGA
# A request that says it is larger is not even read.
ABSURD_REQUEST = 400 * MEGA


class MemoryFile(InMemoryUploadedFile):
    """An uploaded file. `size` is what was sent; `cut_short` says that the request was full before the file was."""

    cut_short = False


class MemoryUploadHandler(FileUploadHandler):
    """The handler of every upload but bills (FILE_UPLOAD_HANDLERS)."""

    chunk_size = 256 * 1024
    _room = LARGEST_REQUEST

    def handle_raw_input(
        self, input_data: object, META: object, content_length: int, boundary: object, encoding: str | None = None
    ) -> None:
        """Raises RequestDataTooBig."""
        if content_length > ABSURD_REQUEST:
            raise RequestDataTooBig("The request is larger than any number of files we take.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = io.BytesIO()
        self._cut_short = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        wanted = min(len(raw_data), max(0, LARGEST_FILE + 1 - start))
        kept = min(wanted, self._room)
        self._cut_short = self._cut_short or kept < wanted
        self._room -= kept
        self._held.write(raw_data[:kept])

    def file_complete(self, file_size: int) -> MemoryFile:
        self._held.seek(0)
        file = MemoryFile(
            file=self._held,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
        file.cut_short = self._cut_short
        return file
