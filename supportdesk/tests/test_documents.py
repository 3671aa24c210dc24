"""What the documents mention is there: paths, modules, names, commands, make targets, variables, links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands

from supportdesk.celery import app
from supportdesk.tests.test_house import ROOT, tracked

DOCUMENTS = [path for path in tracked("README.md", "CONTRIBUTING.md", "docs/*.md") if path.is_file()]
RECIPES = tracked("docs/recipes/*.md")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)|\bsrc=\"([^\"]+)\"")
# What a command makes, or what the code names without having it.
MADE = ("var/", "build/", "node_modules/", ".venv/")
SUFFIXES = (".py", ".js", ".mjs", ".html", ".css", ".md", ".txt", ".in", ".toml", ".json", ".yml", ".po", ".svg", ".webp", ".csv")
PATH = re.compile(r"\.?[\w<][\w.*<> -]*(/[\w.*<>-]+)+/?|[\w.*-]+\.[a-z]+")
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
NAME = re.compile(r"[A-Za-z_]\w+")
HEAD = re.compile(r"\{#-?(.*?)-?#\}|/\*(.*?)\*/", re.DOTALL)
SHEETS_AND_TEMPLATES = tracked("templates/*.html", "*/templates/*.html", "static/css/*.css")
SOURCES = ("*.py", "*.html", "*.js", "*.mjs", "*.json", "*.toml", "*.yml", "Makefile", ".ci/*", "*.in", "*.css")
# Words of other people's programs and standards.
FOREIGN = {
    "venv", "msgfmt", "unnest", "DOMContentLoaded", "htmx", "dl", "id",
    "client_max_body_size", "proxy_request_buffering", "json_to_recordset", "StreamMaxLength", "TemporaryDirectory", "TasksMax",
    "limit_conn", "limit_conn_zone", "limit_req_zone", "log_format", "ssl_protocols", "client_header_timeout", "client_body_timeout",
    "send_timeout", "keepalive_timeout", "large_client_header_buffers", "LoadCredential", "SetCredentialEncrypted", "User", "UMask",
    "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateNetwork", "ReadWritePaths", "MemoryMax",
    "MemoryDenyWriteExecute", "RestrictAddressFamilies", "SystemCallFilter", "SystemCallArchitectures",
    "use_directory_urls", "db_default", "sqlmigrate", "squashmigrations",
}  # fmt: skip


def each_document() -> Any:
    return pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def mentions(document: Path) -> Iterator[str]:
    """Whatever stands in backticks, and each line of a code block that is a command; comments left out."""
    text = document.read_text()
    yield from (" ".join(code.split()) for code in INLINE.findall(FENCED.sub("", text)))
    for language, block in FENCED.findall(text):
        if language != "mermaid":
            yield from filter(None, (line.split(" #")[0].strip() for line in block.splitlines()))


@cache
def files() -> frozenset[str]:
    """Every file of the project and every folder that holds one, as paths from the root."""
    names = [path.relative_to(ROOT) for path in tracked(".")]
    return frozenset(str(each) for name in names for each in (name, *name.parents))


@cache
def words() -> frozenset[str]:
    """Every name in our Python, and every word of the other sources. Comments and docstrings are no sources, and tests are none:
    a name that is left in them alone is gone from the product."""
    found = [words_in(path) for path in tracked(*SOURCES) if "tests" not in path.parts]
    return frozenset().union(*found, (name.rpartition("/")[2].partition(".")[0] for name in files()))


@cache
def words_in(path: Path) -> frozenset[str]:
    return frozenset(names_in(path) if path.suffix == ".py" else re.findall(r"\w+", path.read_text()))


def words_of_tests(document: Path) -> frozenset[str]:
    """Of the test files it names, for what it says of those; of all, where it is about tests."""
    named = [path for path in tracked("*.py") if "tests" in path.parts and str(path.relative_to(ROOT)) in document.read_text()]
    return frozenset().union(*map(words_in, tracked("*.py") if document.name == "testing.md" else named))


def names_in(path: Path) -> set[str]:
    """What is defined or used in it, and the codes among its strings."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(text)) if " " not in text:
                found.update(re.findall(r"\w+", text))
    return found


def is_there(path: str) -> bool:
    """From the root, or as the end of one (`operations/undo.py`); a place still to be filled (<name>) needs its folder."""
    path = path.split("<")[0].rstrip("/") if "<" in path else path.rstrip("/")
    if "*" in path:
        return any(fnmatch(name, path) or fnmatch(name, f"*/{path}") for name in files())
    return path in files() or any(name.endswith(f"/{path}") for name in files())


def is_path(mention: str) -> bool:
    first = mention.split("/")[0]
    return bool(PATH.fullmatch(mention)) and (mention.endswith(SUFFIXES) or ("/" in mention and first in files()))


@each_document()
def test_every_path_is_there(document: Path) -> None:
    paths = [mention for mention in mentions(document) if is_path(mention) and not mention.startswith(MADE)]
    assert [path for path in paths if not is_there(path)] == []


