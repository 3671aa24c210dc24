"""The one environment of all pages (named in the settings): what every page may call, and what the customer's pages call besides."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from lib import pages
from lib.duties.alarms import notice_standstill
from portal import page_helpers


def environment(**options: Any) -> Environment:
    made = pages.environment(**options)
    made.globals.update(page_helpers.HELPERS, standstill=notice_standstill)
    made.filters.update(page_helpers.FILTERS)
    return made
