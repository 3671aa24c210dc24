"""The eyes of the tests see: what is faint, cut off, without a line or without a focus is found, what is all right is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.conftest import DESK, Visit
from browser.focus import faults, out_of_order, stops
from browser.looked_over import LookedOver

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><head><style>
  body { background: #fff; color: #222 }
  .pale { color: #999 }
  .veil { opacity: .5 }
  .dark { background: #000 }
  .dark .in { color: #222 }
  .large { font-size: 24px; color: #888 }
  .short { width: 3em; overflow: hidden; white-space: nowrap }
  .wide { width: 3000px; text-align: right }
  :focus-visible { outline: 3px solid blue }
  .mute:focus { outline: none }
  .over { position: fixed; inset: auto 0 0 0; height: 90vh; background: #fff }
</style></head><body>%s</body></html>"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>ink</p><p class=large>large enough for its grey</p>", []),
        ("<p class=pale>pale</p>", ["2.85"]),
        ("<p class=veil>half there</p>", ["contrast"]),
        ("<div class=dark><p class=in>dark on dark</p></div>", ["contrast"]),
        ("<input class=pale value=typed aria-label=a>", ["contrast"]),
        ("<p style='background: linear-gradient(red, blue)'>on a picture</p>", ["a picture"]),
    ],
)
def test_contrast(visit: Visit, body: str, told: list[str]) -> None:
    me = visit("en", DESK)
    me.page.set_content(PAGE % body)
    found = me.eyes("faint")
    assert len(found) == len(told), found
    assert all(word in fault for word, fault in zip(told, found, strict=True))


def test_what_is_cut_off(visit: Visit) -> None:
    me = visit("en", DESK)
    me.page.set_content(PAGE % "<p class=short>much longer than its box</p><p class=wide><span>out there</span></p><p>here</p>")
    found = me.eyes("cut")
    assert [fault.partition(":")[0] for fault in found] == ["cut off", "out of the page"], found


def test_the_focus_that_is_not_seen_covered_or_jumps(visit: Visit) -> None:
    me = visit("en", DESK)
    me.page.set_content(PAGE % "<button>one</button> <button class=mute>two</button>")
    assert [faults(stop) for stop in stops(me)] == [[], ["button two: focus not seen"]]
    me.page.set_content(PAGE % "<p style='height: 50vh'></p><button>under</button><div class=over></div>")
    assert [faults(stop) for stop in stops(me)] == [["button under: covered"]]
    me.page.set_content(PAGE % "<p><button tabindex=2>one</button></p><p><button tabindex=1>two</button></p>")
    assert out_of_order(stops(me)) == ["'button two' before 'button one'"]


WELL = "<title>Well</title><main><h1>Well</h1>%s</main>"
NAMED_BY = "<i aria-labelledby=b role=img></i><b id=b>b</b>%s"
ROWS = [f"<section><h2>Row {number}</h2><p><a href='/{number}'>Number {number}</a></p></section>" for number in range(30)]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("<img src='data:,'>", "image-alt"),
        ("<button></button>", "button-name"),
        ("<a href=/><b></b></a>", "link-name"),
        ("<h5>Three levels left out</h5>", "heading-order"),
        ("<p><label for=nothing>What?</label><input></p>", "label"),
        ("<p aria-pressed=true>not to be pressed</p>", "aria-allowed-attr"),
        (2 * "<button style='width: 9px; height: 9px; padding: 0; border: 0'>i</button>", "target-size"),
        ("<p lang=klingon>nuqneH</p>", "valid-lang"),
        ("<p style='color: #bbb'>pale</p>", "contrast"),
    ],
)
def test_a_fault_in_a_page_otherwise_known_is_found(visit: Visit, fault: str, told: str) -> None:
    me = visit("en", DESK)
    me.page.set_content(PAGE % WELL % "".join(ROWS))
    me.look_over()
    me.page.set_content(PAGE % WELL % "".join([*ROWS[:15], fault, *ROWS[15:]]))
    with pytest.raises(AssertionError, match=told):
        me.look_over()


@pytest.mark.parametrize(
    ("good", "fault", "told"),
    [
        ("<p>one</p>", "<img src='data:,'>", "image-alt"),
        ("<button>one</button>", "<button></button>", "button-name"),
        ("<h3>A level down</h3>", "<h5>Three levels down</h5>", "heading-order"),
        ("<label>one <input></label>", "<label>one</label> <input>", "label"),
        ("<label for=here>one</label><input id=here>", "<label for=there>one</label><input id=here>", "label"),
        ("<ul><li>one</li></ul>", "<ul><p>one</p></ul>", "list"),
        ("<section aria-label=one>one</section>", "<main>one</main>", "landmark"),
        (NAMED_BY % "<b>b</b>", NAMED_BY % "<b id=b>b</b>", "duplicate-id-aria"),
        ("<div aria-hidden=true><p>one</p></div>", "<div aria-hidden=true><a href=/>one</a></div>", "aria-hidden-focus"),
        (
            "<button>one</button> <button>two</button>",
            2 * "<button style='width: 9px; height: 9px; padding: 0; border: 0'>i</button>",
            "target-size",
        ),
        (
            "<button class=big>one</button>",
            "<button class=big>one</button><button class=big style='margin-left: -50px'>two</button>",
            "target-size",
        ),
    ],
)
def test_a_fault_in_a_part_of_a_page_put_together_as_another_is_found(visit: Visit, good: str, fault: str, told: str) -> None:
    me = visit("en", DESK)
    big = "<style>.big { width: 60px; height: 60px }</style>"
    for inside, found in ((good, ""), (fault, told), (good, "")):
        me.page.set_content(PAGE % (big + WELL % "".join([*ROWS[:15], f"<div>{inside}</div>", *ROWS[15:]])))
        if not found:
            me.look_over()
            continue
        with pytest.raises(AssertionError, match=found):
            me.look_over()


def test_what_is_built_the_same_is_not_asked_about_again_on_the_same_screen(visit: Visit) -> None:
    me = visit("en", DESK)
    me.page.set_content(PAGE % WELL % "".join(ROWS[:7]))
    seen = me.eyes("survey")
    me.page.set_content(PAGE % WELL % "".join(ROWS[9:18]).replace("Number", "Another"))
    assert me.eyes("survey")["parts"] == seen["parts"]
    me.page.emulate_media(color_scheme="dark")
    assert not set(me.eyes("survey")["parts"]) & set(seen["parts"])
    me.page.emulate_media(color_scheme="light")
    me.page.set_viewport_size({"width": 390, "height": 844})
    assert not set(me.eyes("survey")["parts"]) & set(seen["parts"])


def test_what_one_worker_found_good_the_others_know(tmp_path: Path) -> None:
    here, there, alone = LookedOver(), LookedOver(), LookedOver()
    for each in (here, there):
        each.share(tmp_path / "looked-over")
    here.update(["a page ", "a part in colour"])
    with (tmp_path / "looked-over").open("a") as file:
        file.write("half wri")
    there.hear()
    assert "a page " in there and "a part in colour" in there
    assert "half wri" not in there and "a page " not in alone
    with (tmp_path / "looked-over").open("a") as file:
        file.write("tten\n")
    there.hear()
    assert "half written" in there
