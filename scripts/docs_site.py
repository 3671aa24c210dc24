"""What MkDocs does besides for our site: pages that stand beside docs/, and scripts that would else come from the network."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md"}
SCRIPTS = {
    "assets/mermaid.js": "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js",
    "assets/iframe-worker.js": "node_modules/iframe-worker/shim/index.js",
}
INTO_DOCS = re.compile(r"(\]\(|src=\")docs/")
BESIDE_DOCS = re.compile(r"\]\((?:\./)?(README|CONTRIBUTING)\.md")
OUT_OF_DOCS = re.compile(r"\]\(\.\./((?:\.\./)*)(README|CONTRIBUTING)\.md")

FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//[^>]*>")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    for uri, source in (PAGES | SCRIPTS).items():
        if not (ROOT / source).is_file():
            raise PluginError(f"{source} is missing: `make install-dev` brings what the site needs.")
        files.append(File.generated(config, uri, content=(ROOT / source).read_text()))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between docs/ and the pages beside it, which in the site are one folder."""
    if page.file.src_uri in PAGES:
        return BESIDE_DOCS.sub(lambda link: f"]({_uri(link[1])}", INTO_DOCS.sub(r"\1", markdown))
    return OUT_OF_DOCS.sub(lambda link: f"]({link[1]}{_uri(link[2])}", markdown)


def on_post_build(*, config: MkDocsConfig) -> None:
    """The site must be whole where there is no network."""
    for path in Path(config.site_dir).rglob("*.html"):
        if found := FROM_ELSEWHERE.search(path.read_text()):
            raise PluginError(f"{path}: needs the network for {found[0]}")


def _uri(name: str) -> str:
    return next(uri for uri, source in PAGES.items() if source == f"{name}.md")
