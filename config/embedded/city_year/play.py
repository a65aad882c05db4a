"""Plays the year: months pass as quickly as is said, deadlines are decided by beat, money goes by the emulator."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from campaigns.models import Campaign, Donation
from config.embedded.city_year import acts, treasury
from config.embedded.city_year.plan import MONTHS, planned_year
from config.embedded.donors import DonorCalls

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from campaigns.models import Organiser
    from config.embedded.city_year.plan import PlannedCampaign, PlannedGift

DONORS_AT_ONCE = 8
STAYS_OPEN = timedelta(days=60)  # of what is still collecting when the year is over
SETTLE_SECONDS = 600
BEFORE_LAUNCH = ("draft", "in_review", "changes_asked", "rejected", "approved")
Status = Campaign.Status


@dataclass
class Outcome:
    """What came of the year: gifts, and campaigns that do not stand as the plan says."""

    campaigns: int = 0
    gifts: int = 0
    differences: list[str] = field(default_factory=list)


class Year:
    """One year on one running fund. Repeat-safe as far as gifts and organisers go; a campaign is opened once."""

    def __init__(self, *, site_url: str, pay_url: str, month_seconds: float, say: Callable[[str], None]) -> None:
        self.site_url = site_url
        self.pay_url = pay_url
        self.month_seconds = month_seconds
        self.say = say
        self.organisers_planned, self.planned = planned_year()
        self.found: dict[str, Campaign] = {}
        self.gifts: list[Future[None]] = []

    def play(self) -> Outcome:
        """Let the months pass, wait until all is decided and final, compare with the plan."""
        self.council = acts.seat_council()
        self.hands = treasury.seat_hands()
        self.organisers = {one.slug: acts.verify_organiser(one, self.council[0]) for one in self.organisers_planned}
        self.say(f"{len(self.organisers)} organisers are verified; {len(self.planned)} campaigns wait for their month.")
        began = time.monotonic()
        with ThreadPoolExecutor(DONORS_AT_ONCE) as self.donors:
            for month in range(1, MONTHS + 1):
                self._begin(month)
                self._go_on(month)
                time.sleep(max(0.0, began + month * self.month_seconds - time.monotonic()))
            for gift in self.gifts:
                gift.result()
        self._settle()
        return self._compare()

    def _begin(self, month: int) -> None:
        opened = [planned for planned in self.planned if planned.opens == month]
        for planned in opened:
            self.found[planned.slug] = self._open(planned, self.organisers[planned.organiser])
            self.gifts += [self.donors.submit(self._give, self.found[planned.slug], gift) for gift in planned.gifts()]
        self.say(f"month {month} of {MONTHS}: {len(opened)} campaigns begin, {len(self.gifts)} gifts so far")

    def _open(self, planned: PlannedCampaign, organiser: Organiser) -> Campaign:
        lasts = self._lasts(planned)
        campaign = acts.write_campaign(planned, organiser, lasts=lasts)
        if planned.end == Status.DRAFT or campaign.status != Status.DRAFT:
            return campaign
        acts.hand_in_campaign(planned, campaign, lasts=lasts)
        if planned.end in {Status.CHANGES_ASKED, Status.REJECTED}:
            action = "ask_changes" if planned.end == Status.CHANGES_ASKED else "reject"
            acts.refuse(campaign, action, self.council[0], planned.because)
        elif planned.end != Status.IN_REVIEW:
            acts.approve(campaign, self.council)
            if planned.end != Status.APPROVED:
                acts.launch(campaign)
        campaign.refresh_from_db()
        return campaign

    def _lasts(self, planned: PlannedCampaign) -> timedelta | None:
        if planned.lasts == 0:
            return None
        if planned.end == Status.LIVE or planned.end in BEFORE_LAUNCH:
            return STAYS_OPEN
        return timedelta(seconds=planned.lasts * self.month_seconds)

    def _give(self, campaign: Campaign, gift: PlannedGift) -> None:
        """Be one donor, from an address of their own."""
        calls = DonorCalls(site_url=self.site_url, pay_url=self.pay_url, address=_address(campaign, gift))
        words = {
            "key": gift.key, "amount": str(gift.roubles), "email": gift.email, "offer": "on", "personal_data": "on",
        } | ({"is_kept_if_late": "on"} if gift.is_kept_if_late else {})  # fmt: skip
        given = calls.give_by_form(campaign=campaign.slug, words=words)
        if given["status"] == "pending":
            calls.pay(gift=given, card=gift.card)

    def _go_on(self, month: int) -> None:
        """Take the steps that are due: work begins when the money is there, a report follows, a few are cancelled."""
        for planned in self.planned:
            campaign = self.found.get(planned.slug)
            if campaign is None or planned.opens >= month:
                continue
            campaign.refresh_from_db()
            if campaign.status == Status.FUNDED and planned.end in {Status.DELIVERING, Status.REPORTED}:
                acts.carry_out(campaign, self.hands)
                acts.tell_news(campaign, "Работа началась", "Деньги собраны, **первые закупки** сделаны.")
            elif campaign.status == Status.DELIVERING and planned.end == Status.REPORTED:
                acts.report(campaign, spent_kopecks=_spent(campaign))
            elif planned.end == Status.CANCELLED and campaign.status in {Status.LIVE, Status.FUNDED}:
                acts.cancel(campaign, self.council, planned.because)
                acts.answer_some(campaign)

    def _settle(self) -> None:
        """Wait until every campaign is where the plan wants it and no money is on its way."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            self._go_on(MONTHS + 1)
            if not self._differences() and not self._unfinished():
                return
            time.sleep(1)

    def _unfinished(self) -> bool:
        return bool(Donation.objects.filter(campaign__in=self.found.values()).unfinished().exists())

    def _differences(self) -> list[str]:
        found = Campaign.objects.filter(pk__in=[one.pk for one in self.found.values()])
        stand = dict(found.values_list("pk", "status"))
        return [
            f"{planned.slug}: {stand[self.found[planned.slug].pk]}, not {planned.end}"
            for planned in self.planned
            if stand[self.found[planned.slug].pk] != planned.end
        ]

    def _compare(self) -> Outcome:
        outcome = Outcome(len(self.found), len(self.gifts), self._differences())
        if self._unfinished():
            outcome.differences.append("money, receipts or letters of the year are still under way")
        return outcome


def _spent(campaign: Campaign) -> int:
    from campaigns.selectors import figures

    return int(figures(campaigns=[campaign])[campaign.slug].spent_kopecks)


def _address(campaign: Campaign, gift: PlannedGift) -> str:
    """Return an address of this machine for this donor alone: limits count by address."""
    return f"127.3.{campaign.pk % 250 + 1}.{gift.number % 250 + 1}"
