"""Who is there to take a complaint: availability, handing over, the on-call roster. Doors import from here."""

from tickets.staffing.availability import SPOKEN_LANGUAGES, absent, set_availability, settable_fields
from tickets.staffing.on_call import acknowledge_freeze, cancel_shift, hand_over, plan_shift, take_over
from tickets.staffing.reassignment import pass_on, preview_passing_on

__all__ = [
    "SPOKEN_LANGUAGES",
    "absent",
    "acknowledge_freeze",
    "cancel_shift",
    "hand_over",
    "pass_on",
    "plan_shift",
    "preview_passing_on",
    "set_availability",
    "settable_fields",
    "take_over",
]
