"""Reports by name: what each counts, what its columns hold, and the rows that are codes of a report's own."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REPORT = {
    "flow": _("Received and closed"),
    "promises": _("Deadlines kept"),
    "backlog": _("Open, by age"),
    "forecast": _("Coming due"),
    "categories": _("By category"),
    "agents": _("By agent"),
    "speed": _("How long it took"),
    "causes": _("Root causes"),
    "escalations": _("Taken further"),
    "yearly": _("Yearly publication"),
}
REPORT_HINT = {
    "flow": _("Complaints by the day on which they were received, closed or taken up again."),
    "promises": _("Deadlines of the desk that were met or missed in these days, by clock."),
    "backlog": _("Open complaints now, by how long ago they were received."),
    "forecast": _("Deadlines of the desk on the next five working days; the estimate goes by the share missed in the days above."),
    "categories": _("Received in these days, and how much of it is closed by now; decisions that took effect in these days."),
    "agents": _("What everybody has now, and what they did in these days."),
    "speed": _("Hours by the clock on the wall. Half took at most the median; nine in ten at most the next."),
    "causes": _("Of the decisions that took effect in these days."),
    "escalations": _("Where complaints were taken in these days."),
    "yearly": _("The year of the last day, month by month."),
}
COLUMN = {
    "day": pgettext_lazy("column of a report", "Day"),
    "month": pgettext_lazy("column of a report", "Month"),
    "received": pgettext_lazy("column of a report", "Received"),
    "closed": pgettext_lazy("column of a report", "Closed"),
    "reopened": pgettext_lazy("column of a report", "Taken up again"),
    "approved": pgettext_lazy("column of a report", "Approved"),
    "rejected": pgettext_lazy("column of a report", "Rejected"),
    "approved_share": pgettext_lazy("column of a report", "Share approved"),
    "in_time_share": pgettext_lazy("column of a report", "Share in time"),
    "closed_share": pgettext_lazy("column of a report", "Share closed"),
    "refunded": pgettext_lazy("column of a report", "Refunded (yuan)"),
    "timer": pgettext_lazy("column of a report", "Deadline"),
    "ended": pgettext_lazy("column of a report", "Ended"),
    "in_time": pgettext_lazy("column of a report", "In time"),
    "missed": pgettext_lazy("column of a report", "Missed"),
    "age": pgettext_lazy("column of a report", "Age"),
    "open": pgettext_lazy("column of a report", "Open"),
    "overdue": pgettext_lazy("column of a report", "Overdue"),
    "unassigned": pgettext_lazy("column of a report", "Unassigned"),
    "due": pgettext_lazy("column of a report", "Due"),
    "likely_missed": pgettext_lazy("column of a report", "Likely missed"),
    "category": pgettext_lazy("column of a report", "Category"),
    "agent": pgettext_lazy("column of a report", "Agent"),
    "due_today": pgettext_lazy("column of a report", "Due today"),
    "replies": pgettext_lazy("column of a report", "Replies"),
    "decisions": pgettext_lazy("column of a report", "Decisions"),
    "measure": pgettext_lazy("column of a report", "What"),
    "number": pgettext_lazy("column of a report", "Number"),
    "p50": pgettext_lazy("column of a report", "Median (h)"),
    "p90": pgettext_lazy("column of a report", "90 of 100 (h)"),
    "p95": pgettext_lazy("column of a report", "95 of 100 (h)"),
    "cause": pgettext_lazy("column of a report", "Root cause"),
    "target": pgettext_lazy("column of a report", "Where to"),
    "taken": pgettext_lazy("column of a report", "Taken there"),
    "by_clock": pgettext_lazy("column of a report", "Of these by the clock"),
    "answered": pgettext_lazy("column of a report", "Answered"),
}
BUCKET = {
    "under_1": _("under 1 day"),
    "under_3": _("1 to 3 days"),
    "under_7": _("3 to 7 days"),
    "under_15": _("7 to 15 days"),
    "under_30": _("15 to 30 days"),
    "older": _("30 days or more"),
}
MEASURE = {
    "first_reply": _("To the first reply"),
    "decision": _("From the appeal to the decision"),
    "closing": _("From filing to closing"),
}
NOBODY = _("Nobody")
NO_CAUSE = _("Not stated")
