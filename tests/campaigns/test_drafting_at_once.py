"""Two tabs that save or send at the same moment: one is kept, the other is told."""

from __future__ import annotations

from io import BytesIO
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections
from PIL import Image

from campaigns.drafting import pictures, services
from campaigns.drafting.imaging import Crop
from campaigns.models import CampaignPicture, Draft
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


@pytest.mark.usefixtures("own_files")
@pytest.mark.parametrize("kind", ["cover", "story"])
def test_a_picture_sent_twice_at_once_is_one(committed: str, kind: str) -> None:
    campaign, drawn = make.draft(by=make.organiser()), BytesIO()
    Image.new("RGB", (300, 300), "green").save(drawn, "PNG")
    start, kept = Barrier(4), []

    def send() -> None:
        start.wait()
        try:
            found = pictures.add_picture(
                campaign_id=campaign.pk, kind=kind, content=BytesIO(drawn.getvalue()), alt="Липы", crop=Crop(),
                now=make.NOW,
            )  # fmt: skip
            kept.append(found.pk)
        finally:
            connections.close_all()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(kept), set(kept)) == (4, {CampaignPicture.objects.get().pk})
