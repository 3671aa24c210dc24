"""Each situation is set up, lasts a bounded time, and says what became of it; the probes measure meanwhile."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.scopes import SCOPES
from api.authentication import make_token
from api.models import Webhook, WebhookDelivery
from evidence.models import EvidenceItem
from evidence.tests.test_drawing_limits import nested
from inbound_mail.tests.letters import letter
from scripts.assurance.outsiders import Outsiders
from scripts.assurance.probes import BOUNDS, NEVER, Probes, add_operator, ask, person
from scripts.assurance.processes import HOST, Processes
from supportdesk.celery import app
from tickets.delivery.reply_addresses import reply_address
from tickets.models import Message, Ticket
from tickets.operations import file_ticket

LASTS = 40.0  # seconds of each, but for the uploads
BETWEEN = "----assurance"
GOOD_ANSWER = "This is the good letter behind the others."


class Place:
    """Where a situation happens."""

    def __init__(self, processes: Processes, outsiders: Outsiders) -> None:
        self.port, self.outsiders = processes.port, outsiders

    def upload(self, token: str, ref: str, name: str, data: bytes) -> int:
        kind = "application/pdf" if name.endswith("pdf") else "image/png"
        field = f'--{BETWEEN}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
        head = (
            field.format("kind", "") + "transaction_screenshot\r\n" + field.format("file", f'; filename="{name}"\r\nContent-Type: {kind}')
        )
        body = head.encode() + data + f"\r\n--{BETWEEN}--\r\n".encode()
        return self.send(f"tickets/{ref}/evidence/", token, body, f"multipart/form-data; boundary={BETWEEN}")

    def send(self, path: str, token: str, body: bytes, kind: str = "application/json", source: str = "") -> int:
        headers = {"Content_Type": kind, "Authorization": f"Bearer {token}"}
        return ask(self.port, f"/api/v1/{path}", method="POST", body=body, source=source, **headers)


def prepare() -> None:
    """A desk that is empty but for who is on call."""
    app.loader.import_default_modules()  # what is asked for here is done by the workers
    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed_policy", verbosity=0)
    add_operator()


def token_of(user: User) -> str:
    return make_token(user, "assurance", SCOPES)[1]


def complaint_of(user: User) -> Ticket:
    return file_ticket(user, {"category": "billing_duplicate", "amount": "9.00"})


def at_once(do: Callable[[int], int], count: int, threads: int = 16) -> str:
    """Which statuses came how often."""
    with ThreadPoolExecutor(threads) as pool:
        return counts(pool.map(do, range(count)))


def counts(statuses: Iterable[int]) -> str:
    return ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(Counter(statuses).items()))


# ---- The situations
def dripping(place: Place) -> str:
    """120 sockets: unfinished heads, unfinished small bodies, unfinished large ones; a byte each second, and come again when let go."""
    post = f"POST /freeze/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
    kinds = (b"GET /freeze/ HTTP/1.1\r\nHost: ", post + b"Content-Length: 30\r\n\r\na", post + b"Content-Length: 900000\r\n\r\na")
    held: list[socket.socket | None] = [None] * 120
    let_go, end = 0, time.monotonic() + LASTS
    while time.monotonic() < end:
        for number, drip in enumerate(held):
            try:
                if drip is None:
                    drip = held[number] = socket.create_connection(("127.0.0.1", place.port), 5)
                    drip.sendall(kinds[number % 3])
                else:
                    drip.send(b"a")
            except OSError:
                let_go, held[number] = let_go + 1, None
        time.sleep(1)
    for drip in filter(None, held):
        drip.close()
    return f"120 held, {let_go} let go by the server and come again"


def pdfs(place: Place) -> str:
    """16 that ask for endless drawing, at once; and 16 as dear as any that is taken, all of whose pages are asked for again and again."""
    people = [person(f"pdf{number}") for number in range(16)]
    tickets, tokens = [complaint_of(each) for each in people], [token_of(each) for each in people]
    files = (("bomb.pdf", nested(6, 10)), ("dear.pdf", nested(2, 17)))
    end = time.monotonic() + LASTS
    said = at_once(lambda n: place.upload(tokens[n % 16], tickets[n % 16].ref, *files[n // 16]), 32)
    cookies = [_cookie_of(each) for each in people]
    drawn: list[int] = []
    while time.monotonic() < end:
        items = list(EvidenceItem.objects.filter(ticket__in=tickets, state="clean").values_list("pk", "ticket__owner"))
        pages = [(f"/evidence/{pk}/pages/2/", cookies[[each.pk for each in people].index(owner)]) for pk, owner in items]
        with ThreadPoolExecutor(16) as pool:
            drawn += pool.map(lambda page: ask(place.port, page[0], Cookie=page[1]), pages)
        time.sleep(0.5)
    states = Counter(EvidenceItem.objects.filter(ticket__in=tickets).values_list("state", flat=True))
    return f"uploads {said}; files {dict(states)}; pages {counts(drawn)}"


def _cookie_of(user: User) -> str:
    visitor = Client()
    visitor.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())


def letters(place: Place) -> str:
    """200 hostile ones, half of them at the address of a complaint, and a good one behind them."""
    owner = person("writes")
    address = reply_address(complaint_of(owner).ref, owner.pk)
    tree = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_400))
    bodies = (tree, b"Content-Type: text/html\n\n" + b"<!--" * 100_000)
    to = (b"desk@" + HOST.encode(), address.encode())
    hostile = [b"From: %s\nTo: %s\nMessage-ID: <%d@x>\n" % (owner.email.encode(), to[n // 2 % 2], n) + bodies[n % 2] for n in range(200)]
    began = time.monotonic()
    place.outsiders.mailbox.letters = [*hostile, letter(address, GOOD_ANSWER, sender=owner.email).as_bytes()]
    taken = None
    while time.monotonic() < began + 2 * LASTS:
        if taken is None and Message.objects.filter(author=owner, body=GOOD_ANSWER).exists():
            taken = time.monotonic() - began
        if taken is not None and time.monotonic() > began + LASTS:
            break
        time.sleep(0.5)
    return (
        "the good one was NOT taken" if taken is None else f"the good one was taken after {taken:.0f} s (the mailbox is read each minute)"
    )


def webhook(place: Place) -> str:
    """500 calls wait for a receiver that takes 4.5 s for each; another's calls come in between."""
    now = timezone.now()
    admin = User.objects.filter(is_superuser=True).get()
    slow, quick = (
        Webhook.objects.create(created_by=admin, url=place.outsiders.address(path), types=[], created_at=now)
        for path in ("/slow", "/quick")
    )
    old = now - timedelta(minutes=10)
    WebhookDelivery.objects.bulk_create(WebhookDelivery(webhook=slow, type="ping", created_at=old, next_at=old) for _n in range(500))
    end, waits = time.monotonic() + LASTS, list[float]()
    while time.monotonic() < end:
        at, before = time.monotonic(), place.outsiders.calls("/quick")
        WebhookDelivery.objects.create(webhook=quick, type="ping", created_at=timezone.now(), next_at=timezone.now())
        while place.outsiders.calls("/quick") == before and time.monotonic() < end + LASTS:
            time.sleep(0.1)
        waits.append(time.monotonic() - at)
    Webhook.objects.update(active=False)
    return f"{place.outsiders.calls('/slow')} calls of the slow one; the other's left after {max(waits):.1f} s at most"


