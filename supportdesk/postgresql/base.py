"""Django's backend with a loader of instants four times as fast as its own, which serves connections in any zone: ours are in UTC.

A list of 25 tickets reads six hundred instants: that alone was a tenth of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap, Buffer, Loader


class InstantLoader(Loader):
    """PostgreSQL writes ISO 8601 with the offset of the connection's zone."""

    timezone = UTC  # Django asks for it, and puts a loader of its own in this one's place if the connection is in another

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


# In the order of the settings' LIMITS.
LIMIT_NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def _set(seconds: Sequence[int]) -> list[str]:
    """As PostgreSQL takes them with a new connection: what a pooler or DISCARD resets to."""
    return [f"-c {name}={limit}s" for name, limit in zip(LIMIT_NAMES, seconds, strict=True)]


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, object]:
        params = super().get_connection_params()
        if limits := self.settings_dict.get("LIMITS"):
            params["options"] = " ".join(
                [params.get("options", ""), *_set(limits["pages" if "supportdesk.wsgi" in sys.modules else "work"])]
            )
        params["context"] = adapters = AdaptersMap(params["context"])
        adapters.register_loader("timestamptz", InstantLoader)
        return params
