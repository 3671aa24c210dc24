"""The dossier: a case as a PDF with its evidence and the hashes of all of it, to hand to somebody outside."""

from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from accounts.models import User
from evidence.dossier.archive import packed
from evidence.dossier.asking import Asked, asked
from evidence.dossier.content import gathered
from evidence.operations import Content

__all__ = ["Asked", "asked", "dossier"]


def dossier(viewer: User, ref: str, request: Asked) -> Content:
    """The ZIP. Times stand in the zone the calendar counts in, whoever reads them.

    Raises NotFound, WrongStatus (409) before the complaint is filed, Forbidden where somebody else asks for identity documents.
    """
    with translation.override(request.language):
        found = gathered(viewer, ref, request)
        with timezone.override(ZoneInfo(found.case.policy.zone)):
            return Content(packed(found, viewer), "application/zip", f"{found.ticket.ref}-dossier.zip")
