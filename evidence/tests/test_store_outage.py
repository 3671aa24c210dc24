"""The store is full or away: said in words, nothing lost, nothing stuck. And a store that is a bucket, on a real server."""

from __future__ import annotations

import errno
import os
import socket
from datetime import timedelta

import boto3
import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.utils import timezone
from moto.server import ThreadedMotoServer

from evidence.intake import begin
from evidence.intake.inspection import inspect
from evidence.models import EvidenceItem, SealedFile
from evidence.operations import content, delete
from evidence.periodic import inspect_waiting, sweep_orphans
from evidence.tests import making
from evidence.tests.test_uploads import api, send_by_api, send_by_page
from tickets.workflow.errors import Refusal

AWAY = "storage for files is away"


class Full(FileSystemStorage):
    """A disk without room: the file is begun, and that is all."""

    full = True

    def _save(self, name, content):
        if not Full.full:
            return super()._save(name, content)
        super()._save(name, type(content)(content.read()[:100]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full(settings, vault, monkeypatch):
    monkeypatch.setattr(Full, "full", True)
    options = settings.STORAGES["evidence"]["OPTIONS"]
    settings.STORAGES = {**settings.STORAGES, "evidence": {"BACKEND": f"{__name__}.Full", "OPTIONS": options}}
    storages._storages.clear()
    return vault


def files(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_full_disk_is_said_in_words_at_both_doors(full, ticket, mei):
    answer = send_by_api(mei, ticket, making.png())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "STORE_AWAY", "60")
    assert AWAY in answer.json()["detail"]
    page = send_by_page(mei, ticket, making.png())
    assert page.status_code == 503
    assert AWAY in page.content.decode()
    assert not EvidenceItem.objects.exists()


def test_what_a_full_disk_left_behind_is_swept_away(full, ticket, mei):
    send_by_api(mei, ticket, making.png())
    assert files(full)
    assert sweep_orphans(timezone.now() + timedelta(hours=2)) == 1
    assert files(full) == []
    assert not SealedFile.objects.exists()


def test_the_same_request_sent_again_succeeds_once_there_is_room(full, ticket, mei, monkeypatch):
    client, address = api(mei), f"/api/v1/tickets/{ticket.ref}/evidence/"
    for room, status in ((True, 503), (False, 201), (False, 201)):
        monkeypatch.setattr(Full, "full", room)
        body = {"kind": "transaction_screenshot", "file": making.file(making.png())}
        assert client.post(address, body, format="multipart", headers={"Idempotency-Key": "one"}).status_code == status
    assert EvidenceItem.objects.count() == 1


def test_the_inspection_waits_for_room(full, ticket, mei, monkeypatch):
    monkeypatch.setattr(Full, "full", False)
    send_by_api(mei, ticket, making.png())
    item = EvidenceItem.objects.get()
    monkeypatch.setattr(Full, "full", True)
    for _attempt in range(5):
        assert not inspect(item.pk, timezone.now())
    item.refresh_from_db()
    assert (item.state, item.attempts, item.claimed_at) == ("scanning", 0, None)
    monkeypatch.setattr(Full, "full", False)
    assert inspect_waiting(timezone.now()) == 1
    sweep_orphans(timezone.now() + timedelta(hours=2))
    assert len(files(full)) == 3  # original, copy, thumbnail


# ---- A bucket
def test_a_part_that_finds_no_room_is_told_so_and_can_be_sent_again(full, ticket, mei):
    data = making.png()
    Full.full = False
    coming = begin(mei, ticket.ref, {"kind": "payment_voucher", "name": "a.png", "size": len(data)})
    Full.full = True
    client, send = api(mei), {"content_type": "application/offset+octet-stream", "headers": {"Upload-Offset": "0", "accept-language": "en"}}
    answer = client.patch(f"/api/v1/uploads/{coming.pk}/", data, **send)
    assert (answer.status_code, answer.json()["code"]) == (503, "STORE_AWAY")
    assert AWAY in answer.json()["detail"]
    Full.full = False
    assert client.patch(f"/api/v1/uploads/{coming.pk}/", data, **send).status_code == 201


class Moto:
    """An S3 server that can go away and come back. What it holds lives in this process."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()
        access = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "cn-north-1", "endpoint_url": self.address}
        self.s3 = boto3.client("s3", **access)
        self.s3.create_bucket(Bucket="vault", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def names(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket="vault").get("Contents", [])]

    def body(self, key: str) -> bytes:
        return self.s3.get_object(Bucket="vault", Key=key)["Body"].read()


@pytest.fixture
def moto(settings):
    server = Moto()
    options = {
        "bucket_name": "vault", "location": "evidence", "endpoint_url": server.address, "region_name": "cn-north-1",
        "access_key": "a", "secret_key": "b",
    }  # fmt: skip
    settings.STORAGES = {**settings.STORAGES, "evidence": {"BACKEND": "evidence.vault.bucket.Bucket", "OPTIONS": options}}
    storages._storages.clear()
    yield server
    for key in server.names():
        server.s3.delete_object(Bucket="vault", Key=key)
    server.s3.delete_bucket(Bucket="vault")
    server.stop()


def test_a_bucket_goes_the_same_way_as_a_folder(moto, ticket, mei, vault):
    send_by_api(mei, ticket, making.png_with_text())
    item = EvidenceItem.objects.get()
    assert moto.names() == [f"evidence/{item.original}"]
    assert making.SECRET.encode() not in moto.body(moto.names()[0])
    assert inspect_waiting(timezone.now()) == 1
    assert len(moto.names()) == 3
    assert content(mei, item.pk).data.startswith(b"\x89PNG")
    assert not vault.exists()
    with pytest.raises(NotImplementedError):
        storages["evidence"].url(item.original)
    item.refresh_from_db()
    moto.s3.put_object(Bucket="vault", Key="evidence/ab/abandoned", Body=b"x")
    years = timezone.now() + timedelta(days=20 * 365)
    assert [sweep_orphans(years), sweep_orphans(years + timedelta(days=20))] == [0, 1]
    assert len(moto.names()) == 3


def test_what_is_deleted_leaves_the_bucket(moto, ticket, mei, django_capture_on_commit_callbacks):
    send_by_api(mei, ticket, making.png())
    inspect_waiting(timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        delete(mei, EvidenceItem.objects.get().pk)
    assert moto.names() == []


def test_while_the_bucket_is_away_everything_waits_and_is_said(moto, ticket, mei):
    send_by_api(mei, ticket, making.png())
    item = EvidenceItem.objects.get()
    moto.stop()
    answer = send_by_api(mei, ticket, making.png((1, 2, 3)))
    assert (answer.status_code, answer.json()["code"]) == (503, "STORE_AWAY")
    assert not inspect(item.pk, timezone.now())
    moto.start()
    assert inspect_waiting(timezone.now()) == 1
    moto.stop()
    with pytest.raises(Refusal) as refusal:
        content(mei, item.pk)
    assert (refusal.value.code, refusal.value.status) == ("STORE_AWAY", 503)
    moto.start()
    assert content(mei, item.pk).data
    assert EvidenceItem.objects.count() == 1