def uploads(place: Place) -> str:
    """600 pictures within a minute, by twenty customers."""
    people = [person(f"uploads{number}") for number in range(20)]
    tickets, tokens = [complaint_of(each) for each in people], [token_of(each) for each in people]
    began, said = time.monotonic(), list[int]()
    with ThreadPoolExecutor(32) as pool:
        tries = []
        for number in range(600):
            time.sleep(max(0.0, began + number / 10 - time.monotonic()))
            owner = number % 20
            tries.append(pool.submit(place.upload, tokens[owner], tickets[owner].ref, "a.png", _picture(number)))
        said += [each.result() for each in tries]
    took = time.monotonic() - began
    states = Counter(EvidenceItem.objects.filter(ticket__in=tickets).values_list("state", flat=True))
    return f"uploads {counts(said)} within {took:.0f} s; files then {dict(states)}"


def _picture(number: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (400, 600), (number % 256, number // 256, 9)).save(target, "PNG")
    return target.getvalue()


def freezes(place: Place) -> str:
    """40 people nobody knows ask for freezes of 40 strangers' accounts, from one network, as quickly as they can; then again and again."""
    tokens = [token_of(person(f"stranger{number}")) for number in range(40)]
    said, rounds, end = list[str](), itertools.count(), time.monotonic() + LASTS

    def freeze(number: int) -> int:
        account = f"wechat:stranger{wave}-{number:04}"
        body = f'{{"category": "mp_topup_stolen", "amount": "600.00", "request_freeze": true, "account": "{account}"}}'
        return place.send("tickets/", tokens[number], body.encode(), source="203.0.113.7")

    while time.monotonic() < end and (wave := next(rounds)) < 3:
        said.append(at_once(freeze, 40))
        time.sleep(8)
    with contextlib.suppress(ValueError):
        time.sleep(end - time.monotonic())
    return "; ".join(said)


SITUATIONS: dict[str, Callable[[Place], str]] = {each.__name__: each for each in (dripping, pdfs, letters, webhook, uploads, freezes)}


def rehearse(names: list[str], processes: Processes, outsiders: Outsiders) -> int:
    """0 where every figure is within its bound."""
    beyond = []
    for name in names or ["nothing", *SITUATIONS]:
        with Probes(name, processes, outsiders) as probes:
            what = SITUATIONS[name](Place(processes, outsiders)) if name in SITUATIONS else _nothing()
        found = list(zip(BOUNDS, probes.figures(), strict=True))
        beyond += [f"{name}: {bound.name}" for bound, value in found if value > bound.most]
        print(f"\n{name}: {what}; {len(probes.pages)} pages, {len(probes.freezes)} calls, {len(probes.timers)} deadlines;", flush=True)
        print(f"  an examiner took {probes.memory['examiner']} MB at most", flush=True)
        for bound, value in found:
            print(f"  {bound.name:32}{_text(value, bound.unit):>12}   at most {bound.most:g} {bound.unit}", flush=True)
    print("\nAll figures are within their bounds." if not beyond else f"\nBeyond their bounds: {', '.join(beyond)}.")
    return int(bool(beyond))


def _nothing() -> str:
    time.sleep(LASTS)
    return "nobody else is there"


def _text(value: float, unit: str) -> str:
    return "never" if value in (NEVER, math.inf) else f"{value:.0f} {unit}" if unit == "MB" else f"{value:.2f} {unit}"
