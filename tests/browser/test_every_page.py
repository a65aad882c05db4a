"""Every page for strangers, on a phone and on a desk, by day and by night: no barrier, no sideways scroll, no jump."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests
from django.urls import URLPattern, get_resolver

from config.embedded.copy import wait_until
from config.embedded.donors import DonorCalls
from tests.browser.looking import barriers, is_narrow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLResolver
    from playwright.sync_api import Browser, ConsoleMessage, Page

    from tests.stack import Stack

SIZES = {"phone": (390, 844), "desk": (1440, 900)}
MOST_BYTES = 100_000
# Rooms that show a stranger nothing: machines' answers, the desk. Of the sign-in a stranger sees three pages, the rest
# belongs to who has an account.
ELSEWHERE = {"api", "log", "machines", "payments", "v1", "desk", "erasures", "texts", "money", "moderation", "people",
             "own", "own_updates", "managing", "organiser_own", "organisers_desk", "pictures", "words",
             "purposes", "monthly_desk", "returns", "wishes", "spreading", "shop_desk", "shop_feed",
             "shop_photos"}  # fmt: skip
ELSEWHERE_STEMS = ("account_", "mfa_", "socialaccount_", "vk_", "yandex_", "metrics", "None")
# Every address of a page, by its name; {token}, {reference}, {number} are those of a real, paid gift.
PAGES = {
    "pages:home": ["/", "/en/"],
    "pages:about": ["/about/"],
    "pages:contacts": ["/contacts/"],
    "pages:money": ["/money/", "/en/money/"],
    "pages:history": ["/history/"],
    "pages:questions": ["/questions/"],
    "pages:legal": ["/legal/offer/"],
    "pages:legal_index": ["/legal/"],
    "pages:legal_version": ["/legal/offer/1/"],
    "my:ask": ["/my/"],
    "my:sent": ["/my/sent/"],
    "my:open": ["/my/open/" + "x" * 43 + "/"],
    "campaigns:list": [
        "/projects/",
        "/en/projects/?state=live&sort=ending",
        "/projects/?q=%D0%B4%D0%B6%D0%B0%D0%B7",
        "/projects/?q=zzz",
    ],
    "campaigns:expenses": ["/projects/jazz-may/expenses/"],
    "campaigns:poster": ["/projects/jazz-may/poster/"],
    "campaigns:widget": ["/projects/jazz-may/widget/", "/en/projects/forum-soobschestv/widget/"],
    "campaigns:map": ["/projects/map/", "/en/projects/map/"],
    "campaigns:detail": ["/projects/jazz-may/", "/projects/forum-soobschestv/"],
    "campaigns:give": ["/projects/jazz-may/give/"],
    "organisers:list": ["/organisers/"],
    "organisers:detail": ["/organisers/jazz-may-2013/"],
    "telling:updates": ["/projects/jazz-may/updates/", "/projects/forum-soobschestv/updates/"],
    "telling:update": ["/projects/jazz-may/updates/{update}/"],
    "telling:questions": ["/projects/jazz-may/questions/", "/projects/forum-soobschestv/questions/"],
    "telling:comments": ["/projects/jazz-may/comments/", "/projects/forum-soobschestv/comments/"],
    "telling:complain": ["/projects/jazz-may/comments/{comment}/complain/"],
    "telling:ask": ["/projects/jazz-may/questions/ask/"],
    "telling:comment": ["/projects/jazz-may/comments/write/"],
    "telling:follow": ["/projects/jazz-may/follow/", "/en/projects/jazz-may/follow/"],
    "telling:sent": ["/projects/jazz-may/sent/"],
    "letters:preferences": ["{preferences}"],
    "letters:stop": ["{stop}"],
    "letters:confirm_follow": ["{confirm_follow}"],
    "letters:confirm_question": ["{confirm_question}"],
    "gifts:comment": ["/gifts/{token}/comment/"],
    "shop:list": ["/shop/", "/en/shop/?available=now&sort=cheap", "/shop/?q=zzz"],
    "shop:product": ["/shop/{product}/", "/en/shop/{product}/"],
    "shop:wait": ["/shop/{product}/wait/{gone}/"],
    "shop:waiting": ["/shop/{product}/waiting/"],
    "shop:stop": ["{shop_stop}"],
    "cart:cart": ["/cart/"],
    "orders:order": ["/orders/{order}/"],
    "orders:cancel": ["/orders/{order}/cancel/"],
    "orders:back": ["/orders/back/{order_reference}/"],
    "papers:invoice": ["/orders/{order}/invoice/"],
    "communities:list": ["/communities/", "/communities/?q=%D0%BF%D0%B5%D0%BD", "/communities/?q=zzz"],
    "communities:detail": ["/communities/jazz-may-2013/"],
    "gifts:gift": ["/gifts/{token}/"],
    "gifts:ask_refund": ["/gifts/{token}/refund/"],
    "gifts:details": ["/gifts/{token}/bank/"],
    "gifts:back": ["/gifts/back/{reference}/"],
    "ledger:operations": ["/ledger/", "/ledger/?since=2026-02-02&until=2026-01-01"],
    "ledger:accounts": ["/ledger/accounts/"],
    "ledger:card": ["/ledger/accounts/57.yookassa/", "/ledger/accounts/51/?since=2026-01-01&until=2026-01-02"],
    "ledger:errata": ["/ledger/errata/"],
    "ledger:trial_balance": ["/ledger/trial-balance/", "/ledger/trial-balance/?since=&until=&head=86"],
    "ledger:operation": ["/ledger/operations/{number}/"],
    "exports:download": ["/ledger/export/", "/ledger/export/?since=2026-02-02&until=2026-01-01", "/en/ledger/export/"],
    "ledger:verify": ["/ledger/verify/", "/en/ledger/verify/"],
    "reports:list": ["/reports/", "/en/reports/?subject=jazz-may"],
    "reports:report": ["/reports/{report}/"],
    "account_login": ["/me/login/"],
    "account_signup": ["/me/signup/"],
    "account_reset_password": ["/me/password/reset/"],
    "refusal": ["/nowhere/"],
}
NOT_PAGES = {"gifts:state", "gifts:receipt"}  # a part of a page, a file
NOT_PAGES |= {"telling:feed", "gifts:follow", "gifts:take_back"}  # a file, buttons
NOT_PAGES |= {f"monthly:{name}" for name in ("subscription", "stop", "sum", "card")}  # tests/browser/test_monthly.py
# Buttons, parts of pages, a file; what is in a cart and the checkout: tests/browser/test_shop.py looks at them.
NOT_PAGES |= {f"cart:{name}" for name in ("add", "again", "change", "checkout", "code", "total")}
# What goes back once an order has left: tests/browser/test_walk_of_shop.py.
NOT_PAGES |= {
    "orders:ask_return",
    "orders:drop_return",
    "orders:state",
    "orders:received",
    "papers:state",
    "papers:file",
}
NOT_PAGES |= {"ledger:proof", "ledger:verify_saved", "ledger:verify_script"}  # files
NOT_PAGES |= {"gifts:purpose"}  # while donors are asked: tests/browser/test_purposes.py
# For who opened a link to their gifts: tests/browser/test_my.py looks at these.
NOT_PAGES |= {"reports:state", "reports:file"}
NOT_PAGES |= {
    f"my:{name}"
    for name in ("gifts", "hide_name", "ask_for_statement", "statement", "statement_file", "erase", "leave")
}
# What somebody wrote about a project, and a reader's links; the addresses of both are printed.
WORDS = """
import json
from uuid import uuid4
from django.utils import timezone
from campaigns.models import Campaign, Comment, Follow, Question
from campaigns.telling import questions, tokens, updates
from people.models import LegalText
from tests import make
now, jazz = timezone.now(), Campaign.objects.get(slug="jazz-may")
draft = updates.write_update(campaign=jazz, title="Сцена готова", body="Привезли **сцену**.", key=uuid4().hex, now=now)
update = updates.publish_update(update_id=draft.pk, now=now)
updates.change_update(update_id=update.pk, title="Сцена уже готова", body="Привезли **сцену** и свет.", now=now)
follow = make.follow(jazz, "reader@pages.example.org", is_confirmed=False)
def ask(text):
    return Question.objects.create(campaign=jazz, reader=follow.reader, reference=uuid4(), text=text,
        request_key=uuid4().hex, created_at=now, confirmed_at=now)
