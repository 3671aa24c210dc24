"""What a run found is told in the reader's language, every kind of it."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from evidence.vault import sealing, store
from evidence.vault.job_findings import BROKEN, in_words

LINES = [
    "custody entries 3 to 5: removed",
    "custody entry 7 (unmasked, item 12): changed",
    "item 12: its file (thumbnail) is not its own any more",
    "file ab/abcd of item 12: missing",
    "file ab/abcd of nobody: tampered",
    "ab/abcd: unknown_key",
    "custody of TS-20260310-000001: its end is not recorded",
    "given up: it came to no end three times; the log of the worker says why",
]
ENGLISH = re.compile(r"[a-z]{3,}")


@pytest.mark.parametrize("line", LINES)
def test_a_finding_is_told_in_chinese(line):
    with override("zh-hans"):
        said = in_words(line)
    assert not ENGLISH.search(said.replace("abcd", ""))
    assert re.findall("[0-9]+", said) == re.findall("[0-9]+", line)


def test_in_english_it_reads_as_commands_print_it():
    with override("en"):
        assert in_words("item 12: gone without a word") == "item 12: gone without a word"
        assert in_words("file ab/abcd of item 12: swapped") == "file ab/abcd of item 12: another file lies in its place"
        assert in_words("something older <b>") == "something older <b>"


def test_every_way_a_seal_breaks_has_words():
    texts = [Path(module.__file__).read_text() for module in (sealing, store)]
    codes = set(re.findall(r'Broken\("(\w+)"', "".join(texts)))
    assert codes == set(BROKEN)
