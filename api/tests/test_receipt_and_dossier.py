"""Receipt and dossier through the API."""

import hashlib
import io
import json
import zipfile

import pytest

from api.tests.driving import ROOT, Desk
from evidence.vault.custody import CustodyEntry
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(desk: Desk) -> Desk:
    desk.at("2026-03-10T20:52:00+08:00").file(filing("merchant_deduction"))
    desk.upload("pos_record")
    desk.tick()
    desk.at("2026-03-10T21:00:00+08:00").act("submit_appeal")
    return desk


def receipt(desk: Desk, actor: str = "user", query: str = "") -> dict:
    answer = desk.clients[actor].get(f"{ROOT}tickets/{desk.ref}/receipt/{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_the_owners_receipt_is_of_the_newest_submission_and_lists_them_all(filed: Desk):
    told = receipt(filed)
    assert (told["reference"], told["number"], told["category"]) == (filed.ref, 1, "merchant_deduction")
    assert (told["filed_at"], told["submitted_at"]) == ("2026-03-10T20:52:00+08:00", "2026-03-10T21:00:00+08:00")
    assert [(each["number"], each["at"]) for each in told["receipts"]] == [(0, told["filed_at"]), (1, told["submitted_at"])]
    item = filed.get("evidence/")["results"][0]
    assert {(each["kind"], each["sha256"]) for each in told["evidence"]} == {("pos_record", item["sha256"])}
    assert {each["key"] for each in told["timers"]} == {"review_limit", "no_action"}
    assert hashlib.sha256(told["content"].encode()).hexdigest() == told["digest"]
    assert receipt(filed, "agent")["code"] == told["code"]
    assert receipt(filed, query="?number=0")["submitted_at"] is None


def test_anyone_with_the_code_may_check_it_and_learns_of_nobody(filed: Desk, as_):
    own = receipt(filed)
    answer = as_().get(f"{ROOT}receipts/{own['code']}/")
    assert answer.status_code == 200
    told = answer.json()
    shared = ("digest", "content", "reference", "filed_at")
    assert [told[name] for name in shared] == [own[name] for name in shared]
    said = json.dumps(told, ensure_ascii=False)
    for secret in ("mei", "Mei", "example.com", "600.00", "202603100001234", "手机收到"):
        assert secret not in said.replace(told["reference"], "").replace(told["digest"], ""), secret


@pytest.mark.parametrize("code", ["x", "0000-0000-0000-0000-0000-0000", "A" * 300, "字"])
def test_a_wrong_code_is_not_found(filed: Desk, as_, code):
    answer = as_().get(f"{ROOT}receipts/{code}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_lookups_are_limited_by_address_and_dossiers_by_person(filed: Desk, as_, mei, settings):
    settings.THROTTLE_RECEIPT, settings.THROTTLE_DOSSIER = "2/min", "1/min"
    assert [as_().get(f"{ROOT}receipts/x/").status_code for _ in range(3)] == [404, 404, 429]
    address = f"{ROOT}tickets/{filed.ref}/dossier/"
    answers = [as_(mei).get(address) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1]["Retry-After"]) > 0


def test_a_number_that_is_none_is_a_400_that_names_it(filed: Desk):
    for number in ("7", "-1", "x", ""):
        answer = filed.clients["user"].get(f"{ROOT}tickets/{filed.ref}/receipt/?number={number}")
        assert (answer.status_code, answer.json()["errors"].keys()) == (400, {"number"})


def test_the_dossier_is_a_zip_that_a_browser_only_saves(filed: Desk):
    answer = filed.clients["user"].get(f"{ROOT}tickets/{filed.ref}/dossier/?for=police")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == f'attachment; filename="{filed.ref}-dossier.zip"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert {file["name"] for file in manifest["files"]} == set(packed.namelist()) - {"manifest.json"}
        for file in manifest["files"]:
            assert hashlib.sha256(packed.read(file["name"])).hexdigest() == file["sha256"]
    assert (manifest["reference"], manifest["for"], manifest["language"]) == (filed.ref, "police", "zh-hans")
    assert CustodyEntry.objects.filter(action="exported", by=filed.people["user"]).count() == 1


SPOKEN = [("", "en", "en"), ("", "zh-CN", "zh-hans"), ("?lang=zh-hans", "en", "zh-hans"), ("?lang=en", "zh", "en")]


@pytest.mark.parametrize(("query", "header", "language"), SPOKEN)
def test_it_speaks_the_readers_language_or_the_one_asked_for(filed: Desk, query, header, language):
    answer = filed.clients["user"].get(f"{ROOT}tickets/{filed.ref}/dossier/{query}", headers={"accept-language": header})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert json.loads(packed.read("manifest.json"))["language"] == language


def test_who_gets_what(filed: Desk, as_, wang):
    for path in ("receipt/", "dossier/"):
        address = f"{ROOT}tickets/{filed.ref}/{path}"
        statuses = {who: client.get(address).status_code for who, client in filed.clients.items()}
        assert statuses == {**dict.fromkeys(statuses, 200), "system": 403}
        assert as_(wang).get(address).status_code == 404
        assert as_().get(address).status_code == 401
    sensitive = f"{ROOT}tickets/{filed.ref}/dossier/?include_sensitive=1"
    statuses = {who: client.get(sensitive).status_code for who, client in filed.clients.items()}
    assert statuses == {**dict.fromkeys(statuses, 403), "user": 200}


def test_what_is_asked_for_wrongly_is_a_400_that_names_it(filed: Desk):
    answer = filed.clients["user"].get(f"{ROOT}tickets/{filed.ref}/dossier/?for=nobody&lang=fr&include_sensitive=maybe")
    assert (answer.status_code, answer.json()["errors"].keys()) == (400, {"for", "lang", "include_sensitive"})
