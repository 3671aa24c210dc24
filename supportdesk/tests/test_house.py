"""The house rules that a machine can check. Each says where it is broken."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from supportdesk.celery import app

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("supportdesk", "portal", "desk", "api", "inbound_mail", "evidence", "tickets", "sla", "accounts", "lib")
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 50, 150
# In two pieces, or this file would be the first to name them.
REGISTRY_HOSTS = ("registry.npm" + "js", "files.python" + "hosted", "pypi.org" + "/simple")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(*patterns: str) -> list[Path]:
    """Files of the project, new ones that are not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def is_written_by_hand(path: Path) -> bool:
    return "migrations" not in path.parts


def is_of_a_room(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] in ROOMS and "tests" not in parts and "migrations" not in parts and path.name != "conftest.py"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.fixture(autouse=True, scope="module")
def _trees_are_kept_for_this_module() -> Iterator[None]:
    yield
    parsed.cache_clear()


def room_modules() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(ROOT)), parsed(path)) for path in tracked("*.py") if is_of_a_room(path)]


def lines_of(path: Path) -> int:
    return path.read_text().count("\n")


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_no_file_is_longer_than_one_can_see_across() -> None:
    written = filter(is_written_by_hand, tracked("*.py", "*.js", "*.css"))
    long = [f"{path.relative_to(ROOT)}: {lines_of(path)}" for path in written if lines_of(path) > FILE_LINES]
    assert long == []


def test_no_template_is_longer_than_a_page() -> None:
    long = [f"{path.relative_to(ROOT)}: {lines_of(path)}" for path in tracked("*.html") if lines_of(path) > TEMPLATE_LINES]
    assert long == []


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = []
    for path in filter(is_written_by_hand, tracked("*.py")):
        for function in functions(parsed(path)):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > FUNCTION_LINES:
                long.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {length}")
    assert long == []


def test_every_module_says_its_job_in_its_first_line() -> None:
    """A second paragraph may say why it is as it is."""
    mute = []
    for name, tree in room_modules():
        job = (ast.get_docstring(tree) or "").split("\n\n")[0]
        if tree.body and (not job or "\n" in job):
            mute.append(name)
    assert mute == []


def test_imports_point_downward_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def status_writers(tree: ast.Module, wanted: str) -> list[str]:
    """Names of the functions in which `<something>.status = …` (or `.update(status=…)`) stands."""
    found = []
    for function in functions(tree):
        for node in ast.walk(function):
            if wanted == "assigned" and isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
                    found.append(function.name)
            if wanted == "updated" and is_status_update(node):
                found.append(function.name)
    return found


def is_status_update(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in {"update", "update_or_create"}
        and any(keyword.arg == "status" for keyword in node.keywords)
    )


def test_status_is_assigned_in_one_function_only() -> None:
    places = {f"{name}:{function}" for name, tree in room_modules() for function in status_writers(tree, "assigned")}
    assert len(places) == 1, places


def test_status_is_never_updated_past_that_function() -> None:
    """The sweep's set form, which a test proves equal to the single one, is the one exception."""
    places = {f"{name}:{function}" for name, tree in room_modules() for function in status_writers(tree, "updated")}
    assert len(places) <= 1, places


def test_nothing_overrides_save_or_delete() -> None:
    """What gives an override away is the call to the one it overrides."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in room_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"save", "delete"} and is_super(node.value)
    ]
    assert found == []


def is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"


def test_nothing_hangs_on_signals() -> None:
    found = [
        name
        for name, tree in room_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("django.db.models.signals", "django.dispatch"))
    ]
    assert found == []


def test_model_forms_are_for_the_admin_only() -> None:
    found = []
    for name, tree in room_modules():
        if "admin" not in name:
            found += [f"{name}:{node.lineno}" for node in ast.walk(tree) if getattr(node, "attr", getattr(node, "id", "")) == "ModelForm"]
    assert found == []


def test_now_has_one_source() -> None:
    """`django.utils.timezone.now`: tests travel in it, and an operation reads it once."""
    other = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    found = []
    for path in filter(is_of_a_room, tracked("*.py")):
        found += [f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(path.read_text().splitlines(), 1) if other.search(line)]
    assert found == []


INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated attribute": re.compile(r"\s(hx-on|hx-vals=[\"']js:)", re.IGNORECASE),
}


def test_templates_hold_no_inline_script_or_style() -> None:
    """The Content-Security-Policy would refuse them. Letters are no pages: mail programs read nothing but inline styles."""
    found = []
    for path in tracked("*.html"):
        if not {"email", "emails", "mail", "node_modules"} & set(path.parts):
            found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in INLINE.items() if pattern.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("what", INLINE)
def test_the_inline_check_itself_finds(what: str) -> None:
    broken = {
        "script": "<script>alert(1)</script>",
        "style element": "<style>p {}</style>",
        "style attribute": '<p style="color: red">',
        "event attribute": '<a onclick="go()">',
        "javascript address": '<a href="javascript:go()">',
        "evaluated attribute": '<a hx-on:click="go()">',
    }
    assert INLINE[what].search(broken[what])
    assert not INLINE[what].search('<script src="/static/a.js" defer></script><p class="style on">one = two</p>')


def test_every_beat_entry_names_a_registered_task() -> None:
    app.loader.import_default_modules()
    entries = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert entries
    assert entries - set(app.tasks) == set()


def test_no_package_registry_is_named() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked(".")
        if path.suffix not in {".png", ".jpg", ".webp", ".ico"} and any(host in path.read_text(errors="replace") for host in REGISTRY_HOSTS)
    ]
    assert found == []


def test_no_template_lets_html_through_as_it_comes() -> None:
    """Text from people is escaped where it is shown. HTML of ours is made by format_html, which escapes what it is given."""
    through = re.compile(r"\|\s*safe\b|safeseq|mark_safe")
    assert [str(path.relative_to(ROOT)) for path in tracked("*.html") if through.search(path.read_text())] == []
    trusting = [name for name, tree in room_modules() if any(getattr(node, "id", "") == "mark_safe" for node in ast.walk(tree))]
    assert trusting == ["lib/pages.py"]  # a page that Jinja2 has drawn, escaped
