"""gunicorn's line for each request: without the query and what opens a door, and as JSON where all else is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from gunicorn.glogging import Logger

from lib.secret_paths import without_secrets_of_paths

AS_JSON = os.environ.get("LOG_FORMAT", "json" if os.environ.get("DJANGO_ENV") == "production" else "plain") == "json"
# Names of a line of JSON, and gunicorn's. Not the query: names and numbers are searched for. Nor where one came from: it has one too.
FIELDS = {"address": "h", "method": "m", "path": "U", "status": "s", "bytes": "B", "milliseconds": "M", "agent": "a"}


class AccessLogger(Logger):
    def atoms(self, resp: object, req: object, environ: Mapping[str, object], request_time: timedelta) -> dict[str, object]:
        found = super().atoms(resp, req, environ, request_time)
        return {**found, "U": without_secrets_of_paths(str(found["U"])), "r": "-", "q": "-", "f": "-"}

    def access(self, resp: object, req: object, environ: Mapping[str, object], request_time: timedelta) -> None:
        if not (AS_JSON and self.cfg.accesslog):
            super().access(resp, req, environ, request_time)
            return
        atoms = self.atoms(resp, req, environ, request_time)
        line = {"at": timezone.now().isoformat(), "logger": "access"} | {name: atoms.get(key) for name, key in FIELDS.items()}
        line["request_id"] = atoms.get("{x-request-id}o", "-")
        self.access_log.info("%s", json.dumps(line, ensure_ascii=False, default=str))
