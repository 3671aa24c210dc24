"""A reworded sentence keeps its Chinese until a translator has looked at it; nothing translated is ever dropped."""

from pathlib import Path

import polib

from scripts import messages
from scripts.messages import Text, renew


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    book = polib.POFile()
    book.extend(entries)
    return book


def entry(id: str, chinese: str, context: str | None = None, **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=id, msgstr=chinese, msgctxt=context, **more)


def text(id: str, context: str = "", plural: str = "") -> Text:
    return Text(context, id, plural, "somewhere.py:1")


OLD, NEW, CHINESE = "A person replies within a day.", "A person replies within one day.", "一天内有专人回复。"


def only(book: polib.POFile) -> polib.POEntry:
    [each] = [each for each in book if not each.obsolete]
    return each


def test_a_reworded_sentence_keeps_its_chinese_as_fuzzy_beside_the_old_sentence() -> None:
    found = only(renew(catalogue(entry(OLD, CHINESE)), [text(NEW)]))
    assert (found.msgid, found.msgstr, found.fuzzy, found.previous_msgid) == (NEW, CHINESE, True, OLD)


def test_a_fuzzy_sentence_stays_fuzzy_until_somebody_has_looked_at_it() -> None:
    once = renew(catalogue(entry(OLD, CHINESE)), [text(NEW)])
    again = only(renew(once, [text(NEW)]))
    assert again.fuzzy
    assert again.previous_msgid == OLD


def test_a_sentence_reworded_twice_still_names_the_one_its_chinese_was_made_for() -> None:
    once = renew(catalogue(entry(OLD, CHINESE)), [text(NEW)])
    again = only(renew(once, [text("One person replies within one day.")]))
    assert (again.msgstr, again.fuzzy, again.previous_msgid) == (CHINESE, True, OLD)


def test_a_sentence_that_nothing_resembles_stays_as_obsolete(tmp_path: Path) -> None:
    book = renew(catalogue(entry(OLD, CHINESE)), [text("Close")])
    assert only(book).msgstr == ""
    book.save(str(tmp_path / "django.po"))
    assert f'#~ msgid "{OLD}"\n#~ msgstr "{CHINESE}"' in (tmp_path / "django.po").read_text()


def test_a_sentence_that_comes_back_finds_its_chinese_again() -> None:
    gone = renew(catalogue(entry(OLD, CHINESE)), [text("Close")])
    back = renew(gone, [text("Close"), text(OLD)])
    assert [(each.msgid, each.msgstr, each.fuzzy, each.obsolete) for each in back] == [
        (OLD, CHINESE, False, False),
        ("Close", "", False, False),
    ]


def test_another_context_is_no_successor() -> None:
    book = renew(catalogue(entry("File", "提交", "verb")), [text("Files", "noun")])
    assert not only(book).msgstr
    assert [(each.msgid, each.obsolete) for each in book] == [("Files", False), ("File", True)]


def test_of_two_new_sentences_the_nearest_gets_the_chinese_and_the_other_nothing() -> None:
    book = renew(catalogue(entry(OLD, CHINESE)), [text("A person replies within two whole days."), text(NEW)])
    assert {each.msgid: each.msgstr for each in book} == {NEW: CHINESE, "A person replies within two whole days.": ""}


def test_of_two_old_sentences_none_is_lost() -> None:
    book = renew(catalogue(entry(OLD, CHINESE), entry("A person replies within 1 day", "另一句")), [text(NEW)])
    assert {each.msgstr for each in book} == {CHINESE, "另一句"}
    assert only(book).msgstr == CHINESE


def test_plural_sentences_keep_theirs_too() -> None:
    old = polib.POEntry(msgid="%(n)s file came", msgid_plural="%(n)s files came", msgstr_plural={0: "收到 %(n)s 个文件"})
    found = only(renew(catalogue(old), [text("%(n)s file arrived", plural="%(n)s files arrived")]))
    assert found.msgstr_plural == {0: "收到 %(n)s 个文件"}
    assert found.flags == ["fuzzy", "python-format"]


def test_what_was_never_translated_may_go() -> None:
    assert [each.msgid for each in renew(catalogue(entry(OLD, "")), [text("Close")])] == ["Close"]


def test_a_comment_of_the_translator_stays() -> None:
    assert only(renew(catalogue(entry(OLD, CHINESE, tcomment="formal")), [text(OLD)])).tcomment == "formal"


def test_fuzzy_and_obsolete_ones_are_not_compiled(tmp_path: Path) -> None:
    book = renew(catalogue(entry(OLD, CHINESE), entry("Gone for good", "没有了"), entry("Close", "关闭")), [text(NEW), text("Close")])
    book.save_as_mofile(str(tmp_path / "django.mo"))
    assert [each.msgid for each in polib.mofile(str(tmp_path / "django.mo"))] == ["Close"]


def test_renewing_the_shipped_catalogue_twice_changes_nothing() -> None:
    wanted = list(messages.texts())
    once = renew(polib.pofile(str(messages.CATALOGUE)), wanted)
    assert str(renew(polib.pofile(str(once)), wanted)) == str(once)
