"""A form does its work once, also when two taps arrive at the same instant."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import SentForm
from tickets.models import Message, Ticket
from tickets.tests.making import submitted

pytestmark = pytest.mark.sqlite

BODY = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on", "once": "token-1"}


def rivals(person, post, count=6):
    """The answers to the same form sent by as many threads at once."""
    clients = [Client() for _ in range(count)]
    for client in clients:
        client.force_login(person)
    start, answers = threading.Barrier(count), []

    def tap(client):
        start.wait()
        try:
            answers.append(post(client))
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_instant_freeze_once(mei):
    answers = rivals(mei, lambda client: client.post("/freeze/", BODY))
    assert Ticket.objects.count() == 1
    assert {answer.url for answer in answers} == {f"/freeze/{Ticket.objects.get().ref}/"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_instant_say_it_once(mei):
    ref = submitted(mei).ref
    rivals(mei, lambda client: client.post(f"/tickets/{ref}/messages/", {"body": "请问进度？", "once": "m"}))
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_old_tokens_are_forgotten(phone, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = submitted(mei).ref
    phone.post(f"/tickets/{ref}/messages/", {"body": "一", "once": "a"})
    clock("2026-03-13T20:52:00+08:00")
    phone.force_login(mei)
    phone.post(f"/tickets/{ref}/messages/", {"body": "二", "once": "b"})
    assert list(SentForm.objects.values_list("token", flat=True)) == ["b"]


@pytest.mark.django_db
def test_a_form_without_a_token_works(phone, mei):
    ref = submitted(mei).ref
    phone.post(f"/tickets/{ref}/messages/", {"body": "一"})
    phone.post(f"/tickets/{ref}/messages/", {"body": "一"})
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_signing_in_on_the_way_leads_to_a_page_to_look_at(browser_of, mei):
    ref = submitted(mei).ref
    answer = browser_of(None).post(f"/tickets/{ref}/messages/", {"body": "一", "at": timezone.now()})
    assert answer.url == f"/accounts/login/?next=/tickets/{ref}/"