questions.answer_question(question_id=ask("Будет ли дождь?").pk, answer="Поставим *навес*.", now=now)
asked = ask("Где парковка?")
name = LegalText.objects.filter(kind="public_name").latest("pk")
def comment(text, **more):
    key = uuid4().hex
    return Comment.objects.create(campaign=jazz, text=text, request_key=key, created_at=now, shown_at=now, **more)
comment("Спам", hidden_at=now, hidden_reason="advertising")
shown = comment("Ждём с нетерпением!", public_name="Мария", name_consent=name, is_donors=True)
site = len(tokens.settings.SITE_URL)
print("rows", json.dumps({"update": str(update.number), "comment": str(shown.pk),
    "preferences": tokens.preferences_path(follow.reader), "stop": tokens.stop_address(follow.reader, "updates")[site:],
    "confirm_follow": tokens.follow_address(follow)[site:], "confirm_question": tokens.question_address(asked)[site:]}))
"""
# A souvenir with photos, of which there is much, little and nothing, and the link of who waits for it.
SHOP = """
import json
from io import BytesIO
from PIL import Image, ImageDraw
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from campaigns.drafting.imaging import make_sizes
from campaigns.models import Campaign
from communities.models import Community
from merch.catalogue.waiting import stop_path
from merch.models import Collection, Photo
from tests.fund.sales.orders import order, place
from tests.merch import shelf
now, made = timezone.now(), Community.objects.order_by("pk").first()
jazz, group = Campaign.objects.get(slug="jazz-may"), Collection.objects.create(slug="jazz", title="Джаз в мае")
mug = shelf.product("Кружка «Джаз на Суре»", community=made, campaign=jazz, collection=group,
    tags=["подарок", "керамика"], description="Обжигается **дважды**.\\n\\n- Можно мыть в машине.\\n- Можно греть.")
