"""What tests of news, questions and comments begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.test import Client

from campaigns.telling import comments, questions, updates
from campaigns.telling.questions import Words
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign, Comment, Question, Update
    from people.models import User

SCRIPT = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.example/y.png)"


def own_project(slug: str = "sad") -> tuple[Campaign, Client]:
    """Return a live campaign and its organiser's browser."""
    by = make.organiser()
    assert by.user is not None
    return make.campaign(slug, by=by), make.sign_in(Client(), by.user, second_factor=False)


def published(campaign: Campaign, number: int = 1, body: str = "Посадили **сто** деревьев") -> Update:
    draft = updates.write_update(
        campaign=campaign, title=f"Новость {number}", body=body, key=f"u{campaign.pk}-{number}", now=make.NOW
    )
    return updates.publish_update(update_id=draft.pk, now=make.NOW + timedelta(days=number))


def asked(campaign: Campaign, number: int = 1, email: str = "anna@example.org") -> Question:
    words = Words(text=f"Когда начнёте {number}?", key=f"q{campaign.pk}-{number}")
    return questions.ask_question(
        campaign=campaign, words=words, email=email, is_known=True, address=f"10.0.{number}.1", now=make.NOW
    )[0]


def commented(campaign: Campaign, number: int = 1, user: User | None = None) -> Comment:
    author = comments.Author(user=user or make.user())
    words = Words(text=f"Слово {number}", key=f"c{campaign.pk}-{number}")
    return comments.write_comment(
        campaign=campaign, words=words, author=author, address=f"10.1.{number}.1", now=make.NOW
    )


def moderator() -> Client:
    return make.sign_in(Client(), make.staff("moderator"))
