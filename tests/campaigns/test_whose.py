"""Every page of one's own campaign, whatever room it is in, is there for its organiser and for nobody else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import make
from tests.test_doors import NAMED

pytestmark = pytest.mark.django_db
SPACES = ("own", "managing", "own_updates")
STAFF = ("council_member", "moderator", "treasurer", "signer", "auditor", "administrator", "brand_manager")
PARTS = {"slug": "sad", "act": "submit", "picture_id": 1, "update_id": 1, "question_id": 1}
READ_BY_COUNCIL = {"own:preview"}
NOT_OF_ONE_CAMPAIGN = {"own:list", "own:new"}


def addresses() -> dict[str, str]:
    found = {}
    for name, parts in NAMED.items():
        if name.partition(":")[0] in SPACES and name not in NOT_OF_ONE_CAMPAIGN:
            wanted = {key for part in parts for key in getattr(part, "converters", {})}
            found[name] = reverse(name, kwargs={key: PARTS[key] for key in wanted})
    return found


def test_the_rooms_of_organisers_are_all_asked() -> None:
    assert len(addresses()) >= 8


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_its_organiser_reaches_a_campaigns_pages(method: str) -> None:
    found = make.campaign(by=make.organiser())
    before = dict(type(found).objects.values().get())
    strangers = {"another organiser": make.sign_in(Client(), make.organiser().user, second_factor=False)}  # type: ignore[arg-type]
    strangers |= {role: make.sign_in(Client(), make.staff(role)) for role in STAFF}
    told = {}
    for name, address in addresses().items():
        cache.clear()
        answer = getattr(Client(), method)(address)
        told[name, "nobody"] = answer.status_code == 405 or answer.headers.get("Location", "").startswith("/me/login/")
        for who, client in strangers.items():
            refused = {404, 405} | ({200} if name in READ_BY_COUNCIL and who == "council_member" else set())
            told[name, who] = getattr(client, method)(address).status_code in refused

    assert [one for one, is_refused in told.items() if not is_refused] == []
    assert dict(type(found).objects.values().get()) == before


def test_its_organiser_reaches_them() -> None:
    organiser = make.organiser()
    make.campaign(by=organiser)
    client = make.sign_in(Client(), organiser.user, second_factor=False)  # type: ignore[arg-type]
    told = {name: client.get(address).status_code for name, address in addresses().items()}
    of_rows = {name for name in told if any("_id" in str(part) for part in NAMED[name])}

    assert {name: code for name, code in told.items() if code not in {200, 302, 405} and name not in of_rows} == {}
