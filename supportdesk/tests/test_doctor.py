"""`manage.py doctor` names what is wrong with an install, and ends with 1 for it."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.installs import known_install
from accounts.mail_outage import note_away
from accounts.models import Install, User
from accounts.roles import Role
from accounts.tests.conftest import person
from evidence.models import SealedFile, UnknownFile
from lib import keyring
from lib.duties.models import DutyRun
from lib.shared_cache import SharedCache
from lib.standing import look_again
from sla.models import CalendarDay
from supportdesk import doctor
from tickets.models import OnCallShift, Respondent

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _in_april(time_machine):
    time_machine.move_to("2026-04-08T12:00:00+08:00", tick=True)


def said(examination: str) -> str:
    """Its findings, those that are wrong in capitals' company."""
    return "\n".join(f"{'WRONG' if each.is_wrong else 'see to'} {each.words}" for each in doctor.EXAMINATIONS[examination]())


@pytest.fixture
def sound():
    for name in ("root", "second"):
        User.objects.create_superuser(f"{name}@example.com", "a quiet heron 7")
    for name in ("zhao", "qian"):
        person(f"{name}@example.com", Role.SUPERVISOR)
    Respondent.objects.update(verified_at=timezone.now())
    DutyRun.objects.update_or_create(name="tickets.fire_due_timers", defaults={"ended_at": timezone.now()})


def test_a_sound_install_is_in_order_and_the_command_ends_well(sound, capsys):
    call_command("doctor")
    shown = capsys.readouterr().out
    assert "WRONG" not in shown
    for name in ("database", "cache", "broker", "evidence store", "keys", "install", "mail server", "people"):
        assert f"{name}: in order" in shown


def test_what_is_wrong_ends_with_1(sound, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError, match="1 things are wrong"):
        call_command("doctor")


def test_services_that_do_not_answer(settings, monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(caches._connections, "default", SharedCache(f"redis://127.0.0.1:{port}/0", {}))
    assert said("cache").startswith("WRONG The cache does not answer (ConnectionError)")
    note_away("refused", timezone.now())
    assert "see to Workers have had no answer" in said("mail server")
    monkeypatch.setattr(doctor, "app", doctor.app.__class__("elsewhere", broker=f"redis://127.0.0.1:{port}/1", set_as_current=False))
    assert "WRONG The broker does not answer" in said("broker")


def test_a_store_that_gives_back_something_else(monkeypatch):
    monkeypatch.setattr("django.core.files.base.ContentFile.__init__", _always_the_same)
    assert "WRONG The evidence store gives back something else" in said("evidence store")


def _always_the_same(self, content, name=None):
    from io import BytesIO

    from django.core.files.base import File

    File.__init__(self, BytesIO(b"the same"), name=name)
    self.size = 8


def test_keys_that_are_gone(settings):
    sealed = {"name": "ab/cd", "wrapped_key": b"x", "size": 1, "sha256": "", "made_at": timezone.now()}
    SealedFile.objects.create(key_id="lost", **sealed)
    settings.EVIDENCE_KEYS = ["k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    assert "WRONG The key lost is not among EVIDENCE_KEYS" in said("keys")
    SealedFile.objects.update(key_id="k1")
    assert "WRONG The key k1 opens nothing" in said("keys")
    settings.EVIDENCE_KEYS, settings.EVIDENCE_KEY_FILE = [], keyring.Path("/nowhere")
    assert "WRONG The keys of evidence are gone" in said("keys")


def test_a_clock_that_stands_still():
    DutyRun.objects.all().delete()
    assert said("clock").startswith("WRONG The clock has never ticked")
    DutyRun.objects.create(name="tickets.fire_due_timers", ended_at=timezone.now() - timedelta(minutes=3))
    assert said("clock").startswith("WRONG The clock last ticked at 2026-04-08")


def test_a_copy_and_files_of_nobody():
    known_install()
    Install.objects.update(place="elsewhere")
    look_again()
    assert "WRONG It sends, calls and deletes nothing: the database was copied" in said("install")
    UnknownFile.objects.create(name="ab/cd", seen_at=timezone.now())
    assert "see to The evidence store holds 1 files" in said("evidence store")


def test_people_and_the_roster():
    assert "WRONG There are 0 administrators" in said("people") and "see to There are 0 supervisors" in said("people")
    assert "see to Nobody is on call" in said("on call")
    zhou = person("zhou@example.com", Role.FREEZE_OPERATOR)
    day = timedelta(days=1)
    OnCallShift.objects.create(person=zhou, from_at=timezone.now() - day, to_at=timezone.now() + day, made_by=zhou, made_at=timezone.now())
    assert "see to Whoever is on call has no passkey" in said("on call")
    assert "respondents" in said("contacts")


def test_a_calendar_that_is_missing(time_machine):
    assert said("calendar") == ""
    time_machine.move_to("2026-11-30T12:00:00+08:00")
    CalendarDay.objects.filter(date__year=2027).delete()
    assert said("calendar").startswith("see to The calendar of 2027 is missing")
    CalendarDay.objects.all().delete()
    assert "WRONG The calendar of 2026 is missing" in said("calendar")
