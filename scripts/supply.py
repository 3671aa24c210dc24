"""What is built in: `python -m scripts.supply licences | sbom | advisories`.

licences     Every package that a production install brings has a licence on the list; the others stand in EXCEPTIONS, with reasons.
sbom         CycloneDX lists of the Python and the browser packages, into build/.
advisories   What is known to be wrong with them. Where the service cannot be asked, a word says so: nothing was checked then.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOCK = ROOT / "requirements-prod.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==[^\s;]+\s*(?:;\s*(.*?))?\s*\\?$", re.MULTILINE)

# Licences that ask for nothing but their own text beside the program.
FREE = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "Python-2.0", "CNRI-Python", "HPND", "Unlicense", "Zlib", "CC0")
# Used as they come, by import, unchanged: their source is where the lock says.
WEAK = ("MPL", "Mozilla Public License", "LGPL", "Lesser General Public License")
EXCEPTIONS = {"qrcode": "BSD; the proprietary classifier stands for the name 'QR Code', a trademark, and its first author's MIT text"}
TIMEOUT = 120


def main() -> int:
    commands = {"licences": check_licences, "sbom": write_lists, "advisories": ask_for_advisories}
    return commands[sys.argv[1]]()


def check_licences() -> int:
    wrong = [f"{name}: {licence or 'names none'}" for name, licence in _licences() if not is_free(name, licence)]
    for line in wrong:
        print(f"LICENCE {line}: put it on a list in scripts/supply.py with its reason, or do without it")
    return int(bool(wrong))


def is_free(name: str, licence: str) -> bool:
    """Of several joined by OR one is enough; joined by AND all count."""
    if name in EXCEPTIONS:
        return True
    parts = re.split(r"\s+OR\s+", licence)
    return any(all(_is_listed(each) for each in re.split(r"\s+AND\s+|;", part) if each.strip()) and part.strip() for part in parts)


def _is_listed(licence: str) -> bool:
    copyleft = re.search(r"(?<![AL])GPL|General Public License|Affero|AGPL", licence) and not any(word in licence for word in WEAK)
    return not copyleft and any(word in licence for word in (*FREE, *WEAK))


def _licences() -> Iterator[tuple[str, str]]:
    """Of each package of the production lock that this machine has; one for another system only is not here."""
    for name in sorted({match.group(1).lower() for match in PINNED.finditer(LOCK.read_text())}):
        try:
            told = dict(metadata(name).json)
        except PackageNotFoundError:
            continue
        classified = [each.split("::")[-1].strip() for each in told.get("classifier", ()) if each.startswith("License ::")]
        named = str(told.get("license", "")).strip()
        yield name, str(told.get("license_expression", "")) or "; ".join(filter(None, classified)) or named.split("\n")[0]


def write_lists() -> int:
    BUILD.mkdir(exist_ok=True)
    python, browser = BUILD / "sbom-python.cdx.json", BUILD / "sbom-browser.cdx.json"
    subprocess.run(["cyclonedx-py", "requirements", str(LOCK), "-o", str(python)], check=True, cwd=ROOT)
    browser.write_text(json.dumps(_browser_list(), indent=2))
    counts = {path.name: len(json.loads(path.read_text()).get("components", ())) for path in (python, browser)}
    for name, count in counts.items():
        print(f"build/{name}: {count} packages")
    return int(not all(counts.values()))


def _browser_list() -> dict[str, object]:
    """Of the npm lock, what a production install brings."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    shipped = {path.split("node_modules/")[-1]: each for path, each in packages.items() if path and not each.get("dev")}
    components = [
        {
            "type": "library",
            "name": name,
            "version": each["version"],
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{each['version']}",
            "licenses": [{"license": {"name": each.get("license", "not named")}}],
        }
        for name, each in sorted(shipped.items())
    ]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def ask_for_advisories() -> int:
    command = ["pip-audit", "-r", str(LOCK), "--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off"]
    try:
        asked = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, timeout=TIMEOUT)
        told = json.loads(asked.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return _say_not_asked()
    if all("skip_reason" in each for each in told):
        return _say_not_asked()
    found = [(each["name"], each["version"], hole["id"]) for each in told for hole in each.get("vulns", ())]
    for name, version, hole in found:
        print(f"ADVISORY {hole}: {name} {version}")
    print(f"{len(told)} packages asked about, {len(found)} advisories.")
    return int(bool(found))


def _say_not_asked() -> int:
    print("SKIPPED: the service of advisories does not answer from here. Nothing was checked.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
