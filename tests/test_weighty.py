"""What moves money, forgets people or binds the fund asks for the second step anew some minutes later."""

from __future__ import annotations

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client

from campaigns.models import Campaign
from fund.payments.models import Refund, RefundProposal
from people import publishing
from people.models import ErasureRequest, LegalText, Session, StaffAct
from tests import make

pytestmark = pytest.mark.django_db
PROVE = "/me/2fa/reauthenticate/?next="


def stale(client: Client, role: str) -> Client:
    """Sign staff in, and let the second step be long ago."""
    make.sign_in(client, make.staff(role))
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"at": record["at"] - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT} for record in records
    ]
    session.save()
    return client


def test_a_refund_is_asked_for_and_approved_only_by_who_proved_themselves_lately(client: Client) -> None:
    gift = make.paid_donation(make.campaign(), number=1)
    proposal = RefundProposal.objects.create(
        payment=gift.payment, amount_kopecks=100_00, reason=Refund.Reason.MISTAKE, request_key="a",
        proposed_by=make.user(), proposed_at=make.NOW,
    )  # fmt: skip
    stale(client, "treasurer")
    refund = f"/desk/money/payments/{gift.payment.pk}/refund/"
    sent = {"amount": "100", "reason": "mistake", "key": "8d9f0a52-7b9b-4a39-93b3-7d7b5f5b2a11", "confirmed": "1"}
    answers = [client.get(refund), client.post(refund, sent)]
    stale(client, "signer")
    approve = f"/desk/money/proposals/{proposal.pk}/approve/"
    answers += [client.get(approve), client.post(approve), client.post(approve.replace("approve", "reject"))]

    assert [answer.headers["Location"].startswith(PROVE) for answer in answers] == [True] * 5
    assert (Refund.objects.count(), RefundProposal.objects.get().state) == (0, "proposed")
    assert StaffAct.objects.filter(action__startswith="payments.").count() == 0


def test_a_person_is_erased_only_by_who_proved_themselves_lately(client: Client) -> None:
    make.donation(make.campaign(), email="donor@example.org")
    stale(client, "treasurer")
    answer = client.post("/desk/erasures/", {"email": "donor@example.org"})

    assert answer.headers["Location"] == f"{PROVE}%2Fdesk%2Ferasures%2F"
    assert not ErasureRequest.objects.exists()


def test_a_document_is_published_only_by_who_proved_themselves_lately_and_leads_back_to_its_page(
    client: Client,
) -> None:
    publishing.save_draft(kind="offer", body="Новое", note="", by=make.user(), now=make.NOW)
    texts = LegalText.objects.count()
    stale(client, "signer")
    page = "/desk/texts/offer/"
    answer = client.post(f"{page}publish/", headers={"referer": f"http://testserver{page}?x=1"})
    elsewhere = client.post(f"{page}publish/", headers={"referer": "https://evil.example/desk/"})

    assert answer.headers["Location"] == f"{PROVE}%2Fdesk%2Ftexts%2Foffer%2F"
    assert elsewhere.headers["Location"] == f"{PROVE}%2Fdesk%2Ftexts%2Foffer%2Fpublish%2F"
    assert LegalText.objects.count() == texts


@pytest.mark.parametrize("step", ["approve", "reject", "fund"])
def test_a_campaign_is_opened_and_closed_only_by_who_proved_themselves_lately(client: Client, step: str) -> None:
    campaign = make.campaign() if step == "fund" else make.draft()
    Campaign.objects.filter(status="draft").update(status="in_review", review_round=1, moved_at=make.NOW)
    stale(client, "council_member")
    before = Campaign.objects.get().status
    answer = client.post(f"/desk/campaigns/campaign/{campaign.pk}/{step}/", {"reason": "x"})

    assert answer.headers["Location"].startswith(PROVE)
    assert Campaign.objects.get().status == before


def test_a_colleague_is_signed_out_only_by_who_proved_themselves_lately(client: Client) -> None:
    person = make.staff("moderator", email="moderator@example.org")
    make.sign_in(Client(), person)
    kept = Session.objects.filter(user=person).count()
    stale(client, "administrator")
    address = f"/desk/people/user/{person.pk}/end-sessions/"
    answers = [client.get(address), client.post(address)]

    assert [answer.headers["Location"].startswith(PROVE) for answer in answers] == [True, True]
    assert Session.objects.filter(user=person).count() == kept == 1
    assert not StaffAct.objects.filter(action="people.end_session").exists()
