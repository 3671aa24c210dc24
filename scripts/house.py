"""How the house measures up: `python -m scripts.house` prints each measure beside its bound and fails beyond it.

Nothing but the syntax tree is read; no module of the product is imported. The product is what stands in the rooms, without tests,
migrations and empty files. `--list WHAT` names the places: lines, functions, definitions, imports, participles, any, actions, timers,
users, floors.

lines         Line ends per file: median, longest.
functions     Lines per function and method, from `def` to its last line, decorators apart: median and nine in ten.
definitions   Distinct names of functions, methods and classes, per 1,000 lines: how many words one has to learn.
imports       Distinct modules of the rooms that a file imports (`from a import b` is a.b where that is a module): median and nine in ten.
participles   Functions and methods named by a past participle alone, with or without a leading underscore (`_said`, `kept`, `drawn`).
              Every one counts, not every word. What a protocol demands by name is exempt (EXEMPT).
actions       Per action of the table: files in which its key stands as a string of its own, modules of words apart (a part of the path
              is `words`). Median.
timers        The same for every timer of the shipped policy; its name in `TimerKey` counts as well, so that nothing is hidden by it.
any           The name `Any`, imports apart.
users         Lines `user: Any = request.user`.
floors        Modules directly in a room that no layers contract of that room names: the import rules do not see them.
"""

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("supportdesk", "portal", "desk", "api", "inbound_mail", "evidence", "tickets", "sla", "accounts", "lib")
ASIDE = frozenset({"tests", "migrations", "conftest.py"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Bound(NamedTuple):
    """`ceiling` is today's value where the aim is not reached yet. It may only be lowered; where it is None, the aim itself holds."""

    aim: int
    ceiling: int | None = None

    @property
    def limit(self) -> int:
        return self.aim if self.ceiling is None else self.ceiling


BOUNDS: Mapping[str, Bound] = {
    "lines per file, median": Bound(90),
    "lines per file, longest": Bound(400),
    "lines per function, median": Bound(5),
    "lines per function, nine in ten": Bound(13),
    "definitions per 1,000 lines": Bound(45, 62),
    "imports per file, median": Bound(3),
    "imports per file, nine in ten": Bound(8, 12),
    "participles": Bound(0),
    "files per action, median": Bound(3),
    "files per timer, median": Bound(3),
    "any": Bound(300),
    "users": Bound(0),
    "floors": Bound(0),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Past participles that are no other form of their verb ("put", "cut", "read" and "set" are commands as well) and end in no -ed.
IRREGULAR = _words("""
    become begun been bent bitten blown born borne bound bought bred broken brought built burnt caught chosen dealt done drawn
    driven dug eaten fallen fed felt fled flown forbidden foreseen forgotten fought found frozen given gone got gotten grown had
    heard held hidden hung kept known laid lain learnt led left lent lit lost made meant met mistaken overtaken paid proven ridden
    risen rung said sat seen sent sewn shaken shone shot shown slept sold sought sown spent spoken spun stolen stood struck stuck
    sung sunk swept sworn swung taken taught thought thrown told torn undertaken understood undone unfrozen unknown unsaid withdrawn
    withheld woken won worn wound woven written
""")
NO_PARTICIPLES = _words("bleed breed deed embed exceed feed hundred indeed need proceed red seed shed speed succeed weed")
# What a protocol asks for by that name: files and streams are asked whether they are `closed`.
EXEMPT = frozenset({"closed"})


class File(NamedTuple):
    name: str
    source: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def lines(self) -> int:
        return self.source.count("\n")

    @property
    def is_of_words(self) -> bool:
        return "words" in self.module.split(".")


def read_files(root: Path = ROOT) -> list[File]:
    """The product. A file with nothing in it is a mark for Python, and no file."""
    files = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root)
            source = path.read_text()
            if source.strip() and not ASIDE & set(name.parts):
                files.append(File(name.as_posix(), source, ast.parse(source)))
    return files


def nodes(files: Iterable[File], *kinds: type[ast.AST]) -> Iterator[tuple[File, ast.AST]]:
    return ((file, node) for file in files for node in ast.walk(file.tree) if isinstance(node, kinds))


def functions(files: Iterable[File]) -> Iterator[tuple[File, Function]]:
    return ((file, node) for file in files for node in ast.walk(file.tree) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def definitions(file: File) -> set[str]:
    return {node.name for node in ast.walk(file.tree) if isinstance(node, Function | ast.ClassDef)}


def is_participle(name: str) -> bool:
    word = name.strip("_").lower()
    if "_" in word or word in EXEMPT:
        return False
    return word in IRREGULAR or (word.endswith("ed") and word not in NO_PARTICIPLES)


def participles(files: Iterable[File]) -> list[str]:
    return [f"{file.name}:{function.lineno} {function.name}" for file, function in functions(files) if is_participle(function.name)]


def own_imports(file: File, modules: frozenset[str]) -> set[str]:
    """Modules of the rooms, wherever in the file the import stands."""
    found: set[str] = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name in modules else node.module for name in whole)
    return {name for name in found if name.split(".")[0] in ROOMS}


def imports_per_file(files: list[File]) -> dict[str, int]:
    modules = frozenset(file.module for file in files)
    return {file.name: len(own_imports(file, modules)) for file in files}


def any_per_file(files: Iterable[File]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file, node in nodes(files, ast.Name, ast.Attribute):
        if "Any" in (getattr(node, "id", ""), getattr(node, "attr", "")):
            counts[file.name] = counts.get(file.name, 0) + 1
    return counts


def untyped_users(files: Iterable[File]) -> list[str]:
    return [
        f"{file.name}:{node.lineno}"
        for file, node in nodes(files, ast.AnnAssign)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node) == "user: Any = request.user"
    ]


def action_keys(files: Iterable[File]) -> list[str]:
    """The first argument of every `Action(…)` in tickets.workflow, a module or a package."""
    table = [file for file in files if file.module == "tickets.workflow" or file.module.startswith("tickets.workflow.")]
    return [key for _, node in nodes(table, ast.Call) if isinstance(node, ast.Call) and (key := _key_of(node))]


def _key_of(call: ast.Call) -> str:
    if getattr(call.func, "id", getattr(call.func, "attr", "")) != "Action":
        return ""
    values = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "key")]
    return next((value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)), "")


