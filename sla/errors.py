"""What can be wrong with a deadline, a calendar or a policy."""


class SlaError(ValueError):
    """The root of this room's errors; `str()` is for logs and the admin, not for customers."""


class NaiveMoment(SlaError):
    """A datetime without an offset: whose midnight would it mean?"""


class UnknownZone(SlaError):
    """No such time zone in the zone database."""


class InvalidDuration(SlaError):
    """An unknown clock, or an amount below one."""


class DurationTooLong(SlaError):
    """Longer than the policy allows, or than dates can count."""


class NoWorkingDay(SlaError):
    """The calendar has no working day within a year."""


class CalendarNotPublished(SlaError):
    """The official library does not know that year yet."""


class InvalidCalendar(SlaError):
    """A calendar file that cannot be read as one."""


class PolicyNotPublished(SlaError):
    """No such policy version, or still a draft."""


class InvalidPolicy(SlaError):
    """A draft that may not be published; `problems` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
