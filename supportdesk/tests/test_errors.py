"""What goes wrong outside a view answers in the reader's language, to programs as problem+json."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [path("broken/", broken), path("api/v1/broken/", broken), path("", include("supportdesk.urls"))]
handler400 = "supportdesk.errors.bad_request"
handler403 = "supportdesk.errors.permission_denied"
handler404 = "supportdesk.errors.page_not_found"
handler500 = "supportdesk.errors.server_error"


def test_an_unknown_page_is_a_404_in_words(client: Client) -> None:
    response = client.get("/nowhere/", headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "There is no such page" in response.text
    assert 'lang="en"' in response.text


def test_an_unknown_page_speaks_chinese_by_default(client: Client) -> None:
    response = client.get("/nowhere/")
    assert 'lang="zh-Hans"' in response.text
    assert "页面不存在" in response.text


def test_a_program_gets_a_problem(client: Client) -> None:
    response = client.get("/api/v1/nowhere/", headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert response.json()["status"] == 404


def test_a_form_without_its_token_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/i18n/setlang/", {"language": "en"}, headers={"Accept-Language": "en"})
    assert response.status_code == 403
    assert "This form has expired" in response.text


def test_a_foreign_host_is_a_400(client: Client) -> None:
    response = client.get("/accounts/login/", headers={"Host": "evil.example", "Accept-Language": "en"})
    assert response.status_code == 400
    assert "We could not read this request" in response.text


@override_settings(ROOT_URLCONF="supportdesk.tests.test_errors")
@pytest.mark.parametrize("address", ["/broken/", "/api/v1/broken/"])
def test_a_crash_shows_no_detail_and_asks_nothing_of_the_database(
    client: Client, address: str, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        response = client.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "on purpose" not in response.text
