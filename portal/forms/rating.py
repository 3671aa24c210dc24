"""How did it go? One to five, and two things more for those who like."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lib.types import Context
from portal.forms.operation_form import OperationForm, choice_field, long_field, yes_no_field
from tickets.models import Rating

SCORE = (
    ("5", _("5 – very well")),
    ("4", _("4 – well")),
    ("3", _("3 – so-so")),
    ("2", _("2 – badly")),
    ("1", _("1 – very badly")),
)


class RatingForm(OperationForm):
    key = "rating"
    score = choice_field(_("How did it go?"), SCORE, required=True)
    in_time = yes_no_field(_("Was it in time?"))
    comment = long_field(_("Anything you want to tell us?"), rows=3, hint=_("Never write passwords, codes or full card numbers."))

    @staticmethod
    def rating_initial(rating: Rating | None) -> Context:
        if rating is None:
            return {}
        in_time = "" if rating.in_time is None else str(rating.in_time).lower()
        return {"score": str(rating.score), "in_time": in_time, "comment": rating.comment}
