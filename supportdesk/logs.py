"""Where log lines go, and how they look: plain, or one JSON object a line for a log collector."""

import json
import logging
from datetime import UTC, datetime

from lib.secret_paths import without_secrets_of_paths


class JSONFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class SecretPathsFilter(logging.Filter):
    """Django names the address of what it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets_of_paths(each) if isinstance(each, str) else each for each in record.args)
        return True


def logging_of(form: str, level: str) -> dict[str, object]:
    """The LOGGING of Django; `form` is plain or json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "supportdesk.logs.JSONFormatter"},
            "plain": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"},
        },
        "filters": {
            "request_id": {"()": "lib.request_id.RequestIdFilter"},
            "secret_paths": {"()": "supportdesk.logs.SecretPathsFilter"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request_id", "secret_paths"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "propagate": False},
            # The sweeps run every few seconds: only what goes wrong with them is worth a line.
            **{name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat", "pikepdf")},
            "apprise": {"level": "CRITICAL"},  # at DEBUG it names whole addresses of bots, which are their keys
            "fontTools": {"level": "WARNING"},  # it names every character of a document that is drawn
        },
    }
