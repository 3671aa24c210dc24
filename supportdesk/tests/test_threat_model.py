"""Each row of the threat model names a test that there is."""

from __future__ import annotations

import re

import pytest

from supportdesk.tests.test_house import ROOT

PARTS = (ROOT / "docs" / "threat-model.md").read_text().split("\n## ")
TABLES = {name: [line for line in part.splitlines() if line.startswith("|")][2:] for part in PARTS for name in [part.partition("\n")[0]]}
ROWS = [*TABLES["Threats"], *TABLES["What a reviewer made happen"], *TABLES["What the law says besides, sentence by sentence"]]
TEST = re.compile(r"`([\w/]+/test_\w+\.py)(?:::(\w+))?`")


def test_there_are_rows() -> None:
    assert len(TABLES["Threats"]) > 20
    assert [row.split("|")[1].split(".")[0].strip() for row in TABLES["What a reviewer made happen"]] == [str(n) for n in range(1, 30)]
    assert len(TABLES["What the law says besides, sentence by sentence"]) > 25


def test_each_place_of_the_law_is_there() -> None:
    for row in TABLES["What the law says besides, sentence by sentence"]:
        for place in re.findall(r"`([\w/.]+)`", row.split("|")[2]):
            assert (ROOT / place).exists(), place


@pytest.mark.parametrize("row", ROWS)
def test_each_row_names_tests_that_there_are(row: str) -> None:
    named = TEST.findall(row.rstrip("| ").rpartition("|")[2])
    assert named, "a threat without a test"
    for path, name in named:
        source = (ROOT / path).read_text()
        assert not name or re.search(rf"^def {name}\(", source, re.MULTILINE), f"{path} has no {name}"