for position, colour in enumerate(("#00713d", "#f5b800", "#2f6aa8")):
    picture, out = Image.new("RGB", (1200, 1200), "#eef3f0"), BytesIO()
    ImageDraw.Draw(picture).ellipse((250, 250, 950, 950), fill=colour)
    picture.save(out, "PNG")
    sizes = make_sizes(content=out.getvalue(), crop=None)
    for (width, ending), body in sizes.files.items():
        default_storage.save(f"photos/{sizes.digest}/{width}.{ending}", ContentFile(body))
    Photo.objects.create(product=mug, position=position, alt="Кружка на столе", state="ready", digest=sizes.digest,
        source_sha256=sizes.digest, widths=list(sizes.widths), height=sizes.height, uploaded_at=now)
small = shelf.variant(mug, pieces=12, size="0,3 л", price=650_00, cost=280_00)
sale = place(order((small.item, 2, 650_00)))
shelf.variant(mug, pieces=2, size="0,5 л", price=790_00, cost=350_00)
gone = shelf.variant(mug, size="1 л", price=300_00, cost=350_00)
for title in ("Сумка из льна", "Открытка"):
    shelf.variant(shelf.product(title), pieces=5, price=450_00)
shelf.variant(shelf.product("Платок с картой города и длинным названием, в котором много слов"))
print("rows", json.dumps({"product": mug.slug, "gone": gone.pk, "shop_stop": stop_path(email="a@pages.example.org"),
    "order": sale.token, "order_reference": str(sale.payment.reference), "order_payment": sale.payment.yookassa_id}))
"""
SHIFTS = """() => new Promise(found => {
    let total = 0;
    new PerformanceObserver(list => { for (const entry of list.getEntries()) total += entry.value; })
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => found(total), 60);
})"""
BYTES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def names(patterns: list[URLPattern | URLResolver], room: str = "") -> Iterator[str]:
    """Yield the name of every address, its rooms before it."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{room}:{pattern.name}" if room else str(pattern.name)
        else:
            yield from names(pattern.url_patterns, pattern.namespace or room)


def test_no_page_is_left_out() -> None:
    everything = names(get_resolver().url_patterns)
    found = {name for name in everything if name.partition(":")[0] not in ELSEWHERE}
    found = {name for name in found if name in PAGES or not name.startswith(ELSEWHERE_STEMS)}

    assert found == (PAGES.keys() - {"refusal"}) | NOT_PAGES


