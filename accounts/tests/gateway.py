"""A gateway for text messages that really listens, and remembers what it was asked to send."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Gateway(HTTPServer):
    """Answers with `status`, after `delay` seconds."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.texts: list[dict[str, Any]] = []
        self.signatures: list[bool] = []
        self.status, self.delay = 200, 0.0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    @property
    def code(self) -> str:
        """The code in the last text."""
        found = re.search(r"\b\d{6}\b", self.texts[-1]["text"])
        return found[0] if found else ""


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = "sha256=" + hmac.new(b"text secret", body, hashlib.sha256).hexdigest()
        self.server.signatures.append(self.headers["X-Signature"] == expected)
        self.server.texts.append(json.loads(body))
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass
