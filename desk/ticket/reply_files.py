"""Files in the box of a reply or note: brought in at once, with the vault until the words are sent, or removed."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from desk.shell.posted_values import whole
from desk.shell.refusals import errors_of
from desk.ticket.drafts import Writing
from desk.ticket.presenters.evidence import file_line
from evidence.files import display_name
from evidence.intake import unsent_of, upload
from evidence.models import EvidenceItem
from evidence.operations import delete
from lib.types import Context
from tickets.cases.case import Case
from tickets.workflow import Forbidden, Invalid, NotFound, Refusal
from tickets.workflow.vocabulary import DESK_FILE


def upload_reply_files(files: MultiValueDict, user: User, ref: str) -> list[int]:
    """Their keys. Those that are refused are named with the reason, the others stay in the box.

    Raises NotFound, Forbidden, Invalid at files.
    """
    kept, wrong = [], []
    for file in files.getlist("files"):
        try:
            kept.append(upload(user, ref, {"kind": DESK_FILE}, file).pk)
        except (NotFound, Forbidden):
            raise
        except Refusal as refusal:
            said = " ".join(text for texts in errors_of(refusal).values() for text in texts)
            wrong.append(f"{display_name(file.name or '')}: {said}")
    if wrong:
        raise Invalid({"files": wrong})
    return kept


def attached_ids(post: QueryDict) -> list[int]:
    """What the page listed as ready to go."""
    return parse_ids(post.getlist("attached"))


def parse_ids(said: Collection[str]) -> list[int]:
    return [found for found in map(whole, said) if found]


def delete_reply_files(user: User, ref: str, ids: Collection[int]) -> None:
    """Only what is the person's own and not sent; of the rest nothing is touched."""
    own = EvidenceItem.objects.filter(ticket__ref=ref, pk__in=ids, uploaded_by=user, kind=DESK_FILE, message=None, deleted_at=None)
    for pk in own.values_list("pk", flat=True):
        delete(user, pk)


def discard_reply_files(case: Case, user: User, writing: Writing) -> None:
    """The draft is thrown away, and its files with it."""
    delete_reply_files(user, case.ticket.ref, [item.pk for item in _unsent_reply_files(case, user, writing)])


def list_reply_files(case: Case, user: User, writing: Writing) -> list[Context]:
    return [file_line(case, item) for item in _unsent_reply_files(case, user, writing)]


def _unsent_reply_files(case: Case, user: User, writing: Writing) -> list[EvidenceItem]:
    """Not what is on its way with a reply."""
    going = {pk for row in writing.on_their_way for pk in row.data.get("files", ())}
    return [item for item in unsent_of(user, case) if item.pk not in going]
