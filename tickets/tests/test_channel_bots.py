"""Addresses of bots: only what the makers' own address says reaches the library, and what is signed can be checked."""

from __future__ import annotations

import base64
import builtins
import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError

from lib import outbound_http
from tickets.delivery.addresses import check_address
from tickets.delivery.channels.chat import DINGTALK, FEISHU, LARK, SLACK, TEAMS, WECOM
from tickets.delivery.deliveries import send_test
from tickets.tests.chatroom import ADDRESSES, address_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
HOST = "https://prod-12.chinaeast2.logic.azure.cn:443"
WORKFLOW = f"{HOST}/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
SIGNED = f"{WORKFLOW}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc"
AUTOMATE = (
    "https://default1.02.environment.api.powerplatform.com:443/powerautomate/automations/direct/cu/12/workflows/643e69f8/triggers/manual"
    "/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-b_c"
)


@pytest.fixture
def calls(monkeypatch) -> list:
    told: list = []
    monkeypatch.setattr("tickets.delivery.channels.chat.post", lambda *args: told.append(args) or outbound_http.HttpAnswer(202))
    return told


@pytest.mark.parametrize("address", [SIGNED, AUTOMATE])
def test_the_address_of_a_workflow_is_taken_and_called_as_it_is(address, calls, zhou) -> None:
    assert check_address("teams", zhou, address) == address
    assert send_test(address_of("teams", address, user=zhou)).error == ""
    [(called, body, *_more)] = calls
    assert urlsplit(called)._replace(query="") == urlsplit(address)._replace(query="")
    assert parse_qs(urlsplit(called).query) == parse_qs(urlsplit(address).query)
    assert json.loads(body)["type"] == "message"


@pytest.mark.parametrize("more", ["template={url}/card.json", "template={file}", "%74emplate={file}", ":name=value", "sig=abc&wrap=no"])
def test_no_address_makes_the_library_read_a_file_or_call_a_server(more, calls, chat, zhou, tmp_path, monkeypatch) -> None:
    card = tmp_path / "card.json"
    card.write_text('{"type": "message", "attachments": [{"contentType": "the secret"}]}')
    address = f"{SIGNED}&{more.format(url=chat.url, file=card)}"
    with pytest.raises(ValidationError, match="机器人的地址"):
        check_address("teams", zhou, address)
    opened = []
    real = builtins.open
    monkeypatch.setattr(builtins, "open", lambda file, *args, **kw: opened.append(str(file)) or real(file, *args, **kw))
    outcome = send_test(address_of("teams", address, user=zhou))
    assert outcome.final, "one that was saved before does not either"
    assert (chat.calls, calls) == ([], [])
    assert str(card) not in opened


def test_even_a_query_that_slips_through_names_no_template_to_the_plugin(chat) -> None:
    loose = replace(TEAMS, query=None)
    settings = loose._settings(f"{SIGNED}&template={chat.url}/card.json&:name=value&verify=no&rto=900&redirect=yes")
    assert set(settings) <= TEAMS.takes
    assert not {"template", "tokens", "verify", "rto", "redirect"} & set(settings)


@pytest.mark.parametrize(
    "wrong",
    [WORKFLOW, f"{WORKFLOW}?api-version=2016-06-01", f"{HOST}/whatever", f"{HOST}/whatever?sig=abc", SIGNED.replace("sig=abc", "sig=")],
)
def test_an_address_that_can_never_work_is_refused_when_it_is_typed(wrong, calls, zhou) -> None:
    with pytest.raises(ValidationError, match="机器人的地址"):
        check_address("teams", zhou, wrong)
    outcome = send_test(address_of("teams", wrong, user=zhou))
    assert outcome.final
    assert "whatever" not in outcome.error
    assert calls == []


@pytest.mark.parametrize("more", ["&template=/tmp/x", "?template=/tmp/x", "?rto=900", "?verify=no", "/?to=everyone", "#x"])
@pytest.mark.parametrize("channel", ADDRESSES)
def test_no_other_bot_takes_anything_more(channel, more, zhou) -> None:
    with pytest.raises(ValidationError):
        check_address(channel, zhou, ADDRESSES[channel] + more)


def test_what_reaches_a_plugin_is_spelt_out_for_every_bot() -> None:
    for bot in (WECOM, DINGTALK, FEISHU, LARK, SLACK, TEAMS):
        assert bot.takes
        assert not {"template", "tokens", "targets", "verify", "rto", "cto", "redirect"} & bot.takes


def test_the_signature_of_dingtalk_is_the_one_that_its_makers_check(clock, chat, zhou) -> None:
    assert send_test(address_of("dingtalk", user=zhou)).error == ""
    query = parse_qs(urlsplit(chat.calls[0][0]).query)
    secret = ADDRESSES["dingtalk"].split()[1]
    expected = hmac.new(secret.encode(), f"{query['timestamp'][0]}\n{secret}".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(expected).decode()], "it ends in =, which is quoted once"
