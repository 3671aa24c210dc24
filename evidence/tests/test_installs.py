"""A copy is a copy: it sends, calls and deletes nothing until somebody says that it is the real one."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import installs, letters
from accounts.models import Install
from evidence.intake import upload
from evidence.models import SealedFile, UnknownFile
from evidence.periodic import purge_task, sweep_orphans
from evidence.tests import making
from evidence.tests.conftest import stored
from evidence.vault.ownership import ANOTHERS, MARK, look_at_store
from lib.standing import look_again, why_stopped
from tickets.delivery.sending import deliver_waiting
from tickets.models import Notification
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def copied(db):
    """As after pg_dump and pg_restore: all rows are there, in another place."""
    installs.known_install()
    Install.objects.update(place="another server")
    look_again()


def waiting(mei) -> Notification:
    ticket = file_ticket(mei, filing())
    now = timezone.now()
    ticket.notifications.all().delete()
    return Notification.objects.create(ticket=ticket, recipient=mei, kind="reply", urgent=True, created_at=now, not_before=now)


# ---- Which install
def test_a_new_database_and_an_empty_store_are_this_installs(clock, vault):
    assert why_stopped() == ""
    assert look_at_store() == ""
    assert storages["evidence"].open(MARK).read().decode() == installs.install_id()


def test_its_id_is_restored_after_a_flush(clock, vault):
    look_at_store()
    before = installs.known_install().install_id
    Install.objects.all().delete()
    look_again()
    call_command("seed_policy", verbosity=0)
    assert Install.objects.get().install_id == before
    assert look_at_store() == ""


def test_other_keys_are_another_install(clock, settings):
    installs.known_install()
    settings.EVIDENCE_HMAC_KEY = "the key of staging, which is another one"
    look_again()
    assert "other keys" in why_stopped()


def test_anothers_store_stops_all(clock, vault):
    storages["evidence"].save(MARK, ContentFile(b"the production"))
    assert look_at_store() == ANOTHERS
    assert why_stopped() == ANOTHERS
    assert storages["evidence"].open(MARK).read() == b"the production"


# ---- What a copy does not do
def test_a_copy_sends_nothing_and_loses_nothing(clock, mei, copied, caplog):
    row = waiting(mei)
    letters.queue_letter(mail.EmailMessage("a", "b", to=["mei@example.com"]), has_code=True)
    assert deliver_waiting(timezone.now()) == 0
    assert letters.send_waiting(timezone.now()) == 0
    assert mail.outbox == []
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Notification.State.PENDING, 0)
    assert "sends, calls and deletes nothing: the database was copied" in caplog.text


def test_a_copy_erases_nothing_from_the_store_of_the_real_one(clock, ticket, mei, vault, copied):
    upload(mei, ticket.ref, {"kind": "passport"}, making.file(making.png()))
    SealedFile.objects.all().delete()  # newer than the dump
    before = stored(vault)
    for days in range(60):
        clock(timezone.now() + timedelta(days=1))
        if days % 20 == 0:
            purge_task()
    assert stored(vault) == before != []


def test_whoever_says_so_makes_it_the_real_one(clock, mei, copied, capsys):
    waiting(mei)
    call_command("confirm_install")
    assert "the real install" in capsys.readouterr().out
    assert deliver_waiting(timezone.now()) == 1


def test_a_store_that_is_anothers_is_taken_over_only_in_so_many_words(clock, vault):
    storages["evidence"].save(MARK, ContentFile(b"the production"))
    with pytest.raises(CommandError, match="take-store"):
        call_command("confirm_install")
    assert look_at_store() == ANOTHERS
    call_command("confirm_install", "--take-store")
    assert (look_at_store(), why_stopped()) == ("", "")


# ---- Files of nobody
def test_a_file_that_no_row_names_is_reported_for_days_before_it_goes(clock, vault, settings, caplog):
    settings.UNKNOWN_FILES_STAY = timedelta(days=14)
    storages["evidence"].save("ab/abandoned", ContentFile(b"perhaps evidence"))
    found = clock(timezone.now() + timedelta(days=400))
    assert sweep_orphans(found) == 0
    assert "holds 1 files that no row names" in caplog.text
    assert sweep_orphans(found + timedelta(days=13, hours=23)) == 0
    assert UnknownFile.objects.get().seen_at == found
    assert sweep_orphans(found + timedelta(days=14)) == 1
    assert (stored(vault), UnknownFile.objects.count()) == ([], 0)


def test_a_row_that_comes_back_keeps_its_file(clock, vault, ticket, mei):
    upload(mei, ticket.ref, {"kind": "passport"}, making.file(making.png()))
    row = SealedFile.objects.get()
    SealedFile.objects.all().delete()
    found = clock(timezone.now() + timedelta(days=400))
    sweep_orphans(found)
    assert UnknownFile.objects.count() == 1
    row.save(force_insert=True)
    assert sweep_orphans(found + timedelta(days=100)) == 0
    assert (len(stored(vault)), UnknownFile.objects.count()) == (1, 0)
