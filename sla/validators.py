"""What a policy's fields accept."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sla.calendars import zone_info
from sla.errors import UnknownZone


def list_of_numbers(value: object) -> None:
    numbers = value if isinstance(value, list) else [None]
    if not all(type(each) is int and each >= 0 for each in numbers):  # type and not isinstance: true is no number
        raise ValidationError(_("Give a list of whole numbers, such as [1, 0]."))


def known_zone(value: str) -> None:
    try:
        zone_info(value)
    except UnknownZone as error:
        raise ValidationError(_("“%(zone)s” is not a time zone. Write it like Asia/Shanghai."), params={"zone": value}) from error
