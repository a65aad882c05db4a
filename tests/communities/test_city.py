"""The city's data files, and loading them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from campaigns.models import BudgetLine, Campaign
from communities import seed
from communities.models import Community, CommunityLink
from fund.ledger.models import Account

if TYPE_CHECKING:
    from pathlib import Path

TEN = ["Сцена", "Арт-суббота", "Детская игровая площадка", "Джаз-кафе", "Книжная лавка", "Шезлонги", "Лавочки",
       "Велопарковка", "Инсталляция", "Стойка навигации"]  # fmt: skip


def test_the_directory_holds_what_the_document_holds() -> None:
    found = seed.read_communities()

    assert len(found) == 52
    assert len({community.name for community in found}) == 52
    assert sum(community.is_uncertain for community in found) == 20
    assert all(link.startswith("https://") and "/cab" not in link for one in found for link in one.links)


def test_every_correction_says_what_and_why() -> None:
    path = seed.DATA / "corrections.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))["correction"]

    assert len(found) == 31
    assert all(row["was"] != row["now"] and row["why"] and row["line"] > 0 for row in found)


def test_the_square_has_the_ten_objects_of_the_plan_in_their_order() -> None:
    square = next(one for one in seed.read_campaigns() if one.slug == "gorod-lichnyh-iniciativ")

    assert [line.title for line in square.budget] == TEN
    assert square.goal_kopecks == sum(line.amount_kopecks for line in square.budget)


def test_a_slug_that_stands_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "communities.toml"
    path.write_text('[[community]]\nslug="a"\nname="A"\nline=1\nlinks=[]\n' * 2, encoding="utf-8")

    with pytest.raises(seed.SeedError, match="'a'"):
        seed.read_communities(path)


@pytest.mark.django_db
def test_loading_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_city")
    before = [
        list(model.objects.order_by("pk").values_list())
        for model in (Community, CommunityLink, Campaign, BudgetLine, Account)
    ]
    capsys.readouterr()
    call_command("load_city")

    after = [
        list(model.objects.order_by("pk").values_list())
        for model in (Community, CommunityLink, Campaign, BudgetLine, Account)
    ]
    assert after == before
    assert capsys.readouterr().out == (
        "communities: 0 new, 0 changed, 52 the same\ndemo campaigns: 0 new, 0 changed, 9 the same\n"
    )
    assert set(Campaign.objects.values_list("is_demo", flat=True)) == {True}


@pytest.mark.django_db
def test_a_community_that_was_changed_is_put_back() -> None:
    call_command("load_city")
    Community.objects.filter(slug="jazz-may-2013").update(name="x")
    call_command("load_city")

    assert Community.objects.get(slug="jazz-may-2013").name == "Jazz May 2013"


def test_the_history_holds_the_documents_numbers_in_the_order_of_time() -> None:
    found = {chapter.slug: chapter for chapter in seed.read_history()}

    assert list(found) == ["issledovaniya", "jazz-may", "akademiya", "bloger-protiv-musora", "shurum-burum", "vstrechi",
                           "nekorporativ", "chto-delat"]  # fmt: skip
    assert [figure.value for figure in found["bloger-protiv-musora"].figures] == ["43", "60", "130"]
    assert [figure.value for figure in found["vstrechi"].figures] == ["5", "3", "0"]
    assert (found["vstrechi"].outcome, found["jazz-may"].outcome) == ("nothing", "worked")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [('outcome="perhaps"\ntext="x"', "perhaps"), ('outcome="worked"', "'text'")],
)
def test_a_chapter_that_does_not_hold_together_is_named(tmp_path: Path, wrong: str, words: str) -> None:
    path = tmp_path / "history.toml"
    path.write_text(f'[[chapter]]\nslug="a"\nwhen="x"\ntitle="A"\nline=1\n{wrong}\n', encoding="utf-8")

    with pytest.raises(seed.SeedError, match=words):
        seed.read_history(path)
