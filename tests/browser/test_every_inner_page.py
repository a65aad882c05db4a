"""Every page behind a sign-in, on a phone and on a desk, by day and by night: no barrier, no sideways scroll."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.browser.inner_rows import ROWS
from tests.browser.looking import barriers, is_narrow
from tests.browser.test_every_page import PAGES as PUBLIC
from tests.browser.test_every_page import SIZES
from tests.browser.test_my import enter
from tests.stack import wait_until
from tests.test_doors import DOORS, NAMED, needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

# Every page by its name, under whom it is looked at; {…} are rows that `rows` makes. One person may see a page twice:
# with rows and without any.
PAGES: dict[str, dict[str, list[str]]] = {
    "person": {
        "people:me": ["/me/"],
        "people:close": ["/me/close/"],
        "organiser_own:home": ["/me/organiser/"],
        "organiser_own:who": ["/me/organiser/who/"],
        "organiser_own:requisites": ["/me/organiser/requisites/"],
        "organiser_own:document": ["/me/organiser/document/"],
        "organiser_own:agreement": ["/me/organiser/agreement/"],
        "account_email": ["/me/email/"],
        "account_change_password": ["/me/password/change/"],
        "account_logout": ["/me/logout/"],
        "account_reauthenticate": ["/me/reauthenticate/"],
        "socialaccount_connections": ["/me/3rdparty/"],
        "people:keys": ["/me/keys/"],
        "mfa_index": ["/me/2fa/"],
        "mfa_activate_totp": ["/me/2fa/totp/activate/"],
        "mfa_add_webauthn": ["/me/2fa/webauthn/add/"],
    },
    "stranger": {
        "account_request_login_code": ["/me/login/code/"],
        "account_inactive": ["/me/inactive/"],
        "account_password_reset_completed": ["/me/password/reset/done/"],
        "socialaccount_login_cancelled": ["/me/3rdparty/login/cancelled/"],
        "socialaccount_login_error": ["/me/3rdparty/login/error/"],
    },
    "no password": {"account_set_password": ["/me/password/set/"]},
    "donor": {"my:gifts": ["/my/gifts/"], "my:erase": ["/my/erase/"]},
    "administrator": {
        "people:me": ["/me/"],
        "people:close": ["/me/close/"],
        "mfa_index": ["/me/2fa/"],
        "mfa_reauthenticate": ["/me/2fa/reauthenticate/"],
        "mfa_deactivate_totp": ["/me/2fa/totp/deactivate/"],
        "mfa_generate_recovery_codes": ["/me/2fa/recovery-codes/generate/"],
        "mfa_view_recovery_codes": ["/me/2fa/recovery-codes/"],
        "mfa_list_webauthn": ["/me/2fa/webauthn/"],
        "mfa_edit_webauthn": ["/me/2fa/webauthn/keys/{key}/edit/"],
        "mfa_remove_webauthn": ["/me/2fa/webauthn/keys/{key}/remove/"],
        "desk:index": ["/desk/"],
        "desk:people_user_changelist": ["/desk/people/user/", "/desk/people/user/?q=zzz"],
        "desk:people_user_change": ["/desk/people/user/{person}/change/"],
        "desk:people_user_end_sessions": ["/desk/people/user/{person}/end-sessions/"],
        "desk:people_rolegrant_changelist": ["/desk/people/rolegrant/"],
        "desk:people_rolegrant_change": ["/desk/people/rolegrant/{grant}/change/"],
        "desk:people_rolegrant_grant": ["/desk/people/rolegrant/grant/"],
        "desk:people_rolegrant_revoke": ["/desk/people/rolegrant/{grant}/revoke/"],
        "desk:people_staffact_changelist": ["/desk/people/staffact/"],
        "desk:people_staffact_change": ["/desk/people/staffact/{act}/change/"],
    },
    "organiser": {
        "own:list": ["/me/projects/"],
        "own:new": ["/me/projects/new/"],
        "own:edit": ["/me/projects/inner/edit/", "/me/projects/inner/edit/?check=1"],
        "own:pictures": ["/me/projects/inner/pictures/"],
        "own:preview": ["/me/projects/inner/preview/"],
        "own:step": [
            "/me/projects/inner/step/submit/",
            "/me/projects/inner/step/drop/",
            "/me/projects/handed-in/step/withdraw/",
            "/me/projects/approved/step/revise/",
            "/me/projects/approved/step/launch/",
            "/me/projects/funded/step/deliver/",
        ],
        "own:amend": ["/me/projects/funded/amend/"],
        "own:extend": ["/me/projects/collecting/extend/"],
        "own:report": ["/me/projects/at-work/report/"],
        "managing:campaign": ["/me/projects/inner/", "/me/projects/funded/"],
        "managing:gifts": ["/me/projects/funded/gifts/"],
        "own_updates:list": ["/me/projects/funded/updates/"],
        "own_updates:new": ["/me/projects/funded/updates/new/"],
        "own_updates:edit": ["/me/projects/funded/updates/{update}/"],
        "own_updates:questions": ["/me/projects/funded/questions/"],
        "own_updates:answer": ["/me/projects/funded/questions/{question}/"],
    },
    "brand_manager": {
        "desk:index": ["/desk/"],
        "shop_desk:today": ["/desk/shop/today/"],
        "shop_desk:orders": ["/desk/shop/orders/", "/desk/shop/orders/?number=999999"],
        "shop_desk:order": ["/desk/shop/orders/{sale}/"],
        "shop_desk:give_back": ["/desk/shop/orders/{sale}/back/"],
        "shop_desk:decline": ["/desk/shop/orders/{sale}/decline/"],
        "shop_desk:packing": ["/desk/shop/orders/{sale}/packing/"],
        "shop_desk:day_packing": ["/desk/shop/today/packing/"],
        "desk:sales_deliverytariff_changelist": ["/desk/sales/deliverytariff/"],
        "desk:sales_deliverytariff_add": ["/desk/sales/deliverytariff/add/"],
        "desk:sales_deliverytariff_change": ["/desk/sales/deliverytariff/{tariff}/change/"],
        "desk:sales_deliverytariff_delete": ["/desk/sales/deliverytariff/{tariff}/delete/"],
        "desk:sales_promocode_changelist": ["/desk/sales/promocode/"],
        "desk:sales_promocode_add": ["/desk/sales/promocode/add/"],
        "desk:sales_promocode_change": ["/desk/sales/promocode/{promo}/change/"],
        "shop_desk:products": ["/desk/shop/products/", "/desk/shop/products/?text=zzz"],
        "shop_desk:add_product": ["/desk/shop/products/new/"],
        "shop_desk:product": ["/desk/shop/products/{souvenir}/"],
        "shop_desk:edit_product": ["/desk/shop/products/{souvenir}/edit/"],
        "shop_desk:change_many": ["/desk/shop/products/many/?product={souvenir}"],
        "shop_desk:add_variant": ["/desk/shop/products/{souvenir}/variants/new/"],
        "shop_desk:variant": ["/desk/shop/products/{souvenir}/variants/{variant}/"],
        "shop_desk:photos": ["/desk/shop/products/{souvenir}/photos/"],
        "shop_desk:collections": ["/desk/shop/collections/"],
        "shop_desk:add_collection": ["/desk/shop/collections/new/"],
        "shop_desk:collection": ["/desk/shop/collections/{collection}/"],
        "shop_desk:stock": ["/desk/shop/stock/"],
        "shop_desk:item": ["/desk/shop/stock/{item}/"],
        "shop_desk:receive": ["/desk/shop/stock/receive/?item={item}"],
        "shop_desk:write_off": ["/desk/shop/stock/write-off/?item={item}"],
        "shop_desk:count": ["/desk/shop/stock/count/?item={item}"],
        "shop_desk:trade": ["/desk/shop/sales/"],
        "shop_desk:sheets": ["/desk/shop/table/"],
        "shop_desk:sheet": ["/desk/shop/table/{sheet}/"],
    },
    "council_member": {
        "desk:index": ["/desk/"],
        "organisers_desk:list": ["/desk/organisers/"],
        "organisers_desk:application": ["/desk/organisers/{applicant}/"],
        "organisers_desk:answer": ["/desk/organisers/{applicant}/verify/", "/desk/organisers/{applicant}/refuse/"],
        "desk:campaigns_campaign_changelist": ["/desk/campaigns/campaign/"],
        "desk:campaigns_campaign_change": ["/desk/campaigns/campaign/{handed_in}/change/"],
        "desk:campaigns_campaign_approve": ["/desk/campaigns/campaign/{handed_in}/approve/"],
        "desk:campaigns_campaign_ask_changes": ["/desk/campaigns/campaign/{handed_in}/ask-changes/"],
        "desk:campaigns_campaign_reject": ["/desk/campaigns/campaign/{handed_in}/reject/"],
        "purposes:list": ["/desk/purposes/"],
        "purposes:propose": ["/desk/purposes/campaigns/{campaign}/"],
        "purposes:question": ["/desk/purposes/{stop}/"],
        "purposes:confirm": ["/desk/purposes/{stop}/confirm/"],
        "purposes:withdraw": ["/desk/purposes/{stop}/withdraw/"],
        "desk:campaigns_campaign_fund": ["/desk/campaigns/campaign/{campaign}/fund/"],
    },
    "treasurer": {
        "desk:index": ["/desk/"],
        "money:payments": ["/desk/money/payments/", "/desk/money/payments/?text=zzz"],
        "money:payment": ["/desk/money/payments/{payment}/"],
        "money:refund": ["/desk/money/payments/{payment}/refund/"],
        "money:proposals": ["/desk/money/proposals/"],
        "money:withdraw": ["/desk/money/proposals/{proposal}/withdraw/"],
        "money:lost": ["/desk/money/lost/{lost}/"],
        "money:say_lost": ["/desk/money/lost/{lost}/say/"],
        "money:withdraw_lost": ["/desk/money/lost/words/{seen}/withdraw/"],
        "money:bank": ["/desk/money/bank/"],
        "money:bank_entry": ["/desk/money/bank/{entry}/", "/desk/money/bank/{spent}/"],
        "money:payout": ["/desk/money/bank/payout/"],
        "money:spend": ["/desk/money/bank/expenses/"],
        "money:expense": ["/desk/money/bank/expenses/funded/"],
        "money:pay_supplier": ["/desk/money/bank/acts/{spent}/"],
        "money:top_up": ["/desk/money/bank/top-up/"],
        "money:pay_debt": ["/desk/money/bank/debts/{debt}/"],
        "money:withdraw_bank": ["/desk/money/bank/{entry}/withdraw/"],
        "money:chargebacks": ["/desk/money/chargebacks/"],
        "returns:list": ["/desk/returns/"],
        "returns:campaign": ["/desk/returns/{missed}/"],
        "returns:debts": ["/desk/returns/debts/"],
        "returns:debt": ["/desk/returns/debts/{debt}/"],
        "wishes:requests": ["/desk/wishes/"],
        "wishes:request": ["/desk/wishes/{wish}/"],
        "money:stuck": ["/desk/money/stuck/"],
        "money:alarms": ["/desk/money/alarms/"],
        "money:alarm": ["/desk/money/alarms/{alarm}/"],
        "erasures:list": ["/desk/erasures/"],
        "monthly_desk:list": ["/desk/monthly/"],
        "desk:people_letter_changelist": ["/desk/people/letter/"],
        "desk:people_letter_change": ["/desk/people/letter/{letter}/change/"],
    },
    "signer": {
        "money:proposal": ["/desk/money/proposals/{proposal}/"],
        "money:approve": ["/desk/money/proposals/{proposal}/approve/"],
        "money:reject": ["/desk/money/proposals/{proposal}/reject/"],
        "money:approve_lost": ["/desk/money/lost/words/{seen}/approve/"],
        "money:reject_lost": ["/desk/money/lost/words/{seen}/reject/"],
        "money:approve_bank": ["/desk/money/bank/{entry}/approve/"],
        "money:reject_bank": ["/desk/money/bank/{entry}/reject/"],
        "texts:text": ["/desk/texts/offer/"],
        "desk:ledger_account_changelist": ["/desk/ledger/account/"],
        "desk:ledger_account_change": ["/desk/ledger/account/{account}/change/"],
        "desk:ledger_checkpoint_changelist": ["/desk/ledger/checkpoint/"],
        "desk:ledger_checkpoint_change": ["/desk/ledger/checkpoint/{checkpoint}/change/"],
        "desk:ledger_operation_changelist": ["/desk/ledger/operation/"],
        "desk:ledger_operation_change": ["/desk/ledger/operation/{operation}/change/"],
        "desk:payments_daycomparison_changelist": ["/desk/payments/daycomparison/"],
    },
    "moderator": {
        "desk:index": ["/desk/"],
        "moderation:names": ["/desk/names/"],
        "words:queue": ["/desk/words/"],
        "words:list": ["/desk/words/comment/", "/desk/words/question/", "/desk/words/update/"],
        "texts:list": ["/desk/texts/"],
        "texts:text": ["/desk/texts/offer/", "/desk/texts/refund_rules/"],
        "texts:edit": ["/desk/texts/offer/edit/"],
    },
}
# What shows no page of its own, and why.
NOT_PAGES = {
    "sent by a button alone": {
        "people:end-others", "people:revoke-key",
        "wishes:agree", "wishes:decline",
        "moderation:hide", "moderation:show", "money:reread", "money:close_alarm", "texts:drop",
        "own_updates:publish", "own_updates:drop", "words:approve", "words:hide", "words:show",
        "texts:publish", "desk:people_letter_resend", "my:hide_name", "my:ask_for_statement", "my:leave",
        "own:remove_picture", "organiser_own:remove_document",
        "shop_desk:move", "shop_desk:put_state", "shop_desk:remove_collection", "shop_desk:arrange_photos",
        "shop_desk:remove_photo", "shop_desk:apply_sheet",
        "vk_login", "yandex_login",
    },
    "leads elsewhere at once": {
        "desk:login", "desk:logout", "desk:app_list", "desk:password_change", "desk:password_change_done",
        "desk:view_on_site", "desk:campaigns_campaign_cancel",
        "account_email_verification_sent", "account_confirm_login_code", "account_confirm_password_reset_code",
        "account_complete_password_reset", "socialaccount_signup", "vk_callback", "yandex_callback",
    },
    "a file or a script": {"mfa_download_recovery_codes", "desk:jsi18n", "my:statement_file", "managing:gifts_file",
                           "shop_desk:export", "shop_desk:photo_file", "shop_desk:packing_file",
                           "shop_desk:day_packing_file"},
    "an organiser's file, always saved": {
        "organiser_own:document_file", "organiser_own:agreement_file", "organisers_desk:document",
        "organisers_desk:agreement",
    },
    "a part of a page": {
        "returns:state", "desk:search", "desk:autocomplete", "shop_desk:packing_state", "shop_desk:day_packing_state",
    },
    "asked for in the middle of a sign-in: tests/browser/test_staff.py": {"mfa_authenticate"},
    "a sign-in through the key itself: no page of its own": {"mfa_reauthenticate_webauthn"},
    "while a statement is drawn: tests/browser/test_my.py": {"my:statement"},
    "one day's row, once a day has passed": {"desk:payments_daycomparison_change"},
}  # fmt: skip
NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # the night changes nothing but colours


def test_no_inner_page_is_left_out() -> None:
    covered = set().union(*PAGES.values())
    reasons = set().union(*NOT_PAGES.values())
    stems = ("account_", "mfa_", "socialaccount_", "my:", "vk_", "yandex_")
    inside = {name for name in NAMED if name.startswith(stems)}
    inside |= {*DOORS["own"], *DOORS["own_steps"], *DOORS["begun"], *DOORS["staff"], *DOORS["nobody"]}
    inside |= {*DOORS["in_state"], *(name for name, right in needed().items() if right is not None)}
    history = {name for name in inside if name.endswith("_history")}  # leads to the acts of staff

    assert inside - history - PUBLIC.keys() - reasons == covered - PUBLIC.keys()
    assert covered & reasons == set()


@pytest.fixture(scope="session")
def rows(running_stack: Stack) -> tuple[dict[str, str], dict[str, int]]:
    """Make a gift and everything that pages show, once; return the keys of sessions, and of rows."""
    gift = running_stack.give(amount_kopecks=6000_00, public_name="Анна и друзья").json()
    running_stack.control.pay(running_stack.payment_id(gift))
    running_stack.wait_for(gift["token"], status="succeeded")
    with running_stack.connect() as books:
        wait_until(lambda: books.execute("SELECT 1 FROM ledger_checkpoint LIMIT 1").fetchone() is not None)
    done = running_stack.manage("shell", "--no-imports", "-c", ROWS.format(token=gift["token"]))
    assert done.returncode == 0, done.stderr
    keys, found = json.loads(done.stdout.split("rows ")[1])
    return keys, found


PHONE = {"width": SIZES["phone"][0], "height": SIZES["phone"][1]}


@pytest.fixture(params=SIZES)
def inner_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Open a tab of a size."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.mark.stack
@pytest.mark.parametrize("who", PAGES)
def test_inner_pages_have_no_barrier(
    inner_page: Page, stack: Stack, rows: tuple[dict[str, str], dict[str, int]], who: str
) -> None:
    page, (keys, places) = inner_page, rows
    found: dict[str, list[object]] = {}
    if who in keys:
        page.context.add_cookies([{"name": "sessionid", "value": keys[who], "url": stack.url}])
    if who == "donor":
        donor = f"{uuid4().hex}@example.org"  # a link opens once: each size has a donor of its own
        stack.give(email=donor)
        enter(page, stack, donor)
    for address in (one.format(**places) for addresses in PAGES[who].values() for one in addresses):
        found[address] = troubles(page, stack.url, address)

    assert {address: told for address, told in found.items() if told} == {}


def troubles(page: Page, url: str, address: str) -> list[object]:
    """Return what is wrong with a page, by day and, on the phone, by night: colours know no width."""
    page.emulate_media(color_scheme="light")
    answer = page.goto(f"{url}{address}", wait_until="load")
    is_there = answer is not None and answer.status in {200, 401} and page.url == f"{url}{address}"
    found: list[object] = [] if is_there else [f"answered by {page.url}"]
    found += [] if is_narrow(page) else ["wider than the screen"]
    found += [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} headings of the first rank"]
    found += barriers(page)
    if page.viewport_size != PHONE:
        return found
    page.emulate_media(color_scheme="dark")
    if address.startswith("/desk/"):
        page.reload(wait_until="load")  # the desk looks at the scheme once
    return found + [("by night", *one) for one in barriers(page, NIGHT)]
