"""What acts of staff are called on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TITLES: dict[str, _StrPromise] = {
    "campaigns.add_campaign": _("Wrote a draft of a campaign"),
    "campaigns.approve": _("Approved a campaign"),
    "campaigns.approve_words": _("Let a comment be shown"),
    "campaigns.ask_changes": _("Asked for changes of a campaign"),
    "campaigns.cancel": _("Cancelled a campaign"),
    "campaigns.change_campaign": _("Changed a campaign"),
    "campaigns.confirm_question": _("Confirmed that donors are asked about a project's money"),
    "campaigns.decline_refund_request": _("Declined a request for a gift back"),
    "campaigns.fund": _("Ended the collection of a campaign"),
    "campaigns.hide_gift_name": _("Hid a public name"),
    "campaigns.hide_words": _("Hid what somebody wrote"),
    "campaigns.read_bank_details": _("Looked where to pay a debt"),
    "campaigns.reject": _("Rejected a campaign"),
    "campaigns.show_gift_name": _("Showed a public name again"),
    "campaigns.show_words": _("Showed again what somebody wrote"),
    "campaigns.propose_question": _("Proposed to stop a project"),
    "campaigns.withdraw_question": _("Took back the proposal to stop a project"),
    "letters.resend": _("Had a letter sent again"),
    "merch.add_photos": _("Sent photos of a product"),
    "merch.arrange_photos": _("Described or ordered a product's photos"),
    "merch.remove_photo": _("Took a product's photo away"),
    "merch.ask_for_packing": _("Asked for packing lists"),
    "merch.change_many": _("Changed several products at once"),
    "merch.import_sheet": _("Changed the catalogue by a table"),
    "merch.list_product": _("Put a product on sale"),
    "merch.remove_collection": _("Took a collection away"),
    "merch.save_collection": _("Wrote a collection down"),
    "merch.save_product": _("Wrote a product down"),
    "merch.save_variant": _("Wrote a variant of a product down"),
    "merch.withdraw_product": _("Withdrew a product from sale"),
    "organisers.ask_changes": _("Asked an organiser for changes"),
    "organisers.open_agreement": _("Opened an organiser's agreement"),
    "organisers.open_document": _("Opened an organiser's document"),
    "organisers.refuse": _("Refused an organiser"),
    "organisers.restore": _("Lifted an organiser's suspension"),
    "organisers.suspend": _("Suspended an organiser"),
    "organisers.verify": _("Verified an organiser"),
    "payments.approve_refund": _("Approved a refund"),
    "payments.close_alarm": _("Closed an alarm"),
    "payments.confirm_bank_payment": _("Confirmed a paper about money"),
    "payments.confirm_lost_refund": _("Confirmed that ЮKassa does not have a refund"),
    "payments.enter_bank_payment": _("Entered a paper about money"),
    "payments.propose_lost_refund": _("Said that ЮKassa does not have a refund"),
    "payments.reject_bank_payment": _("Rejected a paper about money"),
    "payments.reject_lost_refund": _("Rejected the word that ЮKassa does not have a refund"),
    "payments.reject_refund": _("Rejected a refund"),
    "payments.request_refund": _("Asked for a refund"),
    "payments.reread_payment": _("Had a payment read again at ЮKassa"),
    "payments.withdraw_bank_payment": _("Took a paper about money back"),
    "payments.withdraw_lost_refund": _("Took back the word that ЮKassa does not have a refund"),
    "payments.withdraw_refund": _("Took a proposed refund back"),
    "people.drop_legal_draft": _("Dropped the draft of a document"),
    "people.edit_legal_text": _("Edited the draft of a document"),
    "people.end_session": _("Signed a person out"),
    "people.erase_donor": _("Erased a donor"),
    "people.grant_role": _("Granted a role"),
    "people.publish_legal_text": _("Published a document"),
    "people.revoke_role": _("Revoked a role"),
    "sales.move_order": _("Moved an order a step"),
    "sales.receive_goods": _("Received goods"),
    "sales.take_stock": _("Counted the stock"),
    "sales.write_off_goods": _("Wrote goods off"),
    "sales.decline_return": _("Declined to take goods back"),
    "sales.take_back": _("Cancelled pieces of an order, or took them back"),
}


def title(action: str) -> str:
    """Return what an act is called; its own name where nobody has given it one."""
    return str(TITLES.get(action, action))
