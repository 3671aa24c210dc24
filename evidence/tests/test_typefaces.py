"""Papers drawn with type opened once are those of the library, which opens it for each: the same bytes, whatever was drawn before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from evidence import pdf_writer, typefaces
from evidence.pdf_writer import PdfWriter

MADE = datetime(2026, 3, 10, tzinfo=UTC)
TEXTS = [
    "我的卡被盗刷了，请冻结收款账户。",
    "Nothing but Latin: 0123456789 € £ — “quoted”",
    "",
    "繁體字與一些少見的字：龘靐齉爩，𠮷野家，①②③",
    "Здравствуйте, Καλημέρα, かなカナ, 한글 not all of it, \U0001f600 not at all",
    "银行卡 " * 400 + "每一页都有页脚",
    "".join(map(chr, range(0x4E00, 0x5200))),
]


class ByTheLibrary(PdfWriter):
    """As the library does it when asked for a file."""

    def __init__(self, title: str, foot: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(pdf_writer, "faces", dict)
            patch.setattr(self, "add_page", lambda: None)
            super().__init__(title, foot, language)
        for weight, path in typefaces.FILES.items():
            self.add_font(typefaces.FAMILY, weight, path)
        self.add_page()


def written(paper: PdfWriter, text: str) -> bytes:
    paper.set_creation_date(MADE)
    paper.title_line("证据清单")
    paper.say(text)
    paper.say(text[::3], weight=typefaces.BOLD, soft=True)
    return bytes(paper.output())


def ours(text: str) -> bytes:
    return written(PdfWriter("Title", "foot · 页脚", "zh-hans"), text)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_they_are_the_same_bytes(text, monkeypatch):
    assert ours(text) == written(ByTheLibrary("Title", "foot · 页脚", "zh-hans", monkeypatch), text)


def test_no_paper_remembers_another():
    alone = ours(TEXTS[1])
    for text in TEXTS:
        ours(text)
    assert ours(TEXTS[1]) == alone
    # Nor where one is begun while another is not done.
    first, second = PdfWriter("Title", "foot · 页脚", "zh-hans"), PdfWriter("Other", "foot", "en")
    written(second, TEXTS[0])
    assert written(first, TEXTS[1]) == alone


def test_they_are_drawn_side_by_side():
    one_by_one = [ours(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ours, TEXTS * 3)) == one_by_one * 3


def test_what_is_drawn_has_a_letter_in_both_weights():
    assert all(typeface.face.cmap.keys() >= typefaces.characters() for typeface in typefaces._typefaces().values())
    assert len(typefaces.characters()) > 20_000
