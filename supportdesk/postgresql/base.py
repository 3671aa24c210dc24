"""Django's backend with a loader of instants four times as fast as its own, which serves connections in any zone: ours are in UTC.

A list of 25 tickets reads six hundred instants: that alone was a tenth of it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap, Buffer, Loader


class InstantLoader(Loader):
    """PostgreSQL writes ISO 8601 with the offset of the connection's zone."""

    timezone = UTC  # Django asks for it, and puts a loader of its own in this one's place if the connection is in another

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, object]:
        params = super().get_connection_params()
        params["context"] = adapters = AdaptersMap(params["context"])
        adapters.register_loader("timestamptz", InstantLoader)
        return params
