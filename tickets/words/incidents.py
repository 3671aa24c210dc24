"""Incidents in the desk's words."""

from django.utils.translation import pgettext_lazy

INCIDENT_STATE = {
    "suggested": pgettext_lazy("incident", "Suggested"),
    "open": pgettext_lazy("incident", "Open"),
    "resolved": pgettext_lazy("incident", "Over"),
    "dismissed": pgettext_lazy("incident", "Dismissed"),
}
INCIDENT_EVENT = {
    "suggested": pgettext_lazy("incident history", "Suggested"),
    "opened": pgettext_lazy("incident history", "Opened"),
    "dismissed": pgettext_lazy("incident history", "Dismissed"),
    "resolved": pgettext_lazy("incident history", "Declared over"),
    "banner_on": pgettext_lazy("incident history", "Banner put up"),
    "banner_off": pgettext_lazy("incident history", "Banner taken down"),
    "announced": pgettext_lazy("incident history", "Notice written"),
    "run": pgettext_lazy("incident history", "Step taken for all"),
}
# What a step came to on one ticket, beside the codes of refusals.
INCIDENT_OUTCOME = {
    "done": pgettext_lazy("outcome", "Done"),
    "unlinked": pgettext_lazy("outcome", "Not linked any more"),
    "linked_by_customer": pgettext_lazy("outcome", "Linked by the customer and not ticked: look at it, then tick it"),
    "not_looked_at": pgettext_lazy("outcome", "Its amount was not ticked: look at it, then tick it in a step of its own"),
    "amount_changed": pgettext_lazy("outcome", "Its amount has changed since you looked: look at it again"),
    "amount_unknown": pgettext_lazy("outcome", "No amount is known: record it on the complaint"),
}
HOW_LINKED = {
    "opening": pgettext_lazy("linked", "with the opening"),
    "by_hand": pgettext_lazy("linked", "by the desk"),
    "by_policy": pgettext_lazy("linked", "by itself"),
    "me_too": pgettext_lazy("linked", "by the customer"),
}
