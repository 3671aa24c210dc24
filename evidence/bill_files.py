"""A bill's file opened for the reader of bills: text as it is, anything wrapped through the examiner. What cannot be read says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evidence.files import FileRefused
from evidence.sandbox.client import unpack_bill
from tickets.bills.files import NotABill, inflate, kind_of_file

HEAD = 512
Chunks = Callable[[], Iterator[bytes]]


def open_bill(chunks: Chunks) -> Chunks:
    """`chunks()` begins anew at each call, and so does what comes back. Raises NotABill with its reason, SandboxUnavailable."""
    kind = kind_of_file(_head(chunks()))
    if kind == "text":
        return chunks
    if kind not in ("zip", "gzip"):
        raise NotABill(code=kind)
    try:
        deflated = unpack_bill(b"".join(chunks()))
    except FileRefused as refused:
        raise NotABill(code="damaged") from refused
    return lambda: inflate([deflated])


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    for data in chunks:
        head += data[:HEAD]
        if len(head) >= HEAD:
            break
    if not head.strip():
        raise NotABill(code="empty")
    return head
