"""What worker and beat do about the shop. Each is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from merch.carts.basket import forget_old_carts
from merch.catalogue import waiting
from merch.catalogue.feed import keep_feed
from people.tasks import send_soon

EXPIRES_SECONDS = 30


@shared_task(name="merch.tell_waiting", expires=EXPIRES_SECONDS)
def tell_waiting() -> None:
    """Queue letters to those who wait for what is there again."""
    for letter in waiting.tell_some(limit=settings.NEWS_PER_TICK, now=timezone.now()):
        send_soon(letter=letter)


@shared_task(name="merch.write_feed", expires=EXPIRES_SECONDS)
def write_feed() -> None:
    """Write the shop's feed before somebody asks for it."""
    keep_feed(now=timezone.localtime())


@shared_task(name="merch.tidy_wishes", expires=EXPIRES_SECONDS)
def tidy_wishes() -> None:
    """Forget who waited too long, and let those wait on whom a letter missed."""
    waiting.tidy_up(now=timezone.now())


@shared_task(name="merch.forget_carts", expires=EXPIRES_SECONDS)
def forget_carts() -> None:
    """Forget carts that nobody has touched for long."""
    forget_old_carts(now=timezone.now())
