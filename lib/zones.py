"""Time zones a person may choose, and the one that counts when they chose none."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DEFAULT_ZONE = "Asia/Shanghai"
COMMON_ZONES = (
    DEFAULT_ZONE,
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
)
# Names that mean a place; the rest ("EST5EDT", "Etc/GMT+8") mislead people.
ZONES = frozenset(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/")))


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name. A name no longer known (tzdata renames places) gives the default, never an error."""
    return ZoneInfo(name if name in ZONES else DEFAULT_ZONE)


def validate_zone(name: str) -> None:
    """Raises ValidationError for a name that is not a place in the zone database."""
    if name not in ZONES:
        raise ValidationError(_("Choose a time zone from the list."), code="unknown_zone")


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select: the common ones first, then all, by name."""
    common = [(name, name.replace("_", " ")) for name in COMMON_ZONES]
    others = [(name, name.replace("_", " ")) for name in sorted(ZONES.difference(COMMON_ZONES))]
    return [(str(_("Common")), common), (str(_("All")), others)]
