"""A gift: written down once, then its payment opened at ЮKassa."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.funding.fees import is_fee_kept
from campaigns.models import Campaign, Donation
from campaigns.subscriptions.starting import begin_subscription, offers_monthly
from fund.payments import gateway
from fund.payments import services as payments
from fund.payments.addresses import neighbourhood
from people.models import Consent, Donor, LegalText
from people.services import record_donor
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from fund.money import Kopecks

PURPOSE = "donation"
PERSON_WINDOW = timedelta(minutes=10)
CAMPAIGN_WINDOW = timedelta(minutes=1)


class CampaignClosedError(Exception):
    """The campaign takes no gifts now."""


class KeyReusedError(Exception):
    """The key already names another gift."""


class TooManyGiftsError(Exception):
    """Gifts come faster from here than people give: cards are being tested."""


class NotMonthlyError(Exception):
    """The campaign takes no gifts that come each month."""


@dataclass(frozen=True)
class Gift:
    """What a donor wants: a sum in kopecks, how to be known, and whether the same comes each month."""

    amount_kopecks: Kopecks
    email: str
    public_name: str = ""
    message: str = ""
    is_kept_if_late: bool = False
    is_monthly: bool = False


def give(
    *, campaign: Campaign, gift: Gift, key: str, address: str, now: datetime, site_url: str = settings.SITE_URL
) -> Donation:
    """Record a gift to be paid, commit it, then open its payment at ЮKassa.

    Repeat-safe: the key names the gift. The payment's address may still be unknown on return.

    :param key: one-time key of the form or the API's ``Idempotency-Key``; at most 64 characters.
    :param site_url: where the donor's browser knows us, so that ЮKassa sends it back to its own cookies.
    :raises CampaignClosedError: if the campaign takes no gifts at ``now``.
    :raises NotMonthlyError: if it is to come each month, and the campaign takes no such gifts.
    :raises KeyReusedError: if the key came before with anything else.
    :raises TooManyGiftsError: if this address, e-mail or campaign gets gifts too fast.
    """
    with transaction.atomic(durable=True):
        donation = _pledge(campaign, gift, key, address, now, site_url)
    if donation.payment.first_attempt_at is None:
        with gateway.hasty():
            payments.open_payment(payment_id=donation.payment_id, now=now)
        donation.payment.refresh_from_db()
    return donation


def _pledge(campaign: Campaign, gift: Gift, key: str, address: str, now: datetime, site_url: str) -> Donation:
    digest = _digest(campaign, gift)
    take_turns(key)
    known = Donation.objects.select_related("payment", "letter").filter(request_key=key).first()
    if known:
        if known.request_sha256 != digest:
            raise KeyReusedError(key)
        return known
    if not campaign.is_open(now):
        raise CampaignClosedError(campaign.slug)
    if gift.is_monthly and not offers_monthly(campaign):
        raise NotMonthlyError(campaign.slug)
    _refuse_haste(campaign, gift, address, now)
    payment = payments.register_payment(
        purpose=PURPOSE,
        amount_kopecks=gift.amount_kopecks,
        description=_("Gift: %(campaign)s") % {"campaign": campaign.title},
        return_url="",
        saves_method=gift.is_monthly,
        now=now,
    )
    payment.return_url = site_url + reverse("gifts:back", kwargs={"reference": payment.reference})
    payment.save(update_fields=["return_url"])
    donor = record_donor(
        email=gift.email, public_name=gift.public_name, consents=_consents(gift), address=address, now=now
    )
    charge = None
    if gift.is_monthly:
        charge = begin_subscription(campaign=campaign, donor=donor, amount_kopecks=gift.amount_kopecks, now=now)
    return Donation.objects.create(
        campaign=campaign,
        payment=payment,
        charge=charge,
        donor=donor,
        amount_kopecks=gift.amount_kopecks,
        message=gift.message,
        is_kept_if_late=gift.is_kept_if_late,
        is_fee_kept=is_fee_kept(campaign=campaign),
        token=secrets.token_urlsafe(32),
        request_key=key,
        request_sha256=digest,
        created_at=now,
    )


def _consents(gift: Gift) -> list[str]:
    """Return the texts that a gift accepts: the offer with what belongs to it, and the consents apart from it."""
    kinds = [
        LegalText.Kind.OFFER,
        LegalText.Kind.REFUND_RULES,
        LegalText.Kind.PRIVACY_POLICY,
        LegalText.Kind.PERSONAL_DATA,
    ]
    kinds += [LegalText.Kind.PUBLIC_NAME] if gift.public_name else []
    kinds += [LegalText.Kind.RECURRING] if gift.is_monthly else []
    return [kind.value for kind in kinds]


def _digest(campaign: Campaign, gift: Gift) -> str:
    body = json.dumps({"campaign": campaign.slug, **asdict(gift)}, sort_keys=True, ensure_ascii=False)
    return sha256(body.encode()).hexdigest()


def _refuse_haste(campaign: Campaign, gift: Gift, address: str, now: datetime) -> None:
    """Count what was begun lately, in the database: it holds also while Redis is gone."""
    neighbours = neighbourhood(address)
    take_turns(f"address:{neighbours[0]}", f"email:{gift.email.lower()}")
    since = now - PERSON_WINDOW
    offers = Consent.objects.filter(address__range=neighbours, given_at__gt=since, text__kind=LegalText.Kind.OFFER)
    donors = Donor.objects.annotate(lower_email=Lower("email")).filter(
        lower_email=gift.email.lower(), created_at__gt=since
    )
    gifts = Donation.objects.filter(campaign=campaign, created_at__gt=now - CAMPAIGN_WINDOW)
    limits = (
        (offers, settings.GIFTS_PER_ADDRESS),
        (donors, settings.GIFTS_PER_EMAIL),
        (gifts, settings.GIFTS_PER_CAMPAIGN),
    )
    if any(begun[:limit].count() >= limit for begun, limit in limits):
        raise TooManyGiftsError
