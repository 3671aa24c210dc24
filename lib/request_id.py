"""By which name a request stands in the log and in its answer: the caller's own where it is plain, else one made here."""

from __future__ import annotations

import logging
import re
import uuid
from contextvars import ContextVar

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}")
current_id: ContextVar[str] = ContextVar("request_id", default="")


def choose_id(given: str) -> str:
    """What stands in a line of a log may hold no blank, no line end and no quotation mark."""
    return given if PLAIN.fullmatch(given) else uuid.uuid4().hex


class RequestIdFilter(logging.Filter):
    """Every line that is written while a request is answered names it: `record.request_id`, "-" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_id.get() or "-"
        return True
