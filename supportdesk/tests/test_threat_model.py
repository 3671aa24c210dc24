"""Each row of the threat model names a test that there is."""

from __future__ import annotations

import re

import pytest

from supportdesk.tests.test_house import ROOT

TABLE = (ROOT / "docs" / "threat-model.md").read_text().split("## Threats")[1].split("## ")[0]
ROWS = [line for line in TABLE.splitlines() if "|" in line][2:]
TEST = re.compile(r"`([\w/]+/test_\w+\.py)(?:::(\w+))?`")


def test_there_are_rows() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", ROWS)
def test_each_row_names_tests_that_there_are(row: str) -> None:
    named = TEST.findall(row.split("|")[3])
    assert named, "a threat without a test"
    for path, name in named:
        source = (ROOT / path).read_text()
        assert not name or re.search(rf"^def {name}\(", source, re.MULTILINE), f"{path} has no {name}"
