"""Nobody is the desk to a case of their own, nor to one about them: neither with what counts as its records, nor by sorting."""

import pytest

from evidence.intake import upload
from evidence.operations import reclassify
from evidence.tests.conftest import vault  # noqa: F401
from tickets.operations import amend, file_ticket
from tickets.tests.making import filing
from tickets.workflow.errors import Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault")]


@pytest.mark.parametrize("part", ["owner", "complained_about"])
def test_its_records_and_the_sorting_are_for_others(part, clock, mei, lin, zhao) -> None:
    ticket = file_ticket(lin if part == "owner" else mei, filing())
    if part == "complained_about":
        amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    now = ticket.created_at
    item = ticket.evidence.create(kind="uncategorized_file", state="clean", media_type="image/png", uploaded_by=mei, uploaded_at=now)
    for act in (
        lambda who: reclassify(who, item.pk, "payment_voucher"),
        lambda who: upload(who, ticket.ref, {"kind": "system_log", "text": "x"}, None),
    ):
        with pytest.raises(Forbidden) as forbidden:
            act(lin)
        assert forbidden.value.code == "CONFLICT_OF_INTEREST"
