"""What a payment channel's bill says about a complaint, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERDICT = {
    "paid": _("Paid once, nothing paid back"),
    "failed": _("The payment failed"),
    "refunded": _("Paid back in full"),
    "pending": _("Still being processed"),
    "charged_twice": _("Charged twice"),
    "other_amount": _("Another amount than disputed"),
    "undecided": _("The bill does not say"),
}
CHARGE_STATE = {
    "paid": pgettext_lazy("line of a bill", "paid"),
    "failed": pgettext_lazy("line of a bill", "failed"),
    "refunded": pgettext_lazy("line of a bill", "paid back"),
    "pending": pgettext_lazy("line of a bill", "pending"),
    "unknown": pgettext_lazy("line of a bill", "not known"),
}
FINDING_STATE = {
    "proposed": _("Waits for a person"),
    "confirmed": _("Confirmed"),
    "dismissed": _("Set aside"),
}
BILL_STATE = {
    "reading": _("Being read"),
    "done": _("Read"),
    "failed": _("Not read"),
}
