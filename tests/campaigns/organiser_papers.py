"""Invented numbers whose control digits fit, and files as applicants send them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from stdnum.ru import inn, ogrn

from campaigns.organisers.applying import Account, hand_in, save_requisites, save_who
from campaigns.organisers.numbers import account_key
from campaigns.organisers.papers import Paper, store_paper
from people.selectors import texts_in_force
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Organiser
    from people.models import User

BIC = "045655635"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def account_at(bic: str = BIC, head: str = "40817", rest: str = "00000000055") -> str:
    """Return an account in roubles whose key fits the bank."""
    found = next(f"{head}810{key}{rest}" for key in range(10) if account_key(f"{head}810{key}{rest}", bic=bic) == 0)
    assert len(found) == 20
    return found


ORGANISATION_INN = "583600001" + inn.calc_company_check_digit("583600001")
PERSON_INN = "5836000012" + inn.calc_personal_check_digits("5836000012")
OGRN = "102580000001" + ogrn.calc_check_digit("102580000001" + "0")
PERSON = {"name": "Анна Петровна Сурская", "inn": PERSON_INN, "bic": BIC, "account": account_at(), "bank": "Банк"}
ORGANISATION = {
    "name": "АНО «Сад и город»", "inn": ORGANISATION_INN, "kpp": "583601001", "ogrn": OGRN, "bic": BIC,
    "account": account_at(head="40703"), "bank": "Банк",
}  # fmt: skip


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """Return a picture."""
    drawn = BytesIO()
    Image.new("RGB", size, "green").save(drawn, kind, **more)
    return drawn.getvalue()


def sent(content: bytes, name: str = "pasport.pdf") -> SimpleUploadedFile:
    """Return a file as a form sends it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def begun(user: User | None = None, *, name: str = "Анна Сурская", **who: Any) -> Organiser:
    """Return an application that lacks the agreement alone."""
    person = user or make.user()
    known = {"kind": "person", "community": None, "name": name, "about": "Сажаю деревья."} | who
    save_who(user=person, now=make.NOW, **known)
    save_requisites(user=person, account=Account(holder="person", **PERSON), now=make.NOW)
    store_paper(user=person, paper=Paper(kind="application/pdf", content=PDF), now=make.NOW)  # type: ignore[arg-type]
    return person.organiser


def handed_in(user: User | None = None, **who: Any) -> Organiser:
    """Return an application that waits for the council."""
    found = begun(user, **who)
    assert found.user is not None
    return hand_in(user=found.user, seen=seen(), now=make.NOW)


def body(response: Any) -> bytes:
    """Return a file that an answer streams."""
    return b"".join(response.streaming_content)


def seen() -> dict[str, str]:
    """Return the hashes of the texts in force."""
    return {kind: text.sha256 for kind, text in texts_in_force(now=make.NOW).items()}
