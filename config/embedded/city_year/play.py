"""Plays the year: months pass as quickly as is said, deadlines are decided by beat, money goes by the emulator."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections

from campaigns.models import Campaign, Donation
from config.embedded.city_year import acts, applying
from config.embedded.city_year.cast import seat_cast
from config.embedded.city_year.paths import PATHS
from config.embedded.city_year.plan import MONTHS
from config.embedded.city_year.scene import Scene
from config.embedded.donors import FormRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from campaigns.models import Organiser
    from config.embedded.city_year.plan import PlannedCampaign, PlannedGift, PlannedPath, PlannedYear
    from emulator.control import EmulatorControl

DONORS_AT_ONCE = 8
STAYS_OPEN = timedelta(days=60)  # of what is still collecting when the year is over, or stopped before
SETTLE_SECONDS = 600
TICK_SECONDS = 1.0
BEFORE_LAUNCH = ("draft", "in_review", "changes_asked", "rejected", "approved")
Status = Campaign.Status


@dataclass
class Outcome:
    """What came of the year: how much was played, and whatever does not stand as the plan says."""

    campaigns: int = 0
    gifts: int = 0
    paths: int = 0
    differences: list[str] = field(default_factory=list)


class Year:
    """One year on one running fund. Repeat-safe: a year that was cut may be played again, and goes on.

    What it can't bring back are gifts to a campaign whose deadline passed meanwhile: these it names as differences.
    """

    def __init__(
        self,
        *,
        plan: PlannedYear,
        site_url: str,
        pay_url: str,
        control: EmulatorControl,
        month_seconds: float,
        say: Callable[[str], None],
    ) -> None:
        self.plan = plan
        self.month_seconds = month_seconds
        self.say = say
        self.cast = seat_cast()
        self.scene = Scene(site_url=site_url, pay_url=pay_url, control=control, cast=self.cast)
        self.found = self.scene.found
        self.gifts: dict[str, list[Future[None]]] = {}
        self.refused: Counter[str] = Counter()
        self.happened: set[PlannedPath] = set()

    def play(self) -> Outcome:
        """Let the months pass, wait until all is decided and final, compare with the plan."""
        people, waiting = self.plan.organisers, self.plan.campaigns
        self.organisers = {one.slug: applying.seat_organiser(one, self.cast.council[0]) for one in people}
        self.say(f"{len(people)} organisers applied; {len(waiting)} campaigns wait for their month.")
        first, began = self.plan.first_month, time.monotonic()
        with ThreadPoolExecutor(DONORS_AT_ONCE) as self.donors:
            for month in range(first, MONTHS + 1):
                self._begin(month)
                self._pass(month, until=began + (month - first + 1) * self.month_seconds)
            for gift in self._all_gifts():
                gift.result()
        self._settle()
        return self._compare()

    def _begin(self, month: int) -> None:
        opened = [planned for planned in self.plan.campaigns if planned.opens == month]
        for planned in opened:
            self.found[planned.slug] = self._open(planned, self.organisers[planned.organiser])
            self.gifts[planned.slug] = [self.donors.submit(self._give, gift) for gift in planned.gifts()]
        self.say(f"month {month} of {MONTHS}: {len(opened)} campaigns begin, {len(self._all_gifts())} gifts so far")

    def _pass(self, month: int, *, until: float) -> None:
        """Let a month pass: steps are taken once at least, however short it is."""
        self._go_on(month)
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(TICK_SECONDS, left))
            self._go_on(month)

    def _open(self, planned: PlannedCampaign, organiser: Organiser) -> Campaign:
        """Lead a campaign to where it begins, or stays; steps that were taken before are not taken again."""
        lasts = self._lasts(planned)
        campaign = acts.write_campaign(planned, organiser, lasts=lasts)
        if campaign.status == Status.DRAFT and planned.end != Status.DRAFT:
            acts.hand_in_campaign(planned, campaign, lasts=lasts)
            campaign.refresh_from_db()
        if campaign.status == Status.IN_REVIEW and planned.end != Status.IN_REVIEW:
            self._review(planned, campaign)
            campaign.refresh_from_db()
        if campaign.status == Status.APPROVED and planned.end != Status.APPROVED:
            acts.launch(campaign)
            campaign.refresh_from_db()
        return campaign

    def _review(self, planned: PlannedCampaign, campaign: Campaign) -> None:
        if planned.end in {Status.CHANGES_ASKED, Status.REJECTED}:
            action = "ask_changes" if planned.end == Status.CHANGES_ASKED else "reject"
            acts.refuse(campaign, action, self.cast.council[0], planned.because)
        else:
            acts.approve(campaign, self.cast.council)

    def _lasts(self, planned: PlannedCampaign) -> timedelta | None:
        if planned.lasts == 0:
            return None
        if planned.end in {Status.LIVE, Status.CANCELLED, *BEFORE_LAUNCH}:
            return STAYS_OPEN
        return timedelta(seconds=planned.lasts * self.month_seconds)

    def _give(self, gift: PlannedGift) -> None:
        """Be one donor; whom the form refuses, most often for being too late, is told of in the end."""
        try:
            self.scene.give(gift)
        except FormRefusedError:
            self.refused[gift.campaign] += 1
        finally:
            connections.close_all()

    def _all_gifts(self) -> list[Future[None]]:
        return [gift for gifts in self.gifts.values() for gift in gifts]

    def _go_on(self, month: int) -> None:
        """Take the steps that are due: of campaigns opened before this month, and of paths."""
        for planned in self.plan.campaigns:
            campaign = self.found.get(planned.slug)
            if campaign is not None and planned.opens < month:
                campaign.refresh_from_db()
                self._lead(planned, campaign)
        for path in self.plan.paths:
            if path.month <= month and path.campaign in self.found and path not in self.happened:
                self._walk(path)

    def _lead(self, planned: PlannedCampaign, campaign: Campaign) -> None:
        """Take a campaign's next step: work begins when the money is there, a report follows, a few are cancelled."""
        if campaign.status == Status.FUNDED and planned.end in {Status.DELIVERING, Status.REPORTED}:
            acts.carry_out(campaign, (self.cast.treasurer, self.cast.signer))
            acts.tell_news(campaign, "Работа началась", "Деньги собраны, **первые закупки** сделаны.")
        elif campaign.status == Status.DELIVERING and planned.end == Status.REPORTED:
            acts.report(campaign, spent_kopecks=_spent(campaign))
        elif planned.end == Status.CANCELLED and self._is_to_be_stopped(planned, campaign):
            acts.cancel(campaign, self.cast.council, planned.because)

    def _is_to_be_stopped(self, planned: PlannedCampaign, campaign: Campaign) -> bool:
        is_given = all(gift.done() for gift in self.gifts[planned.slug])
        return is_given and campaign.status in {Status.LIVE, Status.FUNDED}

    def _walk(self, path: PlannedPath) -> None:
        try:
            is_over = PATHS[path.name](self.scene, path)
        except FormRefusedError:
            self.refused[path.campaign] += 1
            return
        if is_over:
            self.happened.add(path)
            self.say(f"{path.campaign}: {path.name}")

    def _settle(self) -> None:
        """Wait until everything is where the plan wants it and no money is on its way."""
        self.say("the year is over; what is under way is waited for")
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            self._go_on(MONTHS + 1)
            if not self._differences() and not self._unfinished():
                return
            time.sleep(TICK_SECONDS)

    def _unfinished(self) -> bool:
        return bool(Donation.objects.filter(campaign__in=self.found.values()).unfinished().exists())

    def _differences(self) -> list[str]:
        found = Campaign.objects.filter(pk__in=[one.pk for one in self.found.values()])
        stand = dict(found.values_list("pk", "status"))
        campaigns = [
            f"{planned.slug}: {stand[self.found[planned.slug].pk]}, not {planned.end}"
            for planned in self.plan.campaigns
            if stand[self.found[planned.slug].pk] != planned.end
        ]
        paths = (path for path in self.plan.paths if path not in self.happened)
        return campaigns + [f"{path.campaign}: {path.name} has not happened" for path in paths]

    def _compare(self) -> Outcome:
        gifts = len(self._all_gifts()) + sum(len(path.gifts) for path in self.plan.paths)
        outcome = Outcome(len(self.found), gifts, len(self.happened), self._differences())
        for planned in self.plan.organisers:
            found = self.organisers[planned.slug]
            found.refresh_from_db()
            if not applying.stands(planned, found):
                outcome.differences.append(f"{planned.slug}: {found.state}, not {planned.end}")
        outcome.differences += [f"{slug}: {number} gifts were refused" for slug, number in self.refused.items()]
        if self._unfinished():
            outcome.differences.append("money, receipts or letters of the year are still under way")
        return outcome


def _spent(campaign: Campaign) -> int:
    from campaigns.selectors import figures

    return int(figures(campaigns=[campaign])[campaign.slug].spent_kopecks)
