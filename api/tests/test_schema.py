"""The schema is valid, says what the contract says, and the API keeps to it under fuzzing."""

import json
import re

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from api.authentication import make_token
from api.tests.driving import ROOT
from supportdesk.wsgi import application
from tickets.operations import file_ticket
from tickets.tests.making import filing, under_review
from tickets.workflow import ACTIONS

load_all_checks()
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
pytestmark = pytest.mark.django_db
CALLS = {
    "get /api/v1/categories/", "get /api/v1/categories/{key}/", "post /api/v1/tickets/", "get /api/v1/tickets/",
    "get /api/v1/tickets/count/", "get /api/v1/tickets/{ref}/", "patch /api/v1/tickets/{ref}/", "get /api/v1/tickets/{ref}/messages/",
    "post /api/v1/tickets/{ref}/messages/", "get /api/v1/tickets/{ref}/evidence/", "post /api/v1/tickets/{ref}/evidence/",
    "post /api/v1/evidence/{item_id}/review/", "get /api/v1/evidence/{item_id}/content/", "delete /api/v1/evidence/{item_id}/",
    "get /api/v1/tickets/{ref}/timers/", "get /api/v1/tickets/{ref}/events/", "post /api/v1/freezes/{freeze_id}/callback/",
    "post /api/v1/tickets/{ref}/uploads/", "get /api/v1/uploads/{upload_id}/", "patch /api/v1/uploads/{upload_id}/",
    "delete /api/v1/uploads/{upload_id}/", "get /api/v1/evidence/{item_id}/custody/",
}  # fmt: skip


@pytest.fixture
def schema(as_) -> dict:
    return json.loads(as_().get(f"{ROOT}schema/?format=json").content)


def test_the_schema_is_valid_openapi_31(schema):
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_every_call_of_the_contract_stands_in_it(schema):
    calls = {f"{method} {path}" for path, operations in schema["paths"].items() for method in operations}
    assert calls >= CALLS
    assert calls >= {f"post /api/v1/tickets/{{ref}}/actions/{action}/" for action in ACTIONS}


def test_an_action_names_its_fields(schema):
    approve = schema["paths"]["/api/v1/tickets/{ref}/actions/approve/"]["post"]
    body = approve["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == {"root_cause", "liability", "explanation", "remedies"}
    assert "application/problem+json" in approve["responses"]["409"]["content"]


def test_the_page_needs_no_cdn_and_no_inline_script(as_):
    page = as_().get(f"{ROOT}docs/").content.decode()
    assert re.findall(r'(?:src|href)="(?!/)[^"]*"', page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []
    script = as_().get(f"{ROOT}docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()


EXAMPLES = hypothesis_settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def _one_connection():
    """As Django's own test client does: the application must not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def web(_one_connection, clock, mei, chen, lin):
    """The schema against the application in this process, as a reviewer's program; some tickets to find."""
    clock("2026-03-10T20:52:00+08:00")
    under_review(mei, chen)
    chen.groups.add(*lin.groups.all())
    _token, text = make_token(chen, "fuzz", ["read", "write"])
    loaded = schemathesis.openapi.from_wsgi(f"{ROOT}schema/?format=json", application)
    loaded.config.output.sanitization.update(enabled=False)
    return loaded, {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


def test_whatever_is_sent_is_answered_as_the_schema_says(web):
    loaded, headers = web
    for operation in operations(loaded):
        fuzz(operation, headers)


def fuzz(operation, headers):
    @EXAMPLES
    @given(case=operation.as_strategy())
    def answer(case):
        if "ref" in (case.path_parameters or {}):
            case.path_parameters["ref"] = "TS-20260310-000001"
        case.call_and_validate(headers=headers, checks=CHECKS)

    answer()


def test_a_whole_ticket_and_a_list_are_as_the_schema_says(web, mei):
    loaded, headers = web
    file_ticket(mei, filing(request_freeze=True, account="a:13800000000"))
    for path in ("/api/v1/tickets/", "/api/v1/tickets/{ref}/", "/api/v1/tickets/{ref}/timers/", "/api/v1/tickets/{ref}/events/"):
        case = loaded[path]["GET"].Case(path_parameters={"ref": "TS-20260310-000001"} if "{ref}" in path else {})
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        assert answer.status_code == 200
