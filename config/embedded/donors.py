"""What a donor does from outside: gives by the API or the site's form, pays at the pretended ЮKassa."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE_SECONDS = 180
PAUSE_SECONDS = 0.3
CREATED, FOUND, TEMPORARY = 201, 302, {429, 500, 502, 503}


class FormRefusedError(RuntimeError):
    """The site shows the form again: it does not take what was written, or takes nothing any more."""


class DonorLine(HTTPAdapter):
    """Calls from an address of one's own; this machine has all of 127.0.0.0/8."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Bind every connection."""
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


class DonorCalls:
    """One donor's calls; each tries until it works, as a browser and its owner do."""

    def __init__(self, *, site_url: str, pay_url: str, address: str = "127.0.0.1") -> None:
        self.site_url = site_url
        self.pay_url = pay_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", DonorLine(address))

    def give(self, *, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give through the API; return the gift with its pay page. The same key and body give the same gift."""
        gift = self.persist(lambda: self._post_gift(key, body))
        return gift if gift["confirmation_url"] else self.await_address(token=gift["token"])

    def give_by_form(self, *, campaign: str, words: Mapping[str, str]) -> dict[str, Any]:
        """Give through the site's form; the same ``key`` among the words gives the same gift.

        :raises FormRefusedError: if the form does not take it.
        """
        token = self.persist(lambda: self._send_form(f"{self.site_url}/projects/{campaign}/give/", words))["token"]
        return self.await_address(token=token)

    def await_address(self, *, token: str) -> dict[str, Any]:
        """Return the gift as soon as its pay page is known, or it is past that."""
        return self.persist(lambda: self._known_gift(token))

    def pay(self, *, gift: Mapping[str, Any], card: str) -> None:
        """Pay by card, whatever comes of it."""
        order = gift["confirmation_url"].split("orderId=")[1]
        form = {"orderId": order, "number": card, "expiry": "12/99", "csc": "123"}
        address = f"{self.pay_url}/checkout/card"
        self.persist(lambda: {} if self.session.post(address, data=form, timeout=30).ok else None)

    def ask_for_report(self, *, subject: str) -> dict[str, Any]:
        """Have a project's report made, once the newest entry is sealed; return its address."""
        self.persist(self._sealed_entry)
        return self.persist(lambda: self._send_form(f"{self.site_url}/reports/", {"subject": subject}))

    def persist(self, step: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
        """Try until it works.

        :raises TimeoutError: if it never does.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                found = step()
            except requests.RequestException:
                found = None
            if found is not None:
                return found
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError("a donor lost patience")

    def _post_gift(self, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        headers = {"Idempotency-Key": key}
        answer = self.session.post(f"{self.site_url}/api/v1/donations", json=body, headers=headers, timeout=30)
        if answer.status_code in TEMPORARY:
            return None
        if answer.status_code != CREATED:
            raise RuntimeError(answer.text)
        gift: dict[str, Any] = answer.json()
        return gift

    def _send_form(self, address: str, words: Mapping[str, str]) -> dict[str, Any] | None:
        page = self.session.get(address, timeout=30)
        if not page.ok:
            return None
        hidden = HiddenFields(page.text).found
        answer = self.session.post(address, data=hidden | dict(words), timeout=30, allow_redirects=False)
        if answer.status_code in TEMPORARY:
            return None
        if answer.status_code != FOUND:
            raise FormRefusedError(f"the form was answered with {answer.status_code}")
        return {"token": answer.headers["Location"].strip("/").rpartition("/")[2]}

    def _sealed_entry(self) -> dict[str, Any] | None:
        answer = self.session.get(f"{self.site_url}/api/v1/ledger/operations", timeout=30)
        newest: dict[str, Any] | None = answer.json()["items"][0] if answer.ok else None
        return newest if newest and newest["is_sealed"] else None

    def _known_gift(self, token: str) -> dict[str, Any] | None:
        answer = self.session.get(f"{self.site_url}/api/v1/donations/{token}", timeout=30)
        if answer.status_code in TEMPORARY:
            return None
        gift: dict[str, Any] = answer.json()
        return gift if gift["confirmation_url"] or gift["status"] != "pending" else None


class HiddenFields(HTMLParser):
    """What a page's forms send along unseen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden field."""
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden" and told.get("name"):
            self.found[str(told["name"])] = told.get("value") or ""
