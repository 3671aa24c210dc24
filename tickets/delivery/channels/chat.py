"""Chat: group bots of WeCom, DingTalk, Feishu, Lark, Slack and Teams, each in the shape that its makers want.

apprise knows the shapes and the signatures; the call itself is ours: it reaches no machine of our own network, follows no redirect,
ends in time and reads no more of the answer than the error code.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lib.outbound_http import HttpAnswer, post
from tickets.delivery.channels.base import ChannelMessage, SendOutcome

# A plugin tells only whether it worked; why not stands here, for the thread that asked.
_last_answer: ContextVar[HttpAnswer | None] = ContextVar("last_answer", default=None)
_time_limit: ContextVar[float] = ContextVar("time_limit", default=10)
GONE = 410
# These answer 200 to everything; the body tells: WeCom and DingTalk `errcode`, Feishu and Lark `code`.
CODES = ("errcode", "code")
WORDS = ("errmsg", "msg")
# What the address of a Teams workflow carries. apprise takes more (`template`, a file or address that it reads by itself).
TEAMS_QUERY = frozenset({"api-version", "sp", "sv", "sig"})
# No advertisement of the library, no picture from its server.
PLAIN = {"include_image": False, "include_footer": False}


class Plugin(Protocol):
    """What we use of an apprise plugin's class and its instances."""

    @staticmethod
    def parse_url(url: str) -> Mapping[str, object] | None: ...

    @staticmethod
    def parse_native_url(url: str) -> Mapping[str, object] | None: ...

    def __call__(self, **settings: object) -> Plugin: ...

    def send(self, body: str) -> bool: ...


class NotSentError(Exception):
    """Nobody answered, or nobody was asked."""


@dataclass(frozen=True)
class Reply:
    """As much of an answer of `requests` as the plugins read."""

    status_code: int
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


def _request(
    method: str,
    url: str,
    *,
    data: str | bytes = b"",
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **_more: object,
) -> Reply:
    """Raises NotSentError. How long it takes, and that no redirect is followed, is not the plugin's to say."""
    if method.upper() != "POST":
        raise NotSentError(f"{method} is not for messages")
    # "%" stays: apprise has quoted the signature of DingTalk already, and twice is wrong.
    whole = f"{url}{'&' if '?' in url else '?'}{urlencode(params, safe='%')}" if params else url
    answer = post(whole, data.encode() if isinstance(data, str) else data, headers or {}, _time_limit.get())
    _last_answer.set(answer)
    if answer.status is None:
        raise NotSentError(answer.error)
    return Reply(answer.status, answer.body)


# Takes the place of `requests` in the plugins we use: the same calls, made by lib.outbound_http.
CAREFUL_REQUESTS = SimpleNamespace(
    codes=SimpleNamespace(ok=200, accepted=202), RequestException=NotSentError, request=_request, post=partial(_request, "POST")
)


@dataclass(frozen=True)
class ChatBot:
    """One kind of bot. `native`: the address as its makers show it. `apprise`: how apprise wants it; "" where it reads the other too.

    `takes`: the settings that reach the plugin. Whatever else an address may say, of files, servers or time limits, stays outside.
    """

    module: str
    name: str
    native: str
    takes: frozenset[str]
    apprise: str = ""
    query: frozenset[str] | None = None  # the only names its query may have; None where `native` spells the query out

    @cached_property
    def plugin(self) -> Plugin:
        """Loaded at the first message: apprise costs a start 0.3 s."""
        module = importlib.import_module(f"apprise.plugins.{self.module}")
        vars(module)["requests"] = CAREFUL_REQUESTS
        found: Plugin = getattr(module, self.name)
        return found

    def clean_address(self, typed: str) -> str:
        """Raises ValidationError: it is not the address of such a bot."""
        address = " ".join(typed.split())
        if self._bot(address) is None:
            raise ValidationError(_("This is not the address of such a bot. Copy it as a whole, from https:// on."), code="invalid")
        return address

    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        bot = self._bot(address)
        if bot is None:
            return SendOutcome("not the address of such a bot", final=True)
        _time_limit.set(timeout)
        _last_answer.set(None)
        return _outcome(bot.send(message.text), _last_answer.get())

    def _bot(self, address: str) -> Plugin | None:
        """None: it can never work. Why is not told: apprise's own words repeat parts of the address."""
        settings = self._settings(address)
        try:
            return self.plugin(**{**settings, **PLAIN}) if settings else None
        except TypeError:  # apprise refuses parts of an address by it
            return None

    def _settings(self, address: str) -> Mapping[str, object]:
        parts = re.fullmatch(self.native, address)
        if parts is None or not self._is_query_known(address):
            return {}
        if self.apprise:
            found = self.plugin.parse_url(self.apprise.format(**{name: value or "" for name, value in parts.groupdict().items()}))
        else:
            found = self.plugin.parse_native_url(address)
        return {name: value for name, value in (found or {}).items() if name in self.takes}

    def _is_query_known(self, address: str) -> bool:
        return self.query is None or {name for name, _value in parse_qsl(urlsplit(address).query, keep_blank_values=True)} <= self.query


def _outcome(is_taken: bool, answer: HttpAnswer | None) -> SendOutcome:
    if answer is None:
        return SendOutcome("" if is_taken else "nothing was sent", final=not is_taken)
    if error := answer.error or _refusal_in(answer.body):
        return SendOutcome(error, final=answer.unreachable or answer.status == GONE)
    return SendOutcome("" if is_taken else "not taken")


def _refusal_in(body: bytes) -> str:
    """The error of an answer that says 200; "" when it says that all is well, or nothing one can read."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    code = next((said[name] for name in CODES if said.get(name)), 0)
    return f"{code}: {next((said[name] for name in WORDS if said.get(name)), '')}" if code else ""


WECOM = ChatBot(
    "wecombot", "NotifyWeComBot", r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[A-Za-z0-9_-]+", frozenset({"schema", "key"})
)
DINGTALK = ChatBot(
    "dingtalk",
    "NotifyDingTalk",
    r"https://oapi\.dingtalk\.com/robot/send\?access_token=(?P<token>[A-Za-z0-9]+)(?: (?P<secret>[A-Za-z0-9]+))?",
    frozenset({"schema", "token", "secret"}),
    "dingtalk://?token={token}&secret={secret}",
)
FEISHU = ChatBot(
    "feishu",
    "NotifyFeishu",
    r"https://open\.feishu\.cn/open-apis/bot/v2/hook/(?P<token>[A-Za-z0-9-]+)",
    frozenset({"schema", "token"}),
    "feishu://{token}",
)
LARK = ChatBot("lark", "NotifyLark", r"https://open\.larksuite\.com/open-apis/bot/v2/hook/[A-Za-z0-9-]+", frozenset({"schema", "token"}))
SLACK = ChatBot(
    "slack",
    "NotifySlack",
    r"https://hooks\.slack\.com/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+",
    frozenset({"schema", "token_a", "token_b", "token_c"}),
)
TEAMS = ChatBot(
    "workflows",
    "NotifyWorkflows",
    r"https://[A-Za-z0-9.-]+\.(?:logic\.azure\.[a-z]{2,12}|(?:power|apps)platform(?:\.[A-Za-z0-9-]{2,24}){1,3})(?::[1-9][0-9]{0,4})?/[!-~]+",
    frozenset({"schema", "host", "port", "workflow", "signature", "version", "power_automate", "routing_id"}),
    query=TEAMS_QUERY,
)
