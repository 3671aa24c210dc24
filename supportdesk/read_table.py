"""Which addresses show what is other people's, and what kind of reading that is; and which show nothing of a person, and why.

By the address as it is written in the rooms' lists. A new address of the desk, of the API or of the admin stands in one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import ReadEntry

Kind = ReadEntry.Kind
GET = ("GET", "HEAD")
ANY = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class ReadRow:
    """`names` are the parts of the address, or of the query, that tell what is read; `terms` the fields in which one types words.

    `by_owner`: written down of the owner too, for it leaves the house.
    """

    kind: str
    names: tuple[str, ...] = ("ref",)
    terms: tuple[str, ...] = ()
    methods: tuple[str, ...] = GET
    by_owner: bool = False


_OPENED = ReadRow(Kind.OPENED)
_AGAIN = ReadRow(Kind.OPENED, methods=ANY)  # after a refusal the page stands there once more
_LISTED = ReadRow(Kind.LISTED)
_PAPER = ReadRow(Kind.DOSSIER, by_owner=True)
_DESK_TICKET = "desk/tickets/<ref:ref>/"
_API_TICKET = "api/v1/tickets/<ref:ref>/"

READS: Mapping[str, ReadRow] = {
    # ---- The desk
    "desk/": ReadRow(Kind.LISTED, terms=("q",)),
    "desk/bulk/": ReadRow(Kind.LISTED, terms=("q",), methods=ANY),
    "desk/queue.<slug:form>": ReadRow(Kind.EXPORTED, terms=("q",)),
    "desk/freezes/": _LISTED,
    "desk/freezes/roster/<slug:action>/": ReadRow(Kind.LISTED, methods=ANY),
    "desk/countersign/": _LISTED,
    "desk/outside/": _LISTED,
    "desk/incidents/<slug:number>/": ReadRow(Kind.LISTED, names=("number",)),
    "desk/incidents/<slug:number>/<slug:action>/": ReadRow(Kind.LISTED, names=("number",), methods=ANY),
    "desk/notices/": _LISTED,
    "desk/letters/": ReadRow(Kind.LISTED, names=("open",)),
    "desk/bills/<uuid:key>/": ReadRow(Kind.LISTED, names=("key",)),
    "desk/bills/<uuid:key>/layout/": ReadRow(Kind.LISTED, names=("key",), methods=ANY),
    "desk/privacy/": _LISTED,
    "desk/privacy/log/": ReadRow(Kind.LISTED, terms=("person",)),
    "desk/privacy/log.csv": ReadRow(Kind.EXPORTED, terms=("person",)),
    "desk/privacy/reads/": ReadRow(Kind.LISTED, terms=("person", "whom")),
    "desk/privacy/reads.csv": ReadRow(Kind.EXPORTED, terms=("person", "whom")),
    "desk/privacy/holds/": _LISTED,
    "desk/privacy/holds/release/": ReadRow(Kind.LISTED, methods=ANY),
    "desk/privacy/person/": ReadRow(Kind.PERSON, terms=("email",)),
    "desk/privacy/person/export/": ReadRow(Kind.EXPORTED, terms=("email",), methods=ANY),
    "desk/privacy/person/erase/": ReadRow(Kind.PERSON, terms=("email",), methods=ANY),
    "desk/privacy/person/keep/": ReadRow(Kind.PERSON, terms=("email",), methods=ANY),
    "desk/figures/": ReadRow(Kind.REPORTED, names=()),
    "desk/figures/<slug:key>/": ReadRow(Kind.REPORTED, names=("key",)),
    "desk/audit/": ReadRow(Kind.LISTED, terms=("person",)),
    "desk/rules/": _LISTED,
    "desk/rules/confirm/": ReadRow(Kind.LISTED, methods=ANY),
    _DESK_TICKET: _AGAIN,
    f"{_DESK_TICKET}account/": _AGAIN,
    f"{_DESK_TICKET}evidence/": _AGAIN,
    f"{_DESK_TICKET}evidence/number/": _AGAIN,
    f"{_DESK_TICKET}dossier/": _PAPER,
    f"{_DESK_TICKET}receipt/": _PAPER,
    f"{_DESK_TICKET}links/": ReadRow(Kind.OPENED, terms=("q",), methods=ANY),
    f"{_DESK_TICKET}links/<slug:action>/": _AGAIN,
    f"{_DESK_TICKET}decide/": _AGAIN,
    f"{_DESK_TICKET}undo/": _AGAIN,
    f"{_DESK_TICKET}draft/<slug:form>/": _AGAIN,
    f"{_DESK_TICKET}<slug:action>/": _AGAIN,
    # ---- Programs
    "api/v1/tickets/": ReadRow(Kind.LISTED, terms=("q", "external_id")),
    "api/v1/tickets/count/": ReadRow(Kind.LISTED, terms=("q", "external_id")),
    _API_TICKET: _OPENED,
    f"{_API_TICKET}account/": _OPENED,
    f"{_API_TICKET}messages/": _OPENED,
    f"{_API_TICKET}events/": _OPENED,
    f"{_API_TICKET}timers/": _OPENED,
    f"{_API_TICKET}evidence/": _OPENED,
    f"{_API_TICKET}merge-preview/": _OPENED,
    f"{_API_TICKET}receipt/": _PAPER,
    f"{_API_TICKET}dossier/": _PAPER,
    "api/v1/events/": _LISTED,
    "api/v1/evidence/<int:item_id>/": ReadRow(Kind.OPENED, names=("item_id",)),
    "api/v1/evidence/<int:item_id>/custody/": ReadRow(Kind.OPENED, names=("item_id",)),
    "api/v1/incidents/": _LISTED,
    "api/v1/incidents/<slug:number>/": ReadRow(Kind.LISTED, names=("number",)),
    "api/v1/reports/<slug:key>/": ReadRow(Kind.REPORTED, names=("key",)),
    "api/v1/webhooks/<uuid:webhook_id>/deliveries/": ReadRow(Kind.LISTED, names=("webhook_id",)),
    # ---- What an owner takes out of the house
    "tickets/<slug:ref>/dossier/": _PAPER,
    "tickets/<slug:ref>/receipt/<int:number>.pdf": _PAPER,
    "my-data/export/": ReadRow(Kind.EXPORTED, names=(), methods=ANY, by_owner=True),
}

# By the label of the model: what the admin's lists and forms show of people.
ADMIN_READS = frozenset(
    {
        "accounts.guardedchange", "accounts.user", "accounts.secondfactor", "accounts.textmessage",
        "api.token", "api.webhookdelivery", "evidence.evidenceitem",
        "tickets.ticket", "tickets.timer", "tickets.event", "tickets.message", "tickets.notification", "tickets.delivery",
        "tickets.channeladdress",
    }
)  # fmt: skip

COLLEAGUES = "colleagues at work, nothing of a complaint"
STEP = "moves on at once: nothing is shown"
RULES = "rules and words of the house"
IN_CUSTODY = "each look is in the custody log"
NOTHING_READ: Mapping[str, str] = {
    "desk/pulse/": "counts, and references that the page shows already",
    "desk/views/": "filters",
    "desk/views/save/": STEP,
    "desk/views/<int:pk>/": STEP,
    "desk/freezes/roster/cancel/": STEP,
    "desk/freezes/<ref:ref>/acknowledge/": STEP,
    "desk/availability/": COLLEAGUES,
    "desk/availability/<int:person>/": COLLEAGUES,
    "desk/availability/<int:person>/pass-on/": STEP,
    "desk/incidents/": "what went wrong for many, and how many",
    "desk/incidents/suggest/": STEP,
    "desk/channels/": "one's own addresses",
    "desk/channels/<int:pk>/test/": STEP,
    "desk/channels/<int:pk>/remove/": STEP,
    "desk/notices/read/": STEP,
    "desk/notices/retry/": STEP,
    "desk/letters/<int:pk>/<slug:act>/": STEP,
    "desk/privacy/runs/": "how far runs of the vault are",
    "desk/privacy/runs/begin/": STEP,
    "desk/bills/": "which files of payment channels were read",
    "desk/bills/<uuid:key>/progress/": "how far the reading is",
    "desk/bills/<uuid:key>/<int:finding_id>/<slug:action>/": STEP,
    "desk/file/": "an empty form",
    f"{_DESK_TICKET}next/": STEP,
    f"{_DESK_TICKET}presence/": COLLEAGUES,
    "api/v1/categories/": RULES,
    "api/v1/categories/<slug:key>/": RULES,
    "api/v1/escalation-targets/": RULES,
    f"{_API_TICKET}actions/<slug:action>/": "stands in the history",
    f"{_API_TICKET}actions/split/": "stands in the history",
    f"{_API_TICKET}uploads/": STEP,
    f"{_API_TICKET}freeze/acknowledgement/": STEP,
    "api/v1/uploads/<uuid:upload_id>/": "how far one's own upload is",
    "api/v1/receipts/<str:code>/": "whoever holds the code, and nobody's name",
    "api/v1/evidence/<int:item_id>/review/": "stands in the history",
    "api/v1/evidence/<int:item_id>/consent/": "stands in the history",
    "api/v1/evidence/<int:item_id>/content/": IN_CUSTODY,
    "api/v1/freezes/<int:freeze_id>/callback/": STEP,
    "api/v1/availability/": COLLEAGUES,
    "api/v1/availability/me/": COLLEAGUES,
    "api/v1/availability/<int:person_id>/": COLLEAGUES,
    "api/v1/roster/": COLLEAGUES,
    "api/v1/roster/take-over/": STEP,
    "api/v1/roster/hand-over/": STEP,
    "api/v1/roster/<int:shift_id>/": COLLEAGUES,
    "api/v1/auth/proof/": STEP,
    "api/v1/auth/exchange/": STEP,
    "api/v1/tokens/": "one's own",
    "api/v1/tokens/<uuid:token_id>/": "one's own",
    "api/v1/reports/": RULES,
    "api/v1/webhooks/": "addresses of programs",
    "api/v1/webhooks/<uuid:webhook_id>/": "addresses of programs",
    "api/v1/webhooks/<uuid:webhook_id>/rotate/": STEP,
    "api/v1/webhooks/<uuid:webhook_id>/replay/": STEP,
    "api/v1/webhooks/<uuid:webhook_id>/ping/": STEP,
    "api/v1/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/send/": STEP,
    "api/v1/schema/": RULES,
    "api/v1/docs/": RULES,
    "api/v1/^": "nothing is there",
}
