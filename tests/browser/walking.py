"""What long walks have in common: a cast made at once, each in a browser of their own, on a phone or at a desk."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from email import message_from_bytes, policy
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import expect

from tests.browser.looking import no_sideways_scroll
from tests.stack import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from playwright.sync_api import FilePayload, Page, Route

    from tests.stack import Stack

REFUSED = 403
PATIENCE_MS = 30_000  # of a busy machine: pages that find out by themselves wait for a worker
BEGIN = """
import json
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from tests import make

now = timezone.now()

def session(person, **how):
    return make.sign_in(Client(), person, **how).session.session_key

{code}
print("begun", json.dumps(begun))
"""


def begin(stack: Stack, code: str) -> dict[str, Any]:
    """Let code make what a walk begins with, beside the running fund; return what it calls ``begun``."""
    done = stack.manage("shell", "--no-imports", "-c", BEGIN.format(code=code))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.split("begun ")[1])
    return found


class Walker:
    """Somebody in a browser of their own; no page that they come to is wider than the screen."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def go(self, address: str) -> Page:
        """Open a page of the fund."""
        self.page.goto(f"{self.url}{address}")
        no_sideways_scroll(self.page)
        return self.page

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("main").get_by_role("button", name=name).first.click()
        no_sideways_scroll(self.page)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Go where a link leads."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        no_sideways_scroll(self.page)

    def sees(self, *words: str) -> None:
        """Fail unless all of these words are to be seen."""
        for word in words:
            expect(self.page.get_by_text(word).filter(visible=True).first).to_be_visible()

    def misses(self, *words: str) -> None:
        """Fail if any of these words stand on the page."""
        for word in words:
            expect(self.page.get_by_text(word)).to_have_count(0)

    def status(self, address: str) -> int:
        """Return how the fund answers an address."""
        return self.page.request.get(f"{self.url}{address}").status

    def is_refused(self, *addresses: str) -> bool:
        """Return whether each of the addresses is refused."""
        return {self.status(one) for one in addresses} == {REFUSED}


def step(member: Walker, campaign: int, button: str, reason: str = "") -> None:
    """Take one step of a campaign at the desk, as its button leads to it."""
    page = member.go(f"/desk/campaigns/campaign/{campaign}/change/")
    page.get_by_role("link", name=button).click()
    if reason:
        member.press(button)  # without a reason nothing happens
        page.get_by_label("Почему").fill(reason)
    member.press(button)
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def tick_everything(page: Page) -> None:
    """Tick every box of a page that may still be coming: what isn't there yet would be passed over in silence."""
    page.wait_for_load_state()
    boxes = page.get_by_role("main").get_by_role("checkbox")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        box.check()


@contextmanager
def before_script(page: Page, address: str, script: str) -> Iterator[None]:
    """Open a page and do the block while its script is still on its way, as on a slow line; then the script comes."""
    held: list[Route] = []
    page.route(script, lambda route: held.append(route))  # noqa: PLW0108 -- it wants a function
    with page.expect_request(script):
        page.goto(address, wait_until="commit")
    yield
    held[0].continue_()
    page.unroute(script)


def photo(colour: str = "seagreen") -> FilePayload:
    """Return a picture as a telephone sends it."""
    out = BytesIO()
    Image.new("RGB", (1200, 900), colour).save(out, "JPEG")
    return {"name": "lipa.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def paid(stack: Stack, **changes: Any) -> dict[str, Any]:
    """Return a gift that is paid and booked."""
    gift: dict[str, Any] = stack.give(**changes).json()
    stack.control.pay(stack.payment_id(gift))
    return stack.wait_for(gift["token"], status="succeeded")


def letter(stack: Stack, to: str, about: str) -> EmailMessage:
    """Wait for a letter to somebody whose subject holds these words."""
    found: list[EmailMessage] = []

    def came() -> bool:
        files = (stack.var / "mail").glob("*.eml")
        sent = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
        found.extend(one for one in sent if one["To"] == to and about in one["Subject"])
        return bool(found)

    wait_until(came)
    return found[0]


def link(found: EmailMessage, path: str) -> str:
    """Return the link of a letter that leads to such a path."""
    return str(re.findall(rf"http\S+{path}\S+", found.get_content())[0])
