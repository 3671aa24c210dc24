"""A mail server with an inbox and other folders that speaks as much IMAP as a client needs: sign in, search, fetch, flag."""

from __future__ import annotations

import re
import socket
import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _space, command = line.decode().strip().partition(" ")
            self.server.heard.append(re.sub(r"^LOGIN .*", "LOGIN", command))
            verb = command.upper().split(" ")[1 if command.upper().startswith("UID") else 0]
            getattr(self, f"do_{verb.lower()}", self.do_noop)(command)
            if verb == "SELECT" and self.folder not in ("INBOX", *self.server.others):
                self._say(f"{tag} NO none")
            elif verb == "LOGIN" and not command.endswith(f'"{self.server.password}"'):
                self._say(f"{tag} NO wrong")
            else:
                self._say(f"{tag} OK done")
            if verb == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def do_noop(self, command: str) -> None:
        pass

    def do_logout(self, command: str) -> None:
        self._say("* BYE")

    def do_capability(self, command: str) -> None:
        self._say("* CAPABILITY IMAP4rev1")

    def do_select(self, command: str) -> None:
        self.folder = command.partition(" ")[2].strip('"')
        if self.folder not in ("INBOX", *self.server.others):
            return
        self._say(f"* {len(self._letters)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.server.validity}] numbers")

    @property
    def _letters(self) -> list[bytes]:
        return self.server.letters if self.folder == "INBOX" else self.server.others[self.folder]

    def do_search(self, command: str) -> None:
        asked, count = re.search(r"UID (\d+):\*", command.partition("SEARCH")[2]), len(self._letters)
        found = {*range(int(asked[1]), count + 1), *([count] if count else [])} if asked else range(1, count + 1)
        self._say(" ".join(["* SEARCH", *map(str, sorted(found))]))

    def do_fetch(self, command: str) -> None:
        for number in map(int, re.search(r"FETCH ([\d,]+)", command)[1].split(",")):
            raw = self._letters[number - 1]
            asked = re.search(r"<0\.(\d+)>", command)
            part = raw[: int(asked[1])] if asked else raw
            self.server.sent += len(part)
            self.wfile.write(f"* {number} FETCH (UID {number} FLAGS () RFC822.SIZE {len(raw)} BODY[]<0> {{{len(part)}}}\r\n".encode())
            if self.server.cut_after is not None and self.server.sent > self.server.cut_after:
                self.wfile.write(part[:100])
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.wfile.write(part + b")\r\n")

    def do_store(self, command: str) -> None:
        for number in map(int, re.search(r"STORE ([\d,]+)", command)[1].split(",")):
            if self.folder == "INBOX":
                self.server.seen.add(number)
            self._say(f"* {number} FETCH (UID {number} FLAGS (\\Seen))")


class IMAP(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters: list[bytes] = []
        self.seen: set[int] = set()
        self.heard: list[str] = []
        self.others: dict[str, list[bytes]] = {}
        self.validity = 1
        self.sent = 0
        self.cut_after: int | None = None
        self.password = "pass@word"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://desk%40example.com:pass%40word@127.0.0.1:{self.server_address[1]}/INBOX"
