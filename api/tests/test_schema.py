"""The schema is valid, says what the contract says, and the API keeps to it under fuzzing."""

import json
import re
from pathlib import Path

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils.translation import override
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from jsonschema import Draft202012Validator, SchemaError
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from api.authentication import make_token
from api.problems import CODE_OF_STATUS, DETAIL, sentence_of
from api.schema_hooks import NAMED, codes
from api.tests.driving import ROOT
from supportdesk.wsgi import application
from tickets.operations import file_ticket
from tickets.tests.making import filing, under_review
from tickets.workflow import ACTIONS, STATUS_OF_CODE

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


def test_strict_validators_take_every_shape_of_it(schema):
    """The meta-schema of JSON Schema 2020-12 over each one; drf-spectacular's own validator looks at none."""

    def shapes(tree, place=""):
        if isinstance(tree, dict):
            for name, value in tree.items():
                if name == "schema" or place.endswith("/components/schemas"):
                    yield f"{place}/{name}", value
                yield from shapes(value, f"{place}/{name}")
        elif isinstance(tree, list):
            for each in tree:
                yield from shapes(each, place)

    found = list(shapes(schema))
    assert len(found) > 500
    for place, shape in found:
        try:
            Draft202012Validator.check_schema(shape)
        except SchemaError as error:
            pytest.fail(f"{place}: {error.message}")


def test_openapi_spec_validator_has_nothing_to_say(schema):
    assert [str(error) for error in OpenAPIV31SpecValidator(schema).iter_errors()] == []


def operations_of(schema):
    return [(f"{method} {path}", operation) for path, each in schema["paths"].items() for method, operation in each.items()]


def test_every_operation_is_complete(schema):
    ids = [operation["operationId"] for _name, operation in operations_of(schema)]
    assert len(ids) == len(set(ids))
    for name, operation in operations_of(schema):
        assert operation["summary"] and operation["tags"], name
        for status, response in operation["responses"].items():
            assert {"X-Request-Id", "RateLimit-Remaining"} <= response["headers"].keys(), name
            assert (status == "429") <= ("Retry-After" in response["headers"]), name
    assert schema["servers"] and schema["info"]["description"]
    assert {tag["name"] for tag in schema["tags"]} == {tag for _name, operation in operations_of(schema) for tag in operation["tags"]}


def test_a_body_with_something_required_is_required(schema):
    bodies = dict(operations_of(schema))
    for path in ("tickets/", "tickets/{ref}/messages/", "tickets/{ref}/actions/approve/", "tickets/{ref}/actions/record_refund/"):
        assert bodies[f"post /api/v1/{path}"]["requestBody"]["required"] is True
    assert not bodies["post /api/v1/tickets/{ref}/actions/withdraw/"]["requestBody"]["required"]


def test_every_code_stands_in_it_with_a_sentence(schema):
    shown = schema["components"]["schemas"]["Code"]
    assert set(shown["enum"]) == set(codes()) >= {*STATUS_OF_CODE, *CODE_OF_STATUS.values(), *DETAIL}
    for code in codes():
        assert re.search(rf"^- `{code}` \([45]\d\d\): \S.{{8,}}", shown["description"], re.MULTILINE), code
    assert schema["components"]["schemas"]["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/Code"}


def test_every_code_stands_in_the_guide():
    with override("en"):
        told = [f"| `{code}` | {status} | {sentence_of(status, code)} |" for code, status in codes().items()]
    guide = (Path(settings.BASE_DIR) / "docs" / "api" / "codes.md").read_text()
    assert sorted(told) == sorted(line for line in guide.splitlines() if line.startswith("| `"))


def test_kinds_are_named(schema):
    shapes = schema["components"]["schemas"]
    for name, (_known, places) in NAMED.items():
        assert shapes[name]["enum"]
        for shape, field in (place.split(".") for place in places):
            assert shapes[shape]["properties"][field] == {"$ref": f"#/components/schemas/{name}"}


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