@pytest.fixture(scope="module")
def places(running_stack: Stack) -> dict[str, str]:
    """Make one gift, wait until all of it is done, and return what addresses need."""
    answer = running_stack.give().json()
    running_stack.control.pay(running_stack.payment_id(answer))
    gift = running_stack.wait_for(answer["token"], status="succeeded")
    with running_stack.connect() as connection:
        row = connection.execute(
            "SELECT p.reference::text FROM payments_payment p JOIN campaigns_donation d ON d.payment_id = p.id"
            " WHERE d.token = %s",
            [gift["token"]],
        ).fetchone()
    assert row
    done = running_stack.manage("shell", "--no-imports", "-c", WORDS)
    assert done.returncode == 0, done.stderr
    words: dict[str, str] = json.loads(done.stdout.split("rows ")[1])
    done = running_stack.manage("shell", "--no-imports", "-c", SHOP)
    assert done.returncode == 0, done.stderr
    words |= json.loads(done.stdout.split("rows ")[1])
    running_stack.control.pay(words["order_payment"])
    calls = DonorCalls(site_url=running_stack.url, pay_url=running_stack.pay_url)
    report = calls.ask_for_report(subject="jazz-may")["token"]
    wait_until(lambda: requests.get(f"{running_stack.url}/reports/{report}.pdf", timeout=30).ok)
    wait_until(lambda: "cancel" in requests.get(f"{running_stack.url}/orders/{words['order']}/", timeout=30).text)
    return {
        "token": gift["token"],
        "reference": str(row[0]),
        "number": str(gift["operation"]),
        "report": report,
    } | words


@pytest.fixture(scope="module", params=SIZES)
def bare_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Open one tab for all pages of a size."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.mark.stack
@pytest.mark.parametrize("address", [address for found in PAGES.values() for address in found])
def test_a_page_has_no_barrier(bare_page: Page, stack: Stack, places: dict[str, str], address: str) -> None:
    page = bare_page
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.emulate_media(color_scheme="light")
    page.goto(f"{stack.url}{address.format(**places)}", wait_until="load")

    assert page.evaluate(SHIFTS) == 0
    assert is_narrow(page)
    assert (barriers(page), "by day") == ([], "by day")
    page.emulate_media(color_scheme="dark")
    assert (barriers(page), "by night") == ([], "by night")
    page.remove_listener("console", listen)
    assert complaints == []


@pytest.mark.stack
def test_an_empty_form_is_sent_back_without_a_barrier(bare_page: Page, stack: Stack) -> None:
    page = bare_page
    page.goto(f"{stack.url}/projects/jazz-may/give/")
    page.get_by_role("button", name="Перейти к оплате").click()
    page.get_by_role("alert").wait_for()

    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []


@pytest.mark.stack
@pytest.mark.parametrize("address", ["/", "/projects/jazz-may/", "/projects/jazz-may/give/", "/ledger/"])
def test_a_first_view_is_light(browser: Browser, stack: Stack, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    page = context.new_page()
    page.goto(f"{stack.url}{address}", wait_until="networkidle")
    weight = page.evaluate(BYTES)
    context.close()

    assert 20_000 < weight <= MOST_BYTES


@pytest.mark.stack
def test_a_keyboard_skips_the_header_and_chooses_a_sum(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, forced_colors="active")
    page = context.new_page()
    page.goto(f"{stack.url}/projects/jazz-may/give/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.locator("[data-presets] input").first.focus()
    page.keyboard.press("ArrowRight")
    chosen = page.locator("[data-presets] input:checked")

    assert chosen.get_attribute("value") == "50000"
    assert chosen.evaluate("input => getComputedStyle(input.parentElement).outlineStyle") != "none"
    context.close()


@pytest.mark.stack
def test_paper_shows_the_words_and_the_map_and_no_buttons(bare_page: Page, stack: Stack) -> None:
    page = bare_page
    page.goto(f"{stack.url}/projects/jazz-may/")
    page.emulate_media(media="print", color_scheme="light")
    seen = {name: page.locator(name).first.is_visible() for name in ("h1", ".print-map", ".nav", ".button", ".demo")}
    page.emulate_media(media="screen")

    assert seen == {"h1": True, ".print-map": True, ".nav": False, ".button": False, ".demo": True}
