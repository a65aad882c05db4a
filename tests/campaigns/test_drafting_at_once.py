"""Two tabs that save at the same moment: one is kept, the other is told."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import uuid4

from django.db import connections

from campaigns.drafting import services
from campaigns.models import Draft
from tests import make


def test_two_tabs_that_save_at_once_are_one_after_the_other(committed: str) -> None:
    campaign = services.start_campaign(
        organiser=make.organiser(), title="Сад", summary="Липы", key=uuid4(), now=make.NOW
    )
    start, answers = Barrier(2), []

    def save(tab: str) -> None:
        start.wait()
        try:
            services.save_draft(
                campaign_id=campaign.pk, words={"summary": tab}, version=0, tab=tab, terms=None, heading={},
                now=make.NOW,
            )  # fmt: skip
            answers.append(tab)
        except services.OvertakenError:
            answers.append("overtaken")
        finally:
            connections.close_all()

    threads = [Thread(target=save, args=(tab,)) for tab in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers)[1:] == ["overtaken"]
    assert Draft.objects.get().words["summary"] == min(answers)
