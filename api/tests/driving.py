"""Scenarios through the API: act at an instant in frozen time, tick, compare what comes back."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import User

ROOT = "/api/v1/"
SYMPTOM = "手机收到扣款成功的通知，但我本人没有进行任何操作，特此投诉并要求核实处理。"
OF_TEXT: Mapping[str, Mapping[str, Any]] = {
    "system_log": {"text": "2026-11-01T22:00:01+08:00 login ok device=android ip=10.0.0.1"},
    "bank_card_masked": {"text": "招商银行 1234"},
    "order_number": {"text": "202603100001234", "issuer": "other"},
    "login_record": {"text": "2026-03-10 20:01 未知设备，登录地点：境外"},
    "account_info": {"text": "账户：138****0000"},
}
FORMS = ("written_statement", "account_appeal_form")
SENSITIVE = ("id_card_front", "id_card_back", "passport", "authorisation_letter", "kinship_proof")
# Who does it, where a scenario says only "agent" (whoever holds the permission).
DONE_BY: Mapping[str, str] = {
    **dict.fromkeys(("confirm_freeze", "fail_freeze", "lift_freeze"), "operator"),
    **dict.fromkeys(("start_review", "request_evidence", "approve", "reject", "retract_decision"), "reviewer"),
    **dict.fromkeys(("countersign", "refuse_countersign", "extend"), "supervisor"),
    **dict.fromkeys(("return_to_review", "uphold_customer", "uphold_rejection"), "supervisor"),
}  # fmt: skip
FINDING = {"root_cause": "platform_system", "liability": "platform", "explanation": "经核实，情况属实，予以处理。"}


def instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class Desk:
    """One ticket and everybody around it."""

    def __init__(self, clock: Callable[[str], datetime], people: Mapping[str, User]) -> None:
        self.clock = clock
        self.people = people
        self.ref = ""
        self.clients = {name: self._client(user) for name, user in people.items()}
        self._numbers = itertools.count(1)

    @staticmethod
    def _client(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    # ---- Time
    def at(self, moment: str) -> Desk:
        self.clock(moment)
        return self

    def tick(self) -> None:
        call_command("tick", stdout=io.StringIO())

    # ---- Calls
    def post(self, actor: str, path: str, body: Mapping[str, Any] | None = None, expect: int = 200) -> dict[str, Any]:
        response = self.clients[actor].post(ROOT + path, body or {}, format="json")
        assert response.status_code == expect, (path, response.status_code, response.json())
        return response.json()

    def get(self, path: str = "", actor: str = "user") -> Any:
        response = self.clients[actor].get(f"{ROOT}tickets/{self.ref}/{path}")
        assert response.status_code == 200, response.json()
        return response.json()

    def fetch(self, actor: str, path: str, expect: int = 200) -> Any:
        response = self.clients[actor].get(ROOT + path)
        assert response.status_code == expect, (path, response.json())
        return response.json()

    def listed(self, actor: str, path: str) -> list[dict[str, Any]]:
        return self.fetch(actor, path)["results"]

    def join(self, name: str, user: User) -> None:
        """Somebody more."""
        self.people, self.clients[name] = {**self.people, name: user}, self._client(user)

    def file(self, body: Mapping[str, Any], actor: str = "user", expect: int = 201) -> dict[str, Any]:
        ticket = self.post(actor, "tickets/", body, expect)
        self.ref = ticket.get("ref", self.ref)
        return ticket

    def act(self, action: str, body: Mapping[str, Any] | None = None, actor: str = "user", expect: int = 200) -> dict[str, Any]:
        who = DONE_BY.get(action, actor) if actor == "agent" else actor
        return self.post(who, f"tickets/{self.ref}/actions/{action}/", body, expect)

    def reply(self, eta_at: str, actor: str = "agent") -> dict[str, Any]:
        return self.post(actor, f"tickets/{self.ref}/messages/", {"body": "已收到您的投诉，正在核实。", "eta_at": eta_at}, 201)

    # ---- Evidence
    def upload(self, kind: str, actor: str = "user", **fields: Any) -> dict[str, Any]:
        address = f"{ROOT}tickets/{self.ref}/evidence/"
        body = {"kind": kind, **OF_TEXT.get(kind, {}), **fields}
        if kind in SENSITIVE:
            body["consent"] = "true"
        if kind in FORMS:
            body = {"occurred_at": "2026-01-02T10:00:00+08:00", "amount": "100.00", "symptom": SYMPTOM, "demands": ["refund"], **body}
        if kind in OF_TEXT or kind in FORMS:
            response = self.clients[actor].post(address, body, format="json")
        else:
            response = self.clients[actor].post(address, {**body, "file": self._picture(kind)}, format="multipart")
        assert response.status_code == 201, (kind, response.json())
        return response.json()

    def _picture(self, kind: str) -> SimpleUploadedFile:
        n = next(self._numbers)
        target = io.BytesIO()
        Image.new("RGB", (400, 600), (n * 37 % 256, n * 91 % 256, n % 256)).save(target, "PNG")
        return SimpleUploadedFile(f"{kind}-{n}.png", target.getvalue(), content_type="image/png")

    def upload_all(self, kinds: list[str], **by_kind: Any) -> None:
        """Add what is named (identity_proof: both sides of the card unless the name is verified) and have it inspected."""
        vouchers = itertools.count(1)
        for kind in kinds:
            if kind == "identity_proof":
                if not User.objects.get(pk=self.people["user"].pk).real_name_match:
                    self.upload("id_card_front")
                    self.upload("id_card_back")
                continue
            fields = dict(by_kind.get(kind, {}))
            if kind == "payment_voucher":
                fields = {"order_no": f"42000004042026021291175825{next(vouchers):02d}", **fields}
            self.upload(kind, **fields)
        self.tick()

    # ---- Comparing
    def ticket(self, actor: str = "user") -> dict[str, Any]:
        return self.get(actor=actor)

    def timers(self, key: str, actor: str = "user") -> list[dict[str, Any]]:
        return [timer for timer in self.get("timers/", actor) if timer["key"] == key]

    def check_status(self, wanted: Mapping[str, Any]) -> None:
        """status, stage, close_reason, and any other field of the ticket; `level` is the latest escalation's target."""
        ticket = self.ticket("agent")
        for name, value in wanted.items():
            if name == "level":
                assert ticket["escalations"][-1]["target"] == value
            elif name != "at":
                assert ticket[name] == value, (name, ticket[name], value)

    def check_timer(self, wanted: Mapping[str, Any]) -> None:
        """started_at, due_at, warn_at, outcome, stopped_at, provisional, of the (cycle-th) timer of that key."""
        found = self.timers(wanted["timer"])
        assert found, f"no timer {wanted['timer']}"
        timer = next(t for t in found if t.get("cycle", 1) == wanted.get("cycle", 1))
        for name in ("started_at", "due_at", "stopped_at"):
            if name in wanted:
                assert instant(timer[name]) == instant(wanted[name]), (wanted["timer"], name, timer[name], wanted[name])
        if "warn_at" in wanted:
            assert [instant(at) for at in timer["warn_at"]] == [instant(at) for at in wanted["warn_at"]], wanted["timer"]
        if "outcome" in wanted:
            assert timer["state"] == wanted["outcome"], (wanted["timer"], timer)
        for name in ("provisional", "binds"):
            if name in wanted:
                assert timer[name] == wanted[name], (wanted["timer"], name, timer)
        assert timer["explanation"]
