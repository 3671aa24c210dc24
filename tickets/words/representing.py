"""The words of what happens where somebody acts for the owner of a complaint. `to_customer` of the last three goes to whoever acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words.catalogue import EventWords

REPRESENTING_WORDS: dict[str, EventWords] = {
    "representative_named": EventWords(
        line=pgettext_lazy("history", "Somebody acts for the customer"),
        to_customer=(
            _("Somebody filed a complaint for you"),
            _("Please read it and say whether they may follow it and act for you. Until you agree they see nothing of it."),
        ),
    ),
    "representative_agreed": EventWords(
        line=pgettext_lazy("history", "The customer lets them follow and act"),
        to_customer=(
            _("You may follow the complaint and act"),
            _("The person whose complaint it is has agreed."),
        ),
    ),
    "representative_refused": EventWords(
        line=pgettext_lazy("history", "The customer does not let them act"),
        to_customer=(
            _("You may not act in this complaint"),
            _("The person whose complaint it is did not agree. It goes on with them; you see no more of it."),
        ),
    ),
    "representative_ended": EventWords(
        line=pgettext_lazy("history", "The customer has ended that somebody acts for them"),
        to_customer=(
            _("You no longer act in this complaint"),
            _("The person whose complaint it is has ended it. The complaint goes on with them; you see no more of it."),
        ),
    ),
    "representation_waits": EventWords(
        line=pgettext_lazy("history", "Filed for somebody who has a freeze of this account already: please join the two"),
    ),
}
