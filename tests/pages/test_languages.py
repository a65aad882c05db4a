"""The address says which language a page speaks; the API listens to the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pages.languages import addresses
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/", "ru", "Выбрать проект"),
        ("/en/", "en", "Choose a project"),
        ("/projects/sad/", "ru", "Поддержать"),
        ("/en/projects/sad/", "en", "Give"),
        ("/en/ledger/", "en", "Open books"),
        ("/en/nowhere/", "en", "There is no such page"),
        ("/nowhere/", "ru", "Такой страницы нет"),
    ],
)
def test_a_page_speaks_its_addresss_language(client: Client, path: str, language: str, words: str) -> None:
    make.campaign("sad")
    page = client.get(path, headers={"accept-language": "de"})

    assert (page.headers["Content-Language"], words in page.content.decode()) == (language, True)
    assert f'<html lang="{language}">' in page.content.decode()


def test_each_page_leads_to_itself_in_the_other_language(client: Client) -> None:
    make.campaign("sad")

    assert 'href="/en/projects/sad/" hreflang="en"' in client.get("/projects/sad/").content.decode()
    assert 'href="/projects/sad/" hreflang="ru"' in client.get("/en/projects/sad/").content.decode()
    assert "hreflang" not in client.get("/nowhere/").content.decode()


def test_an_english_form_leads_to_an_english_gift(client: Client) -> None:
    make.campaign("sad")
    form = {
        "key": "6f2b9f0e-2f64-4f3a-9a68-0a4f4f0f5c11",
        "preset": "50000",
        "email": "donor@example.org",
        "offer": "on",
        "personal_data": "on",
    }
    answer = client.post("/en/projects/sad/give/", form)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/gifts/")


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/campaigns", "/robots.txt"])
def test_a_machines_address_is_one(path: str) -> None:
    assert addresses(path) == {"ru": path}


def test_only_the_api_listens_to_the_header(client: Client) -> None:
    answer = client.get("/api/v1/campaigns/none", headers={"accept-language": "en"})

    assert answer.json()["detail"] == "There is no such campaign."
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Такой страницы нет" in client.get("/nowhere/", headers={"accept-language": "en"}).content.decode()
