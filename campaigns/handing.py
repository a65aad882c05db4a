"""Hands work to the worker by its name, so that the site's own processes load no PDF engine."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction


def soon(task: str, **ids: int) -> None:
    """Let the worker run a task as soon as what it is about is committed; a sweep finds what is lost here."""
    transaction.on_commit(partial(current_app.send_task, task, kwargs=ids), robust=True)
