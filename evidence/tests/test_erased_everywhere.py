"""Somebody is erased: their words and numbers are looked for in the database's file, its log of writes, the index, letters, the store."""

import logging
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from accounts.letters import _seal
from accounts.models import Letter, Phone, TextMessage
from evidence.intake import upload
from evidence.people import erase_person, request_deletion
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault.history_audit import history_findings
from evidence.vault.seals import seal_history
from lib.traces import drop_traces
from tickets.cases.search import search
from tickets.models import Event, Rating, Ticket
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.cast import person
from tickets.tests.making import STATEMENT, filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
PHONE = "+8613912349876"
ORDER = "zqorder20260310123456"
# A word for each place where somebody may write.
WORDS = {
    place: f"zq{place}qz"
    for place in (
        "mail", "name", "symptom", "message", "meta", "external", "represented", "account", "reopening", "text", "file", "comment",
    )
}  # fmt: skip


@pytest.fixture
def letters(settings, tmp_path):
    settings.EMAIL_BACKEND = "supportdesk.mail.EmbeddedBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.VAR_DIR = tmp_path
    return tmp_path / "mail"


@pytest.fixture
def subject(lasting, letters):
    who = person(f"{WORDS['mail']}@example.com")
    who.name = WORDS["name"]
    who.save()
    EmailAddress.objects.get_or_create(user=who, email=who.email, defaults={"verified": True, "primary": True})
    Phone.objects.create(user=who, number=PHONE, verified_at=timezone.now())
    return who


@pytest.fixture
def lived(subject, clock, lin, letters) -> Ticket:
    """A complaint with a word in every place, closed; a letter and a text on their way."""
    told = {
        "statement": {**STATEMENT, "symptom": f"有人盗用了我的账户 {WORDS['symptom']} 充值了六百元，我没有操作过。"},
        "order_numbers": [{"issuer": "other", "number": ORDER}],
        "account": f"wechat:{WORDS['account']}",
        "metadata": {"note": WORDS["meta"]},
        "external_id": WORDS["external"],
        "represents": {"name": WORDS["represented"], "as": "guardian"},
    }
    ticket = file_ticket(subject, filing(**told))
    upload(subject, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg(), f"{WORDS['file']}.jpg"))
    upload(subject, ticket.ref, {"kind": "cs_conversation", "text": f"客服说 {WORDS['text']}"})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    post_message(subject, ticket.ref, {"body": f"请快一点 {WORDS['message']}"})
    perform(subject, ticket.ref, "withdraw", {"keep_freeze": None})
    at = dict.fromkeys(("at", "changed_at", "closed_at"), ticket.created_at)
    Rating.objects.create(ticket=ticket, score=2, comment=WORDS["comment"], **at)
    perform(subject, ticket.ref, "reopen", {"reason": WORDS["reopening"]})
    EmailMessage("验证码", f"{WORDS['name']}，您的验证码是 123456", None, [subject.email]).send()
    EmailMessage("别人的", "写给别人的信", None, ["wang@example.com"]).send()
    waiting = {"created_at": ticket.created_at, "next_at": ticket.created_at, "useful_until": ticket.created_at}
    Letter.objects.create(sealed=_seal(EmailMessage("账户", WORDS["name"], None, [subject.email])), **waiting)
    TextMessage.objects.create(number=PHONE, created_at=ticket.created_at, next_at=ticket.created_at)
    (Path(settings.VAR_DIR) / "texts").write_text(f"2026-03-10T20:53:00 {PHONE}: 123456\n2026-03-10T20:53:00 +8613800000000: 654321\n")
    seal_history(clock("2026-03-10T21:00:00+08:00"))
    return ticket


def everything(vault: Path, letters: Path) -> dict[str, bytes]:
    """By where it lies. On PostgreSQL what its rows say, as a dump would write them."""
    files = [path for folder in (vault, letters.parent) for path in folder.rglob("*") if path.is_file()]
    if connection.vendor == "sqlite":
        base = str(connection.settings_dict["NAME"])
        files += [Path(base + more) for more in ("", "-wal", "-shm") if Path(base + more).exists()]
        return {str(path): path.read_bytes() for path in files}
    found = {str(path): path.read_bytes() for path in files}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names of the schema
            found[table] = "\n".join(row[0] for row in cursor.fetchall()).encode()
    return found


def places_of(needles: list[str], vault: Path, letters: Path) -> set[tuple[str, str]]:
    found = everything(vault, letters)
    return {(needle, name) for name, data in found.items() for needle in needles if needle.lower().encode() in data.lower()}


NEEDLES = [*WORDS.values(), PHONE, PHONE.removeprefix("+86"), ORDER]


def test_nothing_of_somebody_who_was_erased_is_found_anywhere(lived, subject, vault, letters, caplog, clock):
    caplog.set_level(logging.INFO)
    there = {needle for needle, _place in places_of(NEEDLES, vault, letters)}
    hidden = {WORDS["account"], WORDS["file"]}  # sealed
    assert set(NEEDLES) - there <= hidden, "the search finds what is there"
    clock("2026-04-10T12:00:00+08:00")
    request_deletion(subject)
    erase_person(subject, subject)
    assert drop_traces() or connection.vendor != "sqlite"
    assert places_of(NEEDLES, vault, letters) == set()
    assert not [record for record in caplog.records if any(needle in record.getMessage() for needle in NEEDLES)]
    assert [line for line in history_findings(None) if line] == []
    assert not search(Ticket.objects.all(), WORDS["symptom"]).exists()
    assert Event.objects.get(ticket=lived, kind="reopen_requested").data["reason"] == "…"
    assert not Letter.objects.exclude(sealed="").exists()
    assert b"654321" in (Path(settings.VAR_DIR) / "texts").read_bytes(), "others' stay"
    assert b"wang@example.com" in b"".join(path.read_bytes() for path in letters.rglob("*.log"))


def test_who_puts_words_into_an_emptied_event_is_found(lived, subject, clock):
    clock("2026-04-10T12:00:00+08:00")
    erase_person(subject, subject)
    event = Event.objects.get(ticket=lived, kind="reopen_requested")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER tickets_event_no_update")
        else:
            cursor.execute("ALTER TABLE tickets_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE tickets_event SET data = %s WHERE id = %s", ['{"reason": "别的理由"}', event.pk])
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE tickets_event ENABLE TRIGGER USER")
    found = [line for line in history_findings(None) if line]
    assert found == [f"event {event.seq} of {lived.ref} (reopen_requested): changed"]
