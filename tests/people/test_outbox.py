"""Letters are rows first: each goes out once, whoever else tries, and keeps nothing of the person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connections, transaction

from people import letters, tasks
from people.letters import UnknownKindError, Words
from people.models import MOST_ATTEMPTS, Donor, Letter, User
from people.outbox import overdue_letters, queue_letter, retry_letter, send_letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage
    from pytest_django.fixtures import Settings

HOUR = timedelta(hours=1)


class BusyBackend(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:  # noqa: ARG002 - Django's signature
        raise SMTPServerDisconnected("to code@example.org")


def ready(key: str = "k", to: Donor | User | str = "code@example.org", **more: object) -> Letter:
    words = Words("Код", "Ваш код 123456")
    return queue_letter(kind="account", key=key, to=to, words=words, now=make.NOW, **more)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_same_key_is_the_same_letter() -> None:
    assert ready() == ready(to="other@example.org")
    assert ready("other") != ready()
    assert list(Letter.objects.order_by("pk").values_list("address", flat=True)) == ["code@example.org"] * 2


@pytest.mark.django_db
def test_a_letter_with_words_loses_them_once_it_is_sent() -> None:
    letter = ready()
    for _ in range(2):
        send_letter(letter_id=letter.pk, now=make.NOW)

    assert [(sent.subject, sent.body, sent.to) for sent in mail.outbox] == [
        ("Код", "Ваш код 123456", ["code@example.org"])
    ]
    letter.refresh_from_db()
    assert (letter.subject, letter.body, letter.sent_at, letter.state) == ("", "", make.NOW, "sent")


@pytest.mark.django_db
def test_a_letter_goes_where_its_user_is_now() -> None:
    user = User.objects.create_user("old@example.org")
    letter = ready(to=user)
    User.objects.update(email="new@example.org")
    send_letter(letter_id=letter.pk, now=make.NOW)

    assert mail.outbox[0].to == ["new@example.org"]
    user.delete()
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_letter_that_is_of_no_more_use_is_not_sent_and_keeps_nothing() -> None:
    letter = ready(expires_at=make.NOW + HOUR)
    send_letter(letter_id=letter.pk, now=make.NOW + HOUR)

    letter.refresh_from_db()
    assert (letter.state, letter.failure, letter.subject, letter.body, letter.address) == (
        "given_up", "Expired", "", "", "",
    )  # fmt: skip
    assert (mail.outbox, retry_letter(letter_id=letter.pk, now=make.NOW)) == ([], False)


@pytest.mark.django_db
def test_a_failure_is_noted_by_its_name_alone_and_tried_later(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BusyBackend"
    letter = ready()
    send_letter(letter_id=letter.pk, now=make.NOW)

    letter.refresh_from_db()
    assert (letter.failure, letter.attempts, letter.due_at) == (
        "SMTPServerDisconnected", 1, make.NOW + timedelta(seconds=40),
    )  # fmt: skip
    assert overdue_letters(now=make.NOW + timedelta(seconds=59)) == []
    assert overdue_letters(now=make.NOW + timedelta(seconds=60)) == [letter.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"attachment": "receipts/gone.pdf"}, "FileNotFoundError"),
        ({"subject": "Код\nBcc: all@example.org"}, "BadHeaderError"),
        ({"kind": "receipt", "context": {"donation": 404}}, "DoesNotExist"),
    ],
)
def test_a_letter_that_cant_be_written_is_put_off_like_one_that_cant_be_sent_and_holds_up_no_other(
    change: dict[str, Any], failure: str
) -> None:
    letter = ready()
    Letter.objects.update(**change)
    send_letter(letter_id=letter.pk, now=make.NOW)

    letter.refresh_from_db()
    assert (letter.attempts, letter.failure, letter.sent_at) == (1, failure, None)
    assert letter.due_at > make.NOW
    assert mail.outbox == []
    Letter.objects.update(attempts=MOST_ATTEMPTS - 1)
    send_letter(letter_id=letter.pk, now=make.NOW + HOUR)
    assert Letter.objects.get().state == "given_up"


@pytest.mark.django_db
def test_a_kind_that_nobody_knows_stays_in_the_queue() -> None:
    letter = queue_letter(kind="unheard", key="k", to="a@example.org", now=make.NOW)

    with pytest.raises(UnknownKindError):
        send_letter(letter_id=letter.pk, now=make.NOW)
    assert overdue_letters(now=make.NOW + HOUR) == [letter.pk]
    assert "unheard" not in letters.titles()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"sent_at": make.NOW, "body": "x"}, "letter_sent_keeps_no_words"),
        ({"sent_at": make.NOW, "given_up_at": make.NOW, "body": "", "subject": ""}, "letter_sent_keeps_no_words"),
        ({"donor_id": 1}, "letter_to_a_donor_has_no_other_address"),
        ({"user_id": 1}, "letter_to_a_user_has_no_address"),
    ],
)
def test_the_database_refuses_a_letter_that_keeps_too_much(values: dict[str, object], name: str) -> None:
    letter = ready()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**values)


@pytest.mark.usefixtures("committed")
def test_ten_workers_send_one_letter() -> None:
    letter = ready()

    def one(_: int) -> None:
        send_letter(letter_id=letter.pk, now=make.NOW)
        connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(one, range(10)))
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("committed")
def test_the_sweep_hands_overdue_letters_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = ready()
    Letter.objects.update(due_at=make.NOW - HOUR)
    monkeypatch.setattr(tasks.send_letter, "apply_async", lambda kwargs, **_options: tasks.send_letter(**kwargs))
    tasks.sweep_letters()

    letter.refresh_from_db()
    assert letter.state == "sent"


class StoppableLetter(letters.ReadyLetter):
    """A kind that a person may stop."""

    is_wanted = True

    def write(self, *, letter: Letter) -> Words:
        if not self.is_wanted:
            raise letters.NotWantedError
        words = super().write(letter=letter)
        return Words(words.subject, words.body, unsubscribe_address="https://fund.example/stop/x/")


@pytest.fixture
def stoppable(monkeypatch: pytest.MonkeyPatch) -> StoppableLetter:
    kind = StoppableLetter("Новости")  # type: ignore[arg-type]  # a title as any other
    monkeypatch.setitem(letters._registry, "account", kind)
    return kind


@pytest.mark.django_db
@pytest.mark.usefixtures("stoppable")
def test_a_kind_that_may_be_stopped_says_where_in_the_headers_of_rfc_8058() -> None:
    send_letter(letter_id=ready().pk, now=make.NOW)

    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe"] == "<https://fund.example/stop/x/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.django_db
def test_a_letter_that_can_t_be_stopped_has_no_such_headers() -> None:
    send_letter(letter_id=ready().pk, now=make.NOW)

    assert "List-Unsubscribe" not in mail.outbox[0].message()


@pytest.mark.django_db
def test_who_stopped_the_letters_after_one_was_queued_does_not_get_it_and_nobody_is_troubled(
    stoppable: StoppableLetter,
) -> None:
    letter = ready()
    stoppable.is_wanted = False
    send_letter(letter_id=letter.pk, now=make.NOW)

    letter.refresh_from_db()
    assert (letter.state, letter.failure, letter.body, letter.address) == ("given_up", "NotWanted", "", "")
    assert (mail.outbox, retry_letter(letter_id=letter.pk, now=make.NOW)) == ([], False)
    assert not Letter.objects.given_up().exists()
