"""The frame of every page of the desk says who looks, what was asked for, and what just happened."""

from desk.tests.reading import do
from tickets.tests.stages import MAKERS


def test_it_never_shows_one_viewer_to_another(people, at) -> None:
    for person in (people.agent, people.reviewer, people.agent):
        page = at(person).get("/desk/").content.decode()
        others = {people.agent, people.reviewer} - {person}
        assert person.email in page
        assert not any(other.email in page for other in others)


def test_a_name_that_changes_is_drawn_anew(people, at) -> None:
    client = at(people.agent)
    client.get("/desk/")
    type(people.agent).objects.filter(pk=people.agent.pk).update(name="Lin An")
    assert "Lin An" in client.get("/desk/").content.decode()


def test_title_address_language_and_token_are_those_of_the_request(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    client = at(people.agent)
    client.get("/desk/")
    page = client.get(f"/desk/tickets/{ref}/?a=<b>").content.decode()
    assert f"<title>{ref} ·" in page
    assert f'name="next" value="/desk/tickets/{ref}/?a=%3Cb%3E"' in page
    tokens = {part.partition('"')[0] for part in page.split('name="csrfmiddlewaretoken" value="')[1:]}
    assert len(tokens) == 1
    assert len(tokens.pop()) == 64
    assert 'lang="zh-Hans"' in client.get("/desk/", headers={"accept-language": "zh-CN"}).content.decode()


def test_a_message_is_said_once_and_without_the_page_s_title(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    client = at(people.agent)
    assert do(client, ref, "message", body="x", visibility="internal").status_code == 302
    page = client.get(f"/desk/tickets/{ref}/").content.decode()
    assert "Note added." in page
    assert "alert-title" not in page
    assert "Note added." not in client.get(f"/desk/tickets/{ref}/").content.decode()


def test_the_clock_of_the_page_is_the_server_s(people, at, clock) -> None:
    client = at(people.agent)
    client.get("/desk/")
    now = clock("2026-03-11T09:00:00+08:00")
    assert f'data-clock-now="{int(now.timestamp())}"' in client.get("/desk/").content.decode()
