"""What the rooms below are told of this one: its letters, its page at the desk, what goes with an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from campaigns.models import NewsKind
from campaigns.telling.kinds import (
    CONFIRM_FOLLOW,
    CONFIRM_QUESTION,
    WAITING,
    AnswerLetter,
    ConfirmFollowLetter,
    ConfirmQuestionLetter,
    NewsLetter,
    WaitingLetter,
    news_kind,
)
from campaigns.telling.readers import forget_words
from people import erasure
from people.desk import PROJECTS, add_page
from people.letters import register

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


def join() -> None:
    """Tell the rooms below; called from ``AppConfig.ready``."""
    for kind in NewsKind:
        register(news_kind(kind), AnswerLetter() if kind == NewsKind.ANSWERS else NewsLetter(kind, kind.label))
    register(CONFIRM_FOLLOW, ConfirmFollowLetter())
    register(CONFIRM_QUESTION, ConfirmQuestionLetter())
    register(WAITING, WaitingLetter())
    erasure.forget_with("telling", forget_account)
    add_page(
        group=PROJECTS,
        title=_("What people write"),
        url_name="words:queue",
        permission="campaigns.moderate_words",
        icon="forum",
    )


def forget_account(*, user: User, now: datetime) -> None:
    """Empty what somebody wrote when signed in, and end what they follow. Joins the caller's transaction."""
    forget_words(email=user.email, users=[user.pk], now=now)
