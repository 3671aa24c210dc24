"""A chat server that really listens, and the hosts of the bots led to it."""

from __future__ import annotations

import importlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from django.utils import timezone

from tickets.delivery.deliveries import put_onto_channels, send_waiting
from tickets.models import ChannelAddress
from tickets.operations import file_ticket
from tickets.tests.making import filing

# Where each plugin of apprise keeps its host, and what stands there for the stand-in.
HOSTS = {
    ("wecombot", "NotifyWeComBot"): ("notify_url", "/cgi-bin/webhook/send?key={key}"),
    ("dingtalk", "NotifyDingTalk"): ("notify_url", "/robot/send?access_token={token}"),
    ("feishu", "NotifyFeishu"): ("notify_url", "/open-apis/bot/v2/hook/{token}/"),
    ("lark", "NotifyLark"): ("notify_url", "/open-apis/bot/v2/hook/"),
    ("slack", "NotifySlack"): ("webhook_url", "/services"),
}


ADDRESSES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef SEC0123456789abcdef",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/f0f0f0f0-aaaa-4bbb-8ccc-0123456789ab",
    "lark": "https://open.larksuite.com/open-apis/bot/v2/hook/f0f0f0f0-aaaa-4bbb-8ccc-0123456789ab",
    "slack": "https://hooks.slack.com/services/T12345678/B12345678/abcdefghijklmnopqrstuvwx",
}


class ChatServer(ThreadingHTTPServer):
    """Answers with `status` and `answer`, after `delay` seconds; a path of `slow` takes that long."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[str, dict]] = []
        self.status, self.answer, self.delay = 200, b"{}", 0.0
        self.slow: dict[str, float] = {}
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def lead_here(self, monkeypatch) -> None:
        for (module, name), (attribute, path) in HOSTS.items():
            plugin = getattr(importlib.import_module(f"apprise.plugins.{module}"), name)
            monkeypatch.setattr(plugin, attribute, self.url + path)

    def bodies(self, path: str) -> list[dict]:
        return [body for called, body in self.calls if urlsplit(called).path.rstrip("/") == path]


class Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.slow.get(self.path, self.server.delay))
        self.server.calls.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def do_GET(self) -> None:
        self.server.calls.append((self.path, {}))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def address_of(channel: str, typed: str = "", **owner) -> ChannelAddress:
    row = ChannelAddress(channel=channel, created_at=timezone.now(), **owner)
    row.seal(typed or ADDRESSES.get(channel, ""))
    row.save()
    return row


def freeze(owner):
    return file_ticket(owner, filing(request_freeze=True, account="douyin:13812345678"))


def deliver() -> int:
    put_onto_channels(timezone.now())
    return send_waiting(timezone.now()).sent
