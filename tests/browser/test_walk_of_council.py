"""The council's hard side: an application sent back, another refused, a project rejected, an organiser suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.walking import Walker, begin, letter, paid, step, tick_everything

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
from campaigns.models import Campaign
from tests.campaigns.organiser_papers import handed_in

anna, pyotr = (handed_in(make.user(), name=name) for name in ("Варвара Узинская", "Назар Мокшин"))
owner = make.organiser("Двор у реки")
weak = make.draft("fontan-v-podvale", title="Фонтан в подвале", by=owner)
Campaign.objects.filter(pk=weak.pk).update(
    status="in_review", review_round=1, moved_at=make.NOW, moved_as="organiser", moved_by=owner.user
)
ready = make.approve(make.draft("kacheli", title="Качели", by=owner))
live = make.campaign("gorka", title="Горка", by=owner)
begun = {
    "anna": session(anna.user, second_factor=False), "anna_email": anna.user.email,
    "pyotr": session(pyotr.user, second_factor=False), "pyotr_email": pyotr.user.email,
    "owner": session(owner.user, second_factor=False), "public": owner.slug, "organiser": owner.pk,
    "owner_email": owner.user.email, "weak": weak.pk, "live": live.pk,
    "member": session(make.staff("council_member")),
}
"""
LACKS, NO, WEAK, WHY = "Приложите вторую страницу.", "Документ чужой.", "Подвал затоплен.", "Не отвечает на письма."


def answer(member: Walker, name: str, button: str, reason: str) -> None:
    """Answer an application, or an organiser later; without a reason nothing happens."""
    page = member.go("/desk/")
    member.follow("Организаторы ждут ответа")
    page.get_by_role("link", name=name).click()
    member.follow(button)
    member.press(button)
    member.sees("Обязательное поле")
    page.get_by_label("Почему; это прочитает заявитель").fill(reason)
    member.press(button)
    member.sees("Готово. Организатору уйдёт письмо.", reason)


def mend(anna: Walker) -> None:
    """Read what is missing, look at what was sent, and hand the application in again."""
    anna.go("/me/organiser/")
    anna.sees("Чего не хватает:", LACKS)
    anna.follow("Продолжить")
    tick_everything(anna.page)
    anna.press("Принять и отправить заявку")
    anna.sees("Заявка у нас. Ответ придёт письмом.")


def verify(member: Walker, name: str) -> None:
    page = member.go("/desk/organisers/")
    page.get_by_role("link", name=name).click()
    member.follow("Подтвердить")
    tick_everything(page)
    member.press("Подтвердить")
    member.sees("Готово. Организатору уйдёт письмо.")


def answer_applications(member: Walker, anna: Walker, pyotr: Walker) -> None:
    """Send one application back and refuse another; the first comes again and is verified."""
    answer(member, "Варвара Узинская", "Попросить доработать", LACKS)
    mend(anna)
    verify(member, "Варвара Узинская")
    anna.go("/me/organiser/")
    anna.sees("Проверен фондом", LACKS)
    answer(member, "Назар Мокшин", "Отказать", NO)
    pyotr.go("/me/organiser/")
    pyotr.sees("Отказано", "Причина:", NO)
    pyotr.misses("Продолжить")
    pyotr.go("/me/projects/new/")
    pyotr.sees("Проекты ведут организаторы, которых фонд проверил.")


def reject(member: Walker, owner: Walker, reader: Walker, cast: dict[str, Any]) -> None:
    """Reject a project: its organiser reads why, and nobody else ever sees it."""
    member.go("/desk/campaigns/campaign/?status__exact=in_review")
    member.page.get_by_role("link", name="Фонтан в подвале").click()
    step(member, cast["weak"], "Отклонить", WEAK)
    page = owner.go("/me/projects/fontan-v-podvale/")
    expect(page.locator(".badge").first).to_have_text("Отклонено")
    owner.sees(WEAK)
    for gone in ("Писать", "Отдать на рассмотрение", "Отказаться от черновика"):
        expect(page.get_by_role("link", name=gone)).to_have_count(0)
    assert reader.status("/projects/fontan-v-podvale/") == 404


def suspend_and_restore(member: Walker, owner: Walker, reader: Walker, public: str) -> None:
    """Suspend an organiser, who can begin nothing and tell nothing; lift it, and the project opens."""
    answer(member, "Двор у реки", "Приостановить", WHY)
    reader.go(public)
    reader.sees("Совет приостановил этого организатора: новых проектов не будет.")
    reader.misses(WHY)
    owner.go("/me/organiser/")
    owner.sees("Приостановлен", "Причина:", WHY)
    page = owner.go("/me/projects/kacheli/")
    owner.sees("Сейчас фонд за вас не ручается")
    expect(page.get_by_role("link", name="Открыть сбор")).to_have_count(0)
    owner.go("/me/projects/kacheli/step/launch/")
    owner.sees("Это уже сделано или сейчас невозможно.")
    assert reader.status("/projects/kacheli/") == 404
    page = owner.go("/me/projects/gorka/")
    owner.sees("Сейчас фонд за вас не ручается")
    expect(page.get_by_role("link", name="Новости и вопросы")).to_have_count(0)
    answer(member, "Двор у реки", "Снять приостановку", "Ответил и отчитался.")
    reader.go(public)
    reader.sees("Проверен фондом")
    reader.misses("Совет приостановил этого организатора")
    owner.go("/me/projects/kacheli/")
    owner.follow("Открыть сбор")
    owner.press("Открыть сбор")
    owner.sees("Готово.")
    reader.go("/projects/kacheli/")
    reader.sees("Качели", "Поддержать")


def test_the_council_sends_back_refuses_rejects_suspends_and_ends(walker: Callable[..., Walker], stack: Stack) -> None:
    cast, reader = begin(stack, CAST), walker("phone")
    member = walker("desk", cast["member"])
    anna, pyotr, owner = (walker("phone", cast[name]) for name in ("anna", "pyotr", "owner"))
    answer_applications(member, anna, pyotr)
    assert LACKS in letter(stack, cast["anna_email"], "кое-чего не хватает").get_content()
    assert NO in letter(stack, cast["pyotr_email"], "отклонена").get_content()

    reject(member, owner, reader, cast)
    suspend_and_restore(member, owner, reader, f"/organisers/{cast['public']}/")
    assert WHY in letter(stack, cast["owner_email"], "приостановлены").get_content()

    paid(stack, campaign="gorka")
    step(member, cast["live"], "Завершить сбор")
    page = owner.go("/me/projects/gorka/")
    expect(page.locator(".badge").first).to_have_text("Сбор завершён")
    owner.sees("Начать работу")
    reader.go("/projects/gorka/")
    reader.sees("Сбор закрыт: пожертвования больше не принимаются.")
    assert stack.give(campaign="gorka").status_code == 409
    assert member.is_refused("/desk/money/payments/", "/desk/returns/", "/desk/wishes/", "/desk/words/")
