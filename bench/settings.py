"""The desk's own settings, with the floor's address, and limits nobody reaches (they still count, as they would)."""

from pathlib import Path

from supportdesk.settings import *  # noqa: F403
from supportdesk.settings import DATABASES, LOGGING, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[1]["DIRS"].append(Path(__file__).parent / "templates")  # the engine that draws the queue's rows
DATABASES["default"]["CONN_MAX_AGE"] = None
THROTTLE_USER = THROTTLE_ANON = THROTTLE_ADDRESS = THROTTLE_FILING = THROTTLE_UPLOAD = "1000000000/min"
FREEZES_PER_HOUR = FILINGS_PER_HOUR = 1_000_000_000
REQUIRE_STAFF_2FA = False
LOGGING["root"]["level"] = "ERROR"
