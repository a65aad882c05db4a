"""What a path of the year works on: the campaigns, the staff, the pretended ЮKassa, and donors who give by HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.models import Campaign, Donation
from config.embedded.donors import DonorCalls
from fund.payments.models import Payment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.db.models import QuerySet

    from config.embedded.city_year.cast import Cast
    from config.embedded.city_year.plan import PlannedGift, PlannedPath
    from emulator.control import EmulatorControl

UNFINISHED = (Payment.State.CREATING, Payment.State.PENDING)


@dataclass
class Scene:
    """One running fund, as far as its year has come."""

    site_url: str
    pay_url: str
    control: EmulatorControl
    cast: Cast
    found: dict[str, Campaign] = field(default_factory=dict)

    def campaign(self, path: PlannedPath) -> Campaign:
        """Return a path's campaign as it stands now."""
        return Campaign.objects.select_related("organiser__user").get(pk=self.found[path.campaign].pk)

    def give(self, gift: PlannedGift) -> None:
        """Let a donor give by the form and pay at the emulator. Repeat-safe: one that was given is only paid.

        :raises FormRefusedError: if the campaign takes it no more.
        """
        campaign, known = self.found[gift.campaign], known_gifts([gift]).first()
        address = f"127.3.{campaign.pk % 250 + 1}.{gift.number % 250 + 1}"  # one's own: limits count by address
        calls = DonorCalls(site_url=self.site_url, pay_url=self.pay_url, address=address)
        if known is None:
            given = calls.give_by_form(campaign=campaign.slug, words=gift.words())
        elif known.payment.state in UNFINISHED:
            given = calls.await_address(token=known.token)
        else:
            return
        if given["status"] == "pending":
            calls.pay(gift=given, card=gift.card)

    def paid(self, path: PlannedPath) -> list[Donation]:
        """Return a path's gifts, in order, once all are paid; until then let who has not given give."""
        known = {row.request_key: row for row in known_gifts(path.gifts)}
        is_open = self.campaign(path).is_open(timezone.now())
        for gift in path.gifts:
            row = known.get(gift.request_key)
            if is_open if row is None else row.payment.state in UNFINISHED:
                self.give(gift)
        paid = [row for row in known.values() if row.payment.state == Payment.State.SUCCEEDED]
        return sorted(paid, key=lambda row: row.pk) if len(paid) == len(path.gifts) else []

    def each(self, path: PlannedPath, step: Callable[[Donation], bool]) -> bool:
        """Take a step with each paid gift of a path; return whether all of them are through."""
        done = [step(gift) for gift in self.paid(path)]  # no gift waits for another
        return bool(done) and all(done)


def known_gifts(gifts: Collection[PlannedGift]) -> QuerySet[Donation]:
    """Return which of the planned gifts are made."""
    keys = [gift.request_key for gift in gifts]
    return Donation.objects.filter(request_key__in=keys).select_related("payment", "campaign", "donor")
