"""What the worker does about papers of orders. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from merch.papers import asking, making

EXPIRES_SECONDS = 60


@shared_task(name="merch.make_paper")
def make_paper(*, paper_id: int) -> None:
    """Make one paper."""
    making.make_paper(paper_id=paper_id, now=timezone.now())


@shared_task(name="merch.sweep_papers", expires=30)
def sweep_papers() -> None:
    """Take away papers whose time is over, and find those that were asked for a while ago and are not made."""
    asking.forget_papers(now=timezone.now())
    for paper_id in asking.lost_papers(now=timezone.now()):
        make_paper.apply_async(kwargs={"paper_id": paper_id}, expires=EXPIRES_SECONDS)
