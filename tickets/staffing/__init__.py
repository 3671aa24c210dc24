"""Who is there to take a complaint: availability, handing over, the on-call roster. Doors import from here."""

from tickets.staffing.availability import absent, may_set, set_availability
from tickets.staffing.on_call import acknowledge_freeze, cancel_shift, hand_over, plan_shift, take_over
from tickets.staffing.reassignment import pass_on, preview_passing_on

__all__ = [
    "absent",
    "acknowledge_freeze",
    "cancel_shift",
    "hand_over",
    "may_set",
    "pass_on",
    "plan_shift",
    "preview_passing_on",
    "set_availability",
    "take_over",
]
