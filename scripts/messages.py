"""The zh-Hans catalogue without GNU gettext, and the zh-Hant one, which is made of it.

`compile` writes the .mo files; `update` brings django.po in line with the texts in code and templates.
"""

import ast
import difflib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import jinja2
import jinja2.ext
import polib
from django.utils.translation.template import templatize

from lib.traditional import in_traditional

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
# How much of two sentences has to be the same (0 to 1) for the translation of one to be offered to the other: GNU gettext's measure.
LIKE_ENOUGH = 0.6
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
    tree = ast.parse(source)
    names = _names_of_gettext(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
            values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from _text(names.get(name, name), values, f"{place}:{node.lineno}")


def _names_of_gettext(tree: ast.Module) -> dict[str, str]:
    """By what name this module calls each of Django's functions: whatever it chose, its texts are found."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"]
    return {alias.asname or alias.name: alias.name for node in imports for alias in node.names}


def _in_template(source: str, place: str) -> Iterator[Text]:
    for match in IN_TEMPLATE.finditer(templatize(source)):
        yield from _text(match["call"], list(ast.literal_eval(f"({match['texts'].strip()},)")), place)


def _in_jinja(source: str, place: str) -> Iterator[Text]:
    engine = jinja2.Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - read, never rendered
    engine.newstyle_gettext = True  # type: ignore[attr-defined]
    tree = engine.parse(source)
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
    _compile_traditional(root)


def _compile_traditional(root: Path) -> None:
    """Of zh-Hans, wherever that, or a correction, is newer."""
    source, made_of = root / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po", root / "locale" / "zh_Hant" / "corrections.tsv"
    target = root / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.mo"
    if not made_of.exists() or (target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime, made_of.stat().st_mtime)):
        return
    target.parent.mkdir(exist_ok=True)
    traditional_catalogue(polib.pofile(str(source))).save_as_mofile(str(target))
    print(f"compiled {source.relative_to(root)} into traditional characters")


def traditional_catalogue(catalogue: polib.POFile) -> polib.POFile:
    """The same catalogue, changed in place."""
    catalogue.metadata["Language"] = "zh_Hant"
    for entry in catalogue:
        entry.msgstr = in_traditional(entry.msgstr)
        entry.msgstr_plural = {number: in_traditional(text) for number, text in entry.msgstr_plural.items()}
    return catalogue


def update() -> None:
    """Bring the catalogue in line with the texts, and say what a translator has to look at."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else _empty()
    fresh = renew(catalogue, texts())
    fresh.save(str(CATALOGUE))
    for entry in fresh.fuzzy_entries():
        print(f"fuzzy: {entry.msgid}\n  was: {entry.previous_msgid}")
    print(f"{len(fresh)} texts, {len(fresh.untranslated_entries())} without a translation, {len(fresh.fuzzy_entries())} fuzzy")


def renew(catalogue: polib.POFile, wanted: Iterable[Text]) -> polib.POFile:
    """The catalogue for these texts, sorted, so that branches merge. No translation is lost.

    A sentence that was reworded keeps its translation, marked fuzzy beside the old sentence, until a translator has looked at it: fuzzy
    ones are not compiled, and tests refuse them. What no text resembles stays as an obsolete entry, and is used when its text returns.
    """
    left = {_key(entry): entry for entry in sorted(catalogue, key=lambda entry: not entry.obsolete)}  # a current one counts more
    wanted = sorted({(text.context, text.id): text for text in wanted}.values(), key=lambda text: (text.id, text.context))
    known = {text: entry for text in wanted if (entry := left.pop((text.context, text.id), None))}
    reworded = _nearest([text for text in wanted if text not in known], [entry for entry in left.values() if _has_translation(entry)])
    fresh = _empty()
    fresh.metadata = catalogue.metadata
    fresh.extend(_mark_fuzzy(text, reworded[text]) if text in reworded else _entry(text, known.get(text)) for text in wanted)
    used = {id(entry) for entry in reworded.values()}
    fresh.extend(_obsolete(entry) for _, entry in sorted(left.items()) if id(entry) not in used and _has_translation(entry))
    return fresh


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return (entry.msgctxt or "", entry.msgid)


def _has_translation(entry: polib.POEntry) -> bool:
    return any(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _nearest(new: list[Text], old: list[polib.POEntry]) -> dict[Text, polib.POEntry]:
    """New text → the old entry it resembles most; each entry goes to one text, the closest pairs first."""
    alike = []
    for text in new:
        for place, entry in enumerate(old):
            if (text.context, bool(text.plural)) == (entry.msgctxt or "", bool(entry.msgid_plural)):
                alike.append((-_likeness(text.id, entry.msgid), place, text))
    found: dict[Text, polib.POEntry] = {}
    for difference, place, text in sorted(alike):
        if -difference >= LIKE_ENOUGH and text not in found and not any(old[place] is entry for entry in found.values()):
            found[text] = old[place]
    return found


def _likeness(one: str, other: str) -> float:
    """From 0 to 1. Sentences too different for the rough measures are not compared word for word, which is slow."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    rough = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if rough >= LIKE_ENOUGH else 0


def _entry(text: Text, known: polib.POEntry | None) -> polib.POEntry:
    new = polib.POEntry(msgid=text.id, msgctxt=text.context or None, msgid_plural=text.plural)
    new.flags = ["python-format"] if "%(" in text.id or re.search(r"%[sd]", text.id) else []
    if text.plural:
        new.msgstr_plural = (known and known.msgstr_plural) or {0: ""}
    else:
        new.msgstr = known.msgstr if known else ""
    if known:
        new.tcomment = known.tcomment
        if known.fuzzy:
            new.flags = ["fuzzy", *new.flags]
            new.previous_msgid = known.previous_msgid
    return new


def _mark_fuzzy(text: Text, old: polib.POEntry) -> polib.POEntry:
    """The translation was made for the old sentence, or for one before it where that was never looked at."""
    new = _entry(text, old)
    new.previous_msgid = old.previous_msgid or old.msgid
    new.flags = ["fuzzy", *(flag for flag in new.flags if flag != "fuzzy")]
    return new


def _obsolete(entry: polib.POEntry) -> polib.POEntry:
    entry.obsolete = True
    return entry


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
