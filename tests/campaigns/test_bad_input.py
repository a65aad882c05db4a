"""Bad input that is asked of many doors alike: a wrong secret, a script, a text without end, a picture that is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.drafting.forms import CampaignForms
from campaigns.models import Acceptance, CampaignPicture, Comment, Organiser, Question, RefundRequest, Update
from campaigns.organisers import reviewing
from campaigns.organisers.applying import Account, hand_in, save_requisites
from campaigns.repurposing import asking
from campaigns.telling import comments, questions
from campaigns.telling.questions import Words
from people.models import Letter
from people.outbox import send_letter
from tests import make
from tests.campaigns import organiser_papers, wishes
from tests.campaigns.talking import SCRIPT, asked, moderator, own_project, published
from tests.campaigns.test_pictures import SVG, bomb

if TYPE_CHECKING:
    from people.models import User

pytestmark = pytest.mark.django_db
WRONG = "A" * 43
LATER = make.NOW + timedelta(hours=1)
HARM, SHOWN = "<script>alert(1)", "&lt;script&gt;alert(1)"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def read(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_wrong_secret_opens_nothing_and_changes_nothing(client: Client) -> None:
    wishes.owed_gift(wishes.owed_campaign())
    typed = {**wishes.PAYEE, "reason": "Верните", "amount": "100", "recurring": "on", "answer": "return"} | {
        "text": "Слова", "key": str(uuid4()),
    }  # fmt: skip
    paths = [
        f"/gifts/{WRONG}/{part}/" for part in ("refund", "take-back", "bank", "purpose", "follow", "comment", "state")
    ]
    paths += [f"/monthly/{WRONG}/{part}" for part in ("", "stop/", "sum/", "card/")]
    told = {
        path: {client.get(path).status_code, client.post(path, typed).status_code, Client().head(path).status_code}
        for path in paths
    }

    assert {path: codes for path, codes in told.items() if 404 not in codes or not codes <= {404, 405}} == {}
    assert (RefundRequest.objects.count(), Comment.objects.count(), Letter.objects.count()) == (0, 0, 0)


def harmful(pages: dict[str, str]) -> list[str]:
    """Return which pages let a script through, or do not show its words at all."""
    return [name for name, page in pages.items() if HARM in page or 'href="javascript:' in page or SHOWN not in page]


def assert_plain() -> None:
    """Check that letters are plain words, where a script is one and nothing is escaped."""
    assert {message.content_subtype for message in mail.outbox} == {"plain"}
    assert [one for one in mail.outbox if getattr(one, "alternatives", [])] == []
    assert HARM in str(mail.outbox[-1].body)
    assert SHOWN not in str(mail.outbox[-1].body)


def test_a_script_of_an_applicant_is_words(client: Client, person: User) -> None:
    organiser_papers.begun(person, about=SCRIPT)
    account = Account(holder="person", **organiser_papers.PERSON | {"name": SCRIPT})
    save_requisites(user=person, account=account, now=make.NOW)
    applied = hand_in(user=person, seen=organiser_papers.seen(), now=make.NOW)
    council = make.sign_in(Client(), make.staff("council_member"))
    desk = read(council.get(f"/desk/organisers/{applied.pk}/"))
    checks = reviewing.wanted_checks(organiser=applied)
    reviewing.verify(organiser_id=applied.pk, user=make.staff("council_member"), checks=checks, now=LATER)
    applied.refresh_from_db()

    assert harmful({"at the desk": desk, "in public": read(client.get(applied.get_absolute_url()))}) == []
    assert desk.count(SHOWN) >= 2, "what is said, and who is paid"


def test_a_script_of_who_comments_or_asks_is_words(client: Client) -> None:
    campaign, organiser = own_project()
    words = Words(text=SCRIPT, key="q", public_name=SCRIPT[:60])
    author = comments.Author(user=make.user())
    told = comments.write_comment(campaign=campaign, words=words, author=author, address="10.0.0.1", now=make.NOW)
    pages = {"a comment at the desk": read(moderator().get("/desk/words/"))}
    moderator().post(f"/desk/words/{told.pk}/approve/")
    pages["a comment"] = read(client.get("/projects/sad/comments/"))
    question, letter = questions.ask_question(
        campaign=campaign, words=words, email="anna@example.org", is_known=False, address="10.0.0.2", now=make.NOW
    )
    assert letter is not None
    send_letter(letter_id=letter.pk, now=make.NOW)
    path = next(word for word in str(mail.outbox[0].body).split() if "/letters/" in word).partition("/letters")[2]
    pages["a question to be confirmed"] = read(client.get(f"/letters{path}"))
    client.post(f"/letters{path}")
    answers = f"/me/projects/sad/questions/{question.pk}/"
    pages["a question to be answered"] = read(organiser.get(answers))
    organiser.post(answers, {"answer": SCRIPT})
    pages["a question answered"] = read(client.get("/projects/sad/questions/"))
    send_letter(letter_id=Letter.objects.get(kind="news_answers").pk, now=make.NOW)

    assert harmful(pages) == []
    assert pages["a comment"].count(SHOWN) >= 2, "the text, and the name"
    assert_plain()


def test_a_script_in_why_a_purpose_changes_is_words(client: Client) -> None:
    campaign = make.campaign()
    gift, one, other = (
        make.paid_donation(campaign, number=1),
        make.staff("council_member"),
        make.staff("council_member"),
    )
    made = asking.propose_question(campaign_id=campaign.pk, reason=SCRIPT, answer_days=14, user=one, now=make.NOW)
    asking.confirm_question(question_id=made.pk, user=other, now=make.NOW)
    asking.ask_donors(question_id=made.pk, limit=9, now=make.NOW)
    send_letter(letter_id=Letter.objects.get(kind="purpose_asked").pk, now=make.NOW)
    pages = {
        "in public": read(client.get("/projects/sad/")),
        "for the donor": read(client.get(f"/gifts/{gift.token}/purpose/")),
        "at the desk": read(make.sign_in(Client(), one).get(made.get_absolute_url())),
    }

    assert harmful(pages) == []
    assert_plain()


def test_a_script_in_a_budget_is_words() -> None:
    by = make.organiser()
    campaign = make.draft(by=by)
    campaign.budget_lines.update(title=SCRIPT, note=SCRIPT)
    client = make.sign_in(Client(), by.user, second_factor=False)  # type: ignore[arg-type]
    pages = [read(client.get(f"/me/projects/park/{part}/")) for part in ("preview", "edit")]
    make.launch(make.approve(campaign))
    pages += [read(Client().get("/projects/park/")), read(client.get("/me/projects/park/amend/"))]

    assert [SHOWN in page and HARM not in page for page in pages] == [True] * 4


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ({"title": "я" * 120, "note": "я" * 300}, 0), ({"title": "я" * 121}, 1), ({"note": "я" * 301}, 1),
        ({"title": "я" * 5000}, 1), ({"amount": "9" * 400}, 1), ({"title": "\u202e"}, 1),
    ],
)  # fmt: skip
def test_a_line_without_end_is_kept_as_typed_and_not_handed_in(line: dict[str, str], faults: int) -> None:
    by = make.organiser()
    campaign = make.draft(by=by)
    client = make.sign_in(Client(), by.user, second_factor=False)  # type: ignore[arg-type]
    typed = {"lines-TOTAL_FORMS": "1", "lines-0-title": "Липы", "lines-0-amount": "100", "version": "0", "tab": "a"}
    client.post("/me/projects/park/edit/", typed | {f"lines-0-{name}": value for name, value in line.items()})
    client.post("/me/projects/park/step/submit/")
    campaign.refresh_from_db()
    missing = CampaignForms(campaign.draft.words, now=make.NOW).missing()

    assert [field for field, _told in missing].count("Смета, строка 1") == faults
    assert campaign.status == "draft"
    assert campaign.budget_lines.get().title == "Саженцы"


def test_an_answer_to_a_donor_has_an_end(treasurer: User) -> None:
    wish = wishes.ask(wishes.project_gift())
    desk = make.sign_in(Client(), treasurer)
    for answer, code in (("я" * 501, 422), ("\u200b", 422), ("я" * 500, 302)):
        assert desk.post(f"/desk/wishes/{wish.pk}/decline/", {"answer": answer}).status_code == code

    assert RefundRequest.objects.get().answer == "я" * 500


@pytest.mark.parametrize("sha256", ["0" * 64, "0" * 65, "я" * 100_000, "\x00", "\u200b", ""])
def test_an_agreement_is_to_what_was_shown(browser: Client, person: User, sha256: str) -> None:
    organiser_papers.begun(person)
    seen = {f"{kind}_sha256": digest for kind, digest in organiser_papers.seen().items()}
    typed = {"organiser": "on", "organiser_data": "on"} | seen | {"organiser_sha256": sha256}
    assert browser.post("/me/organiser/agreement/", typed).status_code in {302, 422}

    assert (Organiser.objects.get().state, Acceptance.objects.count()) == ("applying", 0)


@pytest.mark.usefixtures("own_files")
@pytest.mark.parametrize("kind", ["cover", "story", "report"])
def test_no_kind_of_picture_takes_what_is_none(kind: str) -> None:
    by = make.organiser()
    campaign = make.campaign(by=by) if kind == "report" else make.draft("sad", by=by)
    client = make.sign_in(Client(), by.user, second_factor=False)  # type: ignore[arg-type]
    if kind == "report":
        make.end(campaign, at=make.NOW)
        client.post("/me/projects/sad/step/deliver/")
    contents = {"40 megapixels": bomb(8000, 5000), "a script": SVG, "nothing": b"", "words": b"GIF89a"}
    told = {}
    for name, content in contents.items():
        file = SimpleUploadedFile("a.jpg", content, content_type="image/jpeg")
        typed = {"kind": kind, "alt": "Липы", "picture": file}
        told[name] = client.post("/me/projects/sad/pictures/", typed).status_code

    assert told == dict.fromkeys(contents, 422)
    assert CampaignPicture.objects.count() == 0


def test_news_and_answers_are_neither_empty_nor_without_end() -> None:
    campaign, client = own_project()
    update, question = published(campaign), asked(campaign)
    news, answers = f"/me/projects/sad/updates/{update.pk}/", f"/me/projects/sad/questions/{question.pk}/"
    whole = {"title": "Новость", "body": "Слова", "key": str(uuid4())}
    told = {
        (path, name, text[:2]): client.post(path, whole | {name: text})
        for path, name, most in ((news, "title", 120), (news, "body", 20_000), (answers, "answer", 5000))
        for text in ("", " \n", "\u200b", "я" * (most + 1))
    }

    assert {key: answer.status_code for key, answer in told.items() if answer.status_code != 422} == {}
    assert (Update.objects.get().body, Question.objects.get().answer) == (update.body, "")
    assert client.post(answers, {"answer": "я" * 5000}).status_code == 302


def test_a_donors_comment_is_written_once_and_has_an_end(client: Client) -> None:
    path = f"/gifts/{make.paid_donation(make.campaign(), number=1).token}/comment/"
    typed = {"text": "я" * 2001, "key": str(uuid4())}
    assert [client.post(path, typed | {"text": text}).status_code for text in ("я" * 2001, "", "\u200b")] == [422] * 3
    assert Comment.objects.count() == 0
    assert [client.post(path, typed | {"text": "я" * 2000}).status_code for _twice in range(2)] == [302, 302]

    assert Comment.objects.get().text == "я" * 2000


def test_the_same_key_from_somebody_else_is_another_comment(client: Client) -> None:
    sad, park = make.campaign(), make.campaign("park")
    gifts = [make.paid_donation(sad, number=1), make.paid_donation(sad, number=2), make.paid_donation(park, number=3)]
    typed, one = {"key": str(uuid4())}, make.sign_in(Client(), make.user(), second_factor=False)
    for number, gift in enumerate(gifts):
        client.post(f"/gifts/{gift.token}/comment/", typed | {"text": f"Слово {number}"})
    one.post("/projects/sad/comments/write/", typed | {"text": "Слово 3"})
    for email in ("anna@example.org", "boris@example.org"):
        client.post(
            "/projects/sad/questions/ask/", typed | {"text": f"Что, {email}?", "email": email, "personal_data": "on"}
        )

    assert list(Comment.objects.order_by("pk").values_list("campaign__slug", "text")) == [
        ("sad", "Слово 0"), ("sad", "Слово 1"), ("park", "Слово 2"), ("sad", "Слово 3"),
    ]  # fmt: skip
    assert Question.objects.count() == 2