def resolves(name: str) -> bool:
    """A module, something in one, a model or a task."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part, None)
        if found is not None:
            return True
        break
    app.loader.import_default_modules()
    return name in app.tasks or (len(parts) == 2 and parts[1].lower() in _models_of(parts[0]))


def _models_of(label: str) -> set[str]:
    return {model._meta.model_name or "" for model in apps.get_models() if model._meta.app_label == label}


def is_of_ours(mention: str) -> bool:
    """Begins with one of our packages."""
    return bool(DOTTED.fullmatch(mention)) and mention.split(".")[0] in files() and not mention.endswith(SUFFIXES)


@cache
def styles() -> str:
    return "".join(path.read_text() for path in tracked("static/css/*.css"))


@cache
def words_of(stem: str) -> frozenset[str]:
    """Every word of the files of that name, and of a package of that name."""
    found = (path for path in tracked("*.py", "*.js") if path.stem == stem or (path.stem == "__init__" and path.parent.name == stem))
    return frozenset(word for path in found for word in re.findall(r"\w+", path.read_text()))


def is_somewhere(name: str) -> bool:
    """`checklist.take_stock`: a file of the first name holds the second. `PostingDoor.ahead`: a class, so the words must occur.
    `a.choice`: a class of our style sheets."""
    first, *rest = name.split(".")
    if f".{rest[0]}" in styles():
        return True
    return set(rest) <= words_of(first) or (first[0].isupper() and set(name.split(".")) <= words())


@each_document()
def test_every_dotted_name_is_there(document: Path) -> None:
    names = [mention.removesuffix("()") for mention in mentions(document)]
    dotted = [name for name in names if DOTTED.fullmatch(name) and not name.endswith(SUFFIXES)]
    assert [name for name in dotted if not (resolves(name) or (not is_of_ours(name) and is_somewhere(name)))] == []


@each_document()
def test_every_name_occurs_in_the_sources(document: Path) -> None:
    """Functions, classes, constants, settings, codes: whatever is written as a programmer writes a name."""
    names = {each.removesuffix("()") for mention in mentions(document) for each in mention.removesuffix(";").split("=")[:1]}
    known = words() | FOREIGN | words_of_tests(document)
    assert sorted(name for name in names if NAME.fullmatch(name) and name not in known and not iskeyword(name)) == []


def missing_from_the_head(text: str) -> list[str]:
    """Paths, and dotted names of ours, that the first comment of a template or style sheet names and nobody has."""
    found = HEAD.search(text)
    comment = (found[1] or found[2]) if found else ""
    named = [word.strip(".,;:()\"'`") for word in comment.split()]
    paths = [word for word in named if "/" in word and PATH.fullmatch(word)]
    dotted = [word for word in named if is_of_ours(word)]
    return [path for path in paths if not is_there(path)] + [name for name in dotted if not resolves(name)]


def test_the_first_comment_of_each_template_and_style_sheet_names_what_is_there() -> None:
    lost = {str(path.relative_to(ROOT)): missing_from_the_head(path.read_text()) for path in SHEETS_AND_TEMPLATES}
    assert {path: names for path, names in lost.items() if names} == {}


BULLET = re.compile(r"^- `([\w/.-]+\.\w+)`(?: \([^)]*\))?:(.*(?:\n  .*)*)", re.MULTILINE)
NAME_OF_FILE = re.compile(r"(`[^`]+`) (?:of|in) `([\w/.-]+\.\w+)`")


def missing_from_the_files_of_bullets(text: str) -> list[tuple[str, str]]:
    """What a line says of the file it begins with, and what is "`name` of `a/file.py`", stands there. Code with blanks does not count."""
    lost = []
    for path, said in [*BULLET.findall(text), *((path, said) for said, path in NAME_OF_FILE.findall(text))]:
        names = [name.removesuffix("()").split("=")[0].lstrip("@") for name in INLINE.findall(NAME_OF_FILE.sub("", said))]
        if (ROOT / path).is_file():
            source = set(re.findall(r"\w+", (ROOT / path).read_text()))
            lost += [(path, name) for name in names if NAME.fullmatch(name) and name not in source]
    return lost


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_what_a_recipe_says_of_a_file_stands_in_it(recipe: Path) -> None:
    assert missing_from_the_files_of_bullets(recipe.read_text()) == []


@each_document()
def test_every_command_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = get_commands()
    for mention in mentions(document):
        for target in re.findall(r"(?:^|\s)make((?: [a-z][a-z-]*)+)", mention):
            assert set(target.split()) <= targets, mention
        for command in re.findall(r"manage\.py ([a-z_]+)", mention):
            assert command in commands, mention
        for module in re.findall(r"python -m ((?:scripts|bench|evidence)[\w.]*)", mention):
            assert find_spec(module), mention


NOT_FOR_OPERATORS = {
    "demo": "`make run` calls it",
    "flush": "Django's own, made to work here; for development",
    "draw_states": "writes a document",
}


def test_every_command_of_ours_is_told_to_operators_or_excused() -> None:
    ours = {path.stem for path in tracked("*/management/commands/*.py") if path.stem != "__init__"}
    told = set(re.findall(r"^\| `python manage\.py (\w+)", (ROOT / "docs/operating.md").read_text(), re.MULTILINE))
    assert ours - told == set(NOT_FOR_OPERATORS)
    assert told <= ours


@each_document()
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link or source for link, source in LINK.findall(FENCED.sub("", document.read_text()))]
    near = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in near if not (document.parent / link).exists()] == []


READS = re.compile(r"env\.\w+|os\.environ\.get")


def read_from_the_environment(path: Path) -> set[str]:
    """First arguments of `env.…("NAME")` and `os.environ.get("NAME")`, and what must be set in production."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and READS.fullmatch(ast.unparse(node.func)) and node.args:
            match node.args[0]:
                case ast.Constant(value=str(name)):
                    found.add(name)
    return found


