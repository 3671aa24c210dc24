"""The dossier: a case as a PDF with its evidence and the hashes of all of it, to hand to somebody outside."""

from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from accounts.models import User
from evidence.dossier.archive import build_archive
from evidence.dossier.asking import DossierRequest, parse_request
from evidence.dossier.content import collect_dossier, known_sides
from evidence.operations import Content
from evidence.operations.limits import check_rate

__all__ = ["DossierRequest", "dossier", "known_sides", "parse_request"]


def dossier(viewer: User, ref: str, request: DossierRequest) -> Content:
    """The ZIP. Times stand in the zone the calendar counts in, whoever reads them.

    Raises NotFound, WrongStatus (409) before the complaint is filed, Forbidden where somebody else asks for identity documents, or
    their owner who has not freshly proven who they are; Refusal (throttled: 429).
    """
    check_rate("THROTTLE_DOSSIER", viewer.pk)
    with translation.override(request.language):
        found = collect_dossier(viewer, ref, request)
        with timezone.override(ZoneInfo(found.case.policy.zone)):
            return Content(build_archive(found, viewer), "application/zip", f"{found.ticket.ref}-dossier.zip")
