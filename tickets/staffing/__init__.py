"""Who is there to take a complaint: availability, handing over, the on-call roster. Doors import from here."""

from tickets.staffing.availability import absent, set_availability, settable_fields
from tickets.staffing.on_call import acknowledge_freeze, cancel_shift, hand_over, plan_shift, take_over
from tickets.staffing.own_addresses import add_address, own_addresses, remove_address, test_address
from tickets.staffing.reassignment import pass_on, preview_passing_on

__all__ = [
    "absent",
    "acknowledge_freeze",
    "add_address",
    "cancel_shift",
    "hand_over",
    "own_addresses",
    "pass_on",
    "plan_shift",
    "preview_passing_on",
    "remove_address",
    "set_availability",
    "settable_fields",
    "take_over",
    "test_address",
]