def timer_keys(root: Path = ROOT) -> list[str]:
    """Of the newest policy that ships with the desk."""
    newest = max((root / "sla" / "data").glob("policy-*.json"))
    return [row["key"] for row in json.loads(newest.read_text())["timers"]]


def files_per_key(files: Iterable[File], keys: Iterable[str]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {key: [] for key in keys}
    for file in files:
        if not file.is_of_words:
            for key in places.keys() & _keys_in(file):
                places[key].append(file.name)
    return places


def _keys_in(file: File) -> set[str]:
    """Strings of their own, and members of the enumeration of timers."""
    said = {node.value for node in ast.walk(file.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    members = (node for node in ast.walk(file.tree) if isinstance(node, ast.Attribute))
    return said | {member.attr.lower() for member in members if getattr(member.value, "id", "") == "TimerKey"}


def modules_on_no_floor(files: Iterable[File], contracts: Iterable[Mapping[str, object]]) -> list[str]:
    """The rooms' modules that no layers contract of theirs names, and that it does not name as exempt either."""
    floors = floors_of(contracts)
    children = {".".join(file.module.split(".")[:2]) for file in files}
    return sorted(child for child in children if "." in child and child.split(".")[1] not in floors.get(child.split(".")[0], ()))


def floors_of(contracts: Iterable[Mapping[str, object]]) -> dict[str, set[str]]:
    """Room → names of the modules that stand on a floor of it."""
    floors: dict[str, set[str]] = {}
    for contract in contracts:
        named = set(re.findall(r"\w+", " ".join([*_texts(contract, "layers"), *_texts(contract, "exhaustive_ignores")])))
        for container in _texts(contract, "containers"):
            floors.setdefault(container, set()).update(named)
    return floors


def _texts(contract: Mapping[str, object], key: str) -> list[str]:
    value = contract.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []


def read_contracts(root: Path = ROOT) -> list[Mapping[str, object]]:
    return list(tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"])


def nine_in_ten(values: Iterable[int]) -> int:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.9)] if ordered else 0


def middle(values: Iterable[int]) -> int:
    """The median; of an even number the upper one, so that a bound is not met by half."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0


class House:
    """The product, read once."""

    def __init__(self, files: list[File], timers: list[str], contracts: list[Mapping[str, object]]) -> None:
        self.files = files
        self.actions = files_per_key(files, action_keys(files))
        self.timers = files_per_key(files, timers)
        self.imports = imports_per_file(files)
        self.any = any_per_file(files)
        self.floors = modules_on_no_floor(files, contracts)

    def measures(self) -> dict[str, int]:
        lines, lengths = [file.lines for file in self.files], [length(function) for _, function in functions(self.files)]
        words = set().union(*(definitions(file) for file in self.files))
        return {
            "lines per file, median": middle(lines),
            "lines per file, longest": max(lines),
            "lines per function, median": middle(lengths),
            "lines per function, nine in ten": nine_in_ten(lengths),
            "definitions per 1,000 lines": round(1000 * len(words) / sum(lines)),
            "imports per file, median": middle(self.imports.values()),
            "imports per file, nine in ten": nine_in_ten(self.imports.values()),
            "participles": len(participles(self.files)),
            "files per action, median": middle(map(len, self.actions.values())),
            "files per timer, median": middle(map(len, self.timers.values())),
            "any": sum(self.any.values()),
            "users": len(untyped_users(self.files)),
            "floors": len(self.floors),
        }


def read_house(root: Path = ROOT) -> House:
    """Raises ValueError where the tables of actions or timers are not found: then nothing would be measured."""
    house = House(read_files(root), timer_keys(root), read_contracts(root))
    if not house.actions or not house.timers:
        raise ValueError("No action or no timer found: tell action_keys() and timer_keys() where they stand.")
    return house


def report(measures: Mapping[str, int], bounds: Mapping[str, Bound] = BOUNDS) -> tuple[list[str], list[str]]:
    """One line per measure, and one per bound that is broken."""
    lines, broken = [], []
    for name, value in measures.items():
        bound = bounds[name]
        lines.append(f"{name:<32}{value:>6}   {_judgement(value, bound)}")
        if value > bound.limit:
            broken.append(f"{name}: {value}, and no more than {bound.limit} is allowed (`--list` names the places)")
    return lines, broken


def _judgement(value: int, bound: Bound) -> str:
    if value <= bound.aim:
        return f"≤ {bound.aim}" + ("" if bound.ceiling is None else "   reached: take its ceiling away in scripts/house.py")
    if bound.ceiling is None:
        return f"beyond {bound.aim}"
    lower = f"   lower the ceiling to {value} in scripts/house.py" if value < bound.limit else ""
    return f"not yet: {bound.limit} → {bound.aim}{lower}"


def _most(counts: Mapping[str, int]) -> list[str]:
    return [f"{count:>4} {name}" for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def _places(places: Mapping[str, list[str]]) -> list[str]:
    ordered = sorted(places.items(), key=lambda each: (-len(each[1]), each[0]))
    return [f"{len(names):>4} {key}: {', '.join(names)}" for key, names in ordered]


LISTS: Mapping[str, Callable[[House], list[str]]] = {
    "lines": lambda house: _most({file.name: file.lines for file in house.files}),
    "functions": lambda house: _most({f"{file.name}:{each.lineno} {each.name}": length(each) for file, each in functions(house.files)}),
    "definitions": lambda house: _most({file.name: len(definitions(file)) for file in house.files}),
    "imports": lambda house: _most(house.imports),
    "participles": lambda house: participles(house.files),
    "any": lambda house: _most(house.any),
    "actions": lambda house: _places(house.actions),
    "timers": lambda house: _places(house.timers),
    "users": lambda house: untyped_users(house.files),
    "floors": lambda house: house.floors,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How the house measures up.")
    parser.add_argument("--list", choices=LISTS, metavar="WHAT", help=", ".join(LISTS))
    asked = parser.parse_args(arguments).list
    house = read_house()
    if asked:
        print("\n".join(LISTS[asked](house)))
        return 0
    lines, broken = report(house.measures())
    print(f"{len(house.files)} files, {sum(file.lines for file in house.files)} lines", *lines, sep="\n")
    print("\n".join(broken), file=sys.stderr, end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
