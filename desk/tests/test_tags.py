"""Tags on a complaint's page."""

from desk.tests.reading import do
from desk.tests.test_acts import text_of
from tickets.models import Event, Tag, Tagging, Ticket
from tickets.tests.stages import MAKERS


def test_tags_stand_on_the_page_and_are_changed_there(people, at, clock) -> None:
    Tag.objects.bulk_create([Tag(name="press", tone="bad"), Tag(name="<again>"), Tag(name="old", archived=True)])
    ref = MAKERS["evidence_collection"](people).ref
    Tagging.objects.create(ticket=Ticket.objects.get(ref=ref), tag=Tag.objects.get(name="old"))
    head = '<span class="badge queue-tag tone-'
    page = text_of(at(people.agent).get(f"/desk/tickets/{ref}/"))
    assert f'{head}neutral">old</span>' in page
    assert do(at(people.agent), ref, "amend", tags=["press", "<again>", "old"]).status_code == 302
    assert f'{head}bad">press</span>' in (page := text_of(at(people.reviewer).get(f"/desk/tickets/{ref}/")))
    assert f'{head}neutral">&lt;again&gt;</span>' in page
    assert do(at(people.supervisor), ref, "amend", amount="12.00").status_code == 302
    assert Tagging.objects.count() == 3  # whoever corrects something else leaves them
    assert do(at(people.agent), ref, "amend", tags=["press"]).status_code == 302
    assert [tagging.tag.name for tagging in Tagging.objects.all()] == ["press"]
    told = Event.objects.filter(ticket__ref=ref, kind="tagged").order_by("pk").values_list("data", flat=True)
    assert list(told) == [{"put_on": ["<again>", "press"], "taken_off": []}, {"put_on": [], "taken_off": ["<again>", "old"]}]
