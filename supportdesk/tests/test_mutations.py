"""Each row of the guards that are taken out names a guard and a test that there are. `make mutations` runs them."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from scripts.mutations import INSTEAD, MUTATIONS, Mutation
from supportdesk.tests.test_house import ROOT


def test_there_are_enough_of_them() -> None:
    assert len(MUTATIONS) >= 20
    assert len({row.sentence for row in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("row", MUTATIONS, ids=lambda row: row.sentence)
def test_a_row_names_what_there_is(row: Mutation) -> None:
    module, name, *key = row.place.split(":")
    found = getattr(import_module(module), name)
    assert not key or key[0] in found
    assert row.instead in INSTEAD
    path, _, test = row.test.partition("::")
    assert re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE), row.test
