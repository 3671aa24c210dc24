"""A body nested deeper than anything this API takes is no body, before anything walks through it."""

import pytest

from api.bodies import DEEPEST, Unreadable, _json


@pytest.mark.parametrize(
    "raw", [b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900, b"[" * 200_000, b'{"amount": 1e999}', b"[-1e999]"]
)
def test_what_is_too_deep_or_without_end_is_refused(raw):
    assert isinstance(_json(raw), Unreadable)


def test_what_programs_send_is_taken():
    assert _json(b'{"facts": {"a": [{"b": "c\\u0000"}]}, "amount": 1.5}') == {"facts": {"a": [{"b": "c"}]}, "amount": 1.5}
    assert _json(b"[" * DEEPEST + b"]" * DEEPEST)