def test_the_page_of_variables_names_those_that_are_read_and_no_others() -> None:
    files = ("supportdesk/settings.py", "gunicorn.conf.py", "supportdesk/slow_clients.py")
    read = set[str]().union(*(read_from_the_environment(ROOT / name) for name in files))
    rows = [line.split("|")[1] for line in (ROOT / "docs/environment.md").read_text().splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in INLINE.findall(row)]
    assert sorted(told) == sorted(read)


def test_every_decision_is_listed_with_its_status() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    for path in tracked("docs/adr/0*.md"):
        lines = path.read_text().splitlines()
        assert re.fullmatch(rf"# {int(path.name[:4])}\. .+", lines[0]), path.name
        status = re.fullmatch(r"\*Status: (.+)\.\*", lines[2])
        assert status, path.name
        assert f"| {int(path.name[:4])} | [{lines[0].split('. ', 1)[1]}]({path.name}) | {status[1]} |" in index


def test_no_paragraph_of_a_decision_is_wider_than_a_page() -> None:
    lines = ((path.name, line) for path in tracked("docs/adr/0*.md") for line in path.read_text().splitlines())
    wide = [f"{name}: {line}" for name, line in lines if len(line) > 140]
    assert wide == []


@pytest.mark.parametrize("recipe", [path for path in RECIPES if path.name != "README.md"], ids=lambda path: path.stem)
def test_a_recipe_opens_at_most_five_files_and_changes_at_most_four(recipe: Path) -> None:
    parts = re.split(r"^## (.+)$", recipe.read_text(), flags=re.MULTILINE)
    lists = {title: re.findall(r"^(?:-|[0-9]+\.) ", part, re.MULTILINE) for title, part in zip(parts[1::2], parts[2::2], strict=True)}
    assert list(lists) == ["Open", "Change", "Then", "What tells you"]
    assert 1 <= len(lists["Open"]) <= 5
    assert 1 <= len(lists["Change"]) <= 4


def test_every_recipe_is_listed_and_named_where_people_look() -> None:
    names = {path.name for path in RECIPES} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs/recipes/README.md").read_text())) == names
    assert set(re.findall(r"docs/recipes/([\w-]+\.md)\)", (ROOT / "CONTRIBUTING.md").read_text())) - {"README.md"} == names


def test_the_chinese_of_the_glossary_is_what_people_read() -> None:
    catalogue = (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").read_text().replace('"\n"', "")
    rows = [line.split("|") for line in (ROOT / "docs/glossary.md").read_text().splitlines() if line.startswith("| ")]
    told = [word for row in rows for word in re.findall(r"[\u4e00-\u9fff]+", row[2]) if row[2].strip() != "中文"]
    assert [word for word in told if word not in catalogue] == []


@pytest.mark.parametrize("broken", ["tickets/nowhere.py", "nowhere.py", "desk/nowhere/", "docs/*.nowhere.md"])
def test_the_check_itself_misses_a_path(broken: str) -> None:
    assert is_path(broken)
    assert not is_there(broken)


def test_the_check_itself_reads_the_first_comment() -> None:
    gone = "{#- A page. Needs what desk.workspace.show hands over, see templates/nowhere/. -#}\n{# desk.nowhere is another comment #}"
    assert missing_from_the_head(gone) == ["templates/nowhere/", "desk.workspace.show"]
    assert missing_from_the_head("/* Macros are in templates/jinja2/components/. */") == []


def test_the_check_itself_looks_into_the_file_a_line_names() -> None:
    line = "- `portal/access.py` (or its neighbour): `own`, `signed_in`,\n  `docs/`, and `two words`; `TYPED` of `portal/urls.py`"
    assert missing_from_the_files_of_bullets(line) == [("portal/access.py", "signed_in"), ("portal/urls.py", "TYPED")]


def test_the_check_itself_tells_names_apart() -> None:
    assert resolves("tickets.models.Ticket")
    assert resolves("desk.Draft")
    assert resolves("tickets.fire_due_timers")
    assert not resolves("tickets.models.Nobody")
    assert not is_of_ours("checklist.take_stock")
