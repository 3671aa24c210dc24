"""The zh-Hans catalogue without GNU gettext.

`compile` writes the .mo files; `update` brings django.po in line with the texts in code and templates.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import jinja2
import jinja2.ext
import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ROOMS = ("supportdesk", "portal", "desk", "api", "inbound_mail", "evidence", "tickets", "sla", "accounts", "lib", "templates")

# How many of the first arguments are texts, and which they are.
CALLS = {
    "_": ("id",),
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(?P<call>n?p?gettext|_)\((?P<texts>\s*{STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)


class Text(NamedTuple):
    context: str
    id: str
    plural: str
    place: str


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Every text marked for translation, in code and in templates. Tests and migrations are left out."""
    for path in _files(root, "py"):
        yield from _in_python(path.read_text(), str(path.relative_to(root)))
    for suffix in ("html", "txt"):
        for path in _files(root, suffix):
            place = str(path.relative_to(root))
            yield from (_in_jinja if "jinja2" in path.parts else _in_template)(path.read_text(), place)


def _files(root: Path, suffix: str) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob(f"*.{suffix}")):
            if not {"tests", "migrations"} & set(path.relative_to(root).parts):
                yield path


def _in_python(source: str, place: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
            values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from _text(name, values, f"{place}:{node.lineno}")


def _in_template(source: str, place: str) -> Iterator[Text]:
    for match in IN_TEMPLATE.finditer(templatize(source)):
        yield from _text(match["call"], list(ast.literal_eval(f"({match['texts'].strip()},)")), place)


def _in_jinja(source: str, place: str) -> Iterator[Text]:
    tree = jinja2.Environment().parse(source)  # noqa: S701 - read, never rendered
    for line, name, found in jinja2.ext.extract_from_ast(tree, tuple(CALLS)):
        yield from _text(name, [found] if isinstance(found, str) else list(found or ()), f"{place}:{line}")


def _text(call: str, values: Sequence[object], place: str) -> Iterator[Text]:
    names = CALLS.get(call, ())
    if names and len(values) >= len(names) and all(isinstance(value, str) for value in values[: len(names)]):
        found = {name: str(value) for name, value in zip(names, values, strict=False)}
        yield Text(found.get("context", ""), found["id"], found.get("plural", ""), place)


def compile_all(root: Path = ROOT) -> None:
    """Write the .mo beside each .po that is newer than it."""
    for source in root.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            print(f"compiled {source.relative_to(root)}")


def update() -> None:
    """Add what is missing (untranslated), drop what no code says any more, keep the rest; sorted, so that branches merge."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else _empty()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    fresh = _empty()
    fresh.metadata = catalogue.metadata
    for text in sorted({(text.context, text.id): text for text in texts()}.values(), key=lambda text: (text.id, text.context)):
        fresh.append(_kept(known.get((text.context, text.id)), text))
    fresh.save(str(CATALOGUE))
    print(f"{len(fresh)} texts, {len(fresh.untranslated_entries())} without a translation")


def _kept(entry: polib.POEntry | None, text: Text) -> polib.POEntry:
    new = polib.POEntry(msgid=text.id, msgctxt=text.context or None, msgid_plural=text.plural)
    if "%(" in text.id or re.search(r"%[sd]", text.id):
        new.flags = ["python-format"]
    if text.plural:
        new.msgstr_plural = (entry and entry.msgstr_plural) or {0: ""}
    else:
        new.msgstr = entry.msgstr if entry else ""
    return new


def _empty() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=140)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def main(command: str) -> None:
    if command == "update":
        update()
    compile_all()


if __name__ == "__main__":
    main(sys.argv[1])
