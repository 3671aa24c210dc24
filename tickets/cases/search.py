"""Search over references, order numbers, names and words, Chinese included: one tokenizer, one function for both databases.

A run of hanzi becomes its overlapping pairs and its last character, so that any one or two of them are found again; a run of
letters or digits stays whole and is found by its beginning. The table is made by a migration of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts.models import Phone
from accounts.phone_numbers import international, looks_like_one
from tickets.models import Message, OrderReference, Ticket
from tickets.references import as_reference
from tickets.workflow.identifiers import normalise_number

Rows = TypeVar("Rows", bound="models.QuerySet[Ticket]")

# Hanzi and kana are written without spaces.
UNSPACED = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
RUN = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|[^\W_{UNSPACED}]+")
REFERENCE = re.compile(r"TS-[0-9]{8}-[0-9]{6,}")
DASHES = dict.fromkeys(range(0x2010, 0x2016), "-")
# Shorter than any issuer's number, and short numbers are words as well.
ORDER_NUMBER = re.compile(r"(?=(?:.*[0-9]){6})[0-9A-Za-z_\-|*]{8,64}")
WORD_LIMIT = 64  # in characters; nobody searches for more
QUERY_LIMIT = 16  # in words
PREFIX_FROM = 3  # shorter beginnings fit half of everything

UPSERT = """
INSERT INTO tickets_searchdoc (ticket_id, words) VALUES (%s, array_to_tsvector(%s))
ON CONFLICT (ticket_id) DO UPDATE SET words = """
SQL = {
    "postgresql": {
        "index": UPSERT + "EXCLUDED.words",
        "append": UPSERT + "tickets_searchdoc.words || EXCLUDED.words",
        "match": "SELECT ticket_id FROM tickets_searchdoc WHERE words @@ %s::tsquery",
    },
    "sqlite": {
        "index": "INSERT OR REPLACE INTO tickets_searchdoc (rowid, words) VALUES (%s, %s)",
        "append": "INSERT OR REPLACE INTO tickets_searchdoc (rowid, words) VALUES (%s, %s || "
        "COALESCE((SELECT ' ' || words FROM tickets_searchdoc WHERE rowid = %s), ''))",
        "match": "SELECT rowid FROM tickets_searchdoc WHERE words MATCH %s",
    },
}


def index(ticket_id: int, text: str) -> None:
    """Let the ticket be found by these words and no others. One statement, in the caller's transaction."""
    _write("index", ticket_id, text)


def append(ticket_id: int, text: str) -> None:
    """Let the ticket be found by these words too. One statement, in the caller's transaction."""
    _write("append", ticket_id, text)


def reindex(ticket: Ticket) -> None:
    """Let the ticket be found by what its rows say now: what was taken out of them is found no more. In the caller's transaction."""
    said = [ticket.ref, ticket.owner.email, ticket.owner.name, str(ticket.statement.get("symptom") or "")]
    numbers = OrderReference.objects.filter(ticket=ticket).values_list("number", flat=True)
    public = Message.objects.filter(ticket=ticket, visibility="public")  # nobody finds their complaint by a note about it
    index(ticket.pk, " ".join([*said, *numbers, *public.values_list("body", flat=True)]))


def forget(ticket_ids: Iterable[int]) -> None:
    """Drop the words of tickets that are deleted. (Left behind they would do no harm: they lead to no ticket.)"""
    key = "ticket_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM tickets_searchdoc WHERE {key} = %s", [(pk,) for pk in ticket_ids])  # noqa: S608


def search(queryset: Rows, q: str) -> Rows:
    """The rows of the queryset that `q` names: an exact reference or order number, else those with all of its words.

    A blank query leaves the queryset as it is; one without a letter, digit or hanzi finds nothing.
    """
    if not q.strip():
        return queryset
    named = as_reference(q)
    if REFERENCE.fullmatch(named):
        return queryset.filter(ref=named)
    exact = _exact(queryset, normalise_number(q).translate(DASHES))
    exact = _of_number(queryset, q) if exact is None else exact
    return _with_words(queryset, q) if exact is None else exact


def _of_number(queryset: Rows, q: str) -> Rows | None:
    """Complaints of whoever has this mobile number, or for whom it was filed by it."""
    if not looks_like_one(q):
        return None
    try:
        number = international(q)
    except ValidationError:
        return None
    people = Phone.objects.filter(number=number).values("user")
    found = queryset.filter(Q(owner__in=people) | Q(contact=number))
    return found if found.exists() else None


# ---- Order numbers, through B-trees
def _exact(queryset: Rows, plain: str) -> Rows | None:
    if not ORDER_NUMBER.fullmatch(plain):
        return None
    spellings = {plain, plain.upper(), plain.lower()}
    tickets = OrderReference.objects.filter(number__in=spellings).values("ticket")
    found = queryset.filter(pk__in=tickets)
    return found if found.exists() else None


# ---- Words
def tokens(text: str) -> list[str]:
    """The words a text is found by, each once."""
    return list(dict.fromkeys(word for run, unspaced in _runs(text) for word in (_pairs(run, run[-1:]) if unspaced else [run])))


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for match in RUN.finditer(plain):
        unspaced = match["unspaced"] is not None
        yield match.group() if unspaced else match.group()[:WORD_LIMIT], unspaced


def _pairs(run: str, *more: str) -> list[str]:
    return [*(run[at : at + 2] for at in range(len(run) - 1)), *more]


def _query_words(q: str) -> list[tuple[str, bool]]:
    """The words of a query, and whether the beginning of a word is enough."""
    found: dict[str, bool] = {}
    for run, unspaced in _runs(q):
        if unspaced:
            found |= dict.fromkeys(_pairs(run), False) if len(run) > 1 else {run: True}
        else:
            found[run] = len(run) >= PREFIX_FROM
    return list(found.items())[:QUERY_LIMIT]


def _with_words(queryset: Rows, q: str) -> Rows:
    condition = _condition(q)
    return matching(queryset, condition) if condition else queryset.none()


def words_of(q: str) -> str:
    """What `matching` takes for this query; empty where it names a number, or has no word."""
    plain = normalise_number(q).translate(DASHES)
    is_number = REFERENCE.fullmatch(as_reference(q)) or ORDER_NUMBER.fullmatch(plain)
    return "" if is_number else _condition(q)


def matching(queryset: Rows, condition: str) -> Rows:
    """The rows with all of the words."""
    return queryset.filter(Q(pk__in=RawSQL(SQL[connection.vendor]["match"], [condition])))  # noqa: S611


def _condition(q: str) -> str:
    """Words are letters and digits only, so quoting them needs no escape."""
    wanted = _query_words(q)
    if connection.vendor == "postgresql":
        return " & ".join(f"'{word}':*" if prefix else f"'{word}'" for word, prefix in wanted)
    return " AND ".join(f'"{word}"*' if prefix else f'"{word}"' for word, prefix in wanted)


def _write(statement: str, ticket_id: int, text: str) -> None:
    words = tokens(text)
    if connection.vendor == "postgresql":
        values: list[Any] = [ticket_id, words]
    else:
        values = [ticket_id, " ".join(words)] + ([ticket_id] if statement == "append" else [])
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor][statement], values)
