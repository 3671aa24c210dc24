"""Macros that templates import are made once for all pages, so they may stand on nothing else."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from jinja2 import meta, nodes

ROOT = Path(settings.BASE_DIR) / "templates" / "jinja2"
ENVIRONMENT = engines["jinja2"].env
PARSED = {str(path.relative_to(ROOT)): ENVIRONMENT.parse(path.read_text()) for path in sorted(ROOT.rglob("*.html"))}
IMPORTED = sorted({found.template.value for tree in PARSED.values() for found in tree.find_all((nodes.FromImport, nodes.Import))})


def test_some_are_imported() -> None:
    assert "desk/fields.html" in IMPORTED


@pytest.mark.parametrize("name", IMPORTED)
def test_imported_macros_stand_on_what_they_are_given_and_on_the_helpers(name) -> None:
    assert meta.find_undeclared_variables(PARSED[name]) <= ENVIRONMENT.globals.keys()
    # A word set beside them would stay in the language of the first page.
    assert [each for each in PARSED[name].body if isinstance(each, nodes.Assign)] == []


@pytest.mark.parametrize("name", PARSED)
def test_nobody_hands_the_page_over_to_macros(name) -> None:
    assert not [found for found in PARSED[name].find_all((nodes.FromImport, nodes.Import)) if found.with_context]


def test_the_pages_of_both_engines_have_one_skeleton() -> None:
    """Between their tags the two files say the same; what the tags bring in stands in frame/ once."""
    skeletons = [
        re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text(), flags=re.DOTALL) for path in (ROOT / "base.html", ROOT.parent / "base.html")
    ]
    ours, theirs = (re.sub(r"\s+", " ", skeleton.partition("<!doctype")[2]) for skeleton in skeletons)
    assert ours == theirs
