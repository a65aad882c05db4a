"""Promo codes: worth what they say, within their days, once per person, and not to be guessed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fund.payments import services as payments
from fund.sales import services
from fund.sales.models import PromoCode, PromoMiss, PromoUse, Sale
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import come_late, give_up, order, place

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

DAY = timedelta(days=1)


def code(text: str = "JAZZ", **fields: object) -> PromoCode:
    now = timezone.now()
    own: dict[str, object] = {"kind": "amount", "amount_kopecks": 10_000, "starts_at": now - DAY, "ends_at": now + DAY}
    return PromoCode.objects.create(code=text, **own | fields)


@given(st.integers(100, 10**9), st.integers(1, 90), st.integers(1, 10**9))
def test_a_discount_leaves_something_to_pay(goods: int, percent: int, amount: int) -> None:
    by_percent = services.discount(code=PromoCode(kind="percent", percent=percent), goods_kopecks=goods)
    by_amount = services.discount(code=PromoCode(kind="amount", amount_kopecks=amount), goods_kopecks=goods)
    assert by_percent == min(goods * percent // 100, goods - 100)
    assert by_amount == min(amount, goods * 90 // 100, goods - 100)


@pytest.mark.django_db
def test_a_code_holds_within_its_days_and_while_it_is_active() -> None:
    now = timezone.now()
    code("EARLY", starts_at=now + DAY / 2)
    code("LATE", ends_at=now)
    code("OFF-1", is_active=False)
    code("ГЕРБ")
    assert services.find_code(code=" гер б ", address="10.0.0.1", now=now).code == "ГЕРБ"
    for text in ("EARLY", "LATE", "OFF-1", "NONE", ""):
        with pytest.raises(services.UnknownCodeError):
            services.find_code(code=text, address="10.0.0.1", now=now)


@pytest.mark.django_db
def test_who_guesses_is_refused_even_a_right_code_and_others_are_not(settings: object) -> None:
    settings.PROMO_MISSES_PER_HOUR = 3  # type: ignore[attr-defined]
    code()
    now = timezone.now()
    for number in range(3):
        with pytest.raises(services.UnknownCodeError):
            services.find_code(code=f"X{number}", address="10.0.0.1", now=now)
    with pytest.raises(services.TooManyMissesError):
        services.find_code(code="JAZZ", address="10.0.0.1", now=now)
    assert services.find_code(code="JAZZ", address="10.0.0.2", now=now)
    assert services.find_code(code="JAZZ", address="10.0.0.1", now=now + timedelta(hours=2))
    assert services.forget_misses(now=now + timedelta(hours=2)) == 0
    assert services.forget_misses(now=now + 2 * DAY) == 3
    assert not PromoMiss.objects.exists()


@pytest.mark.django_db
def test_an_order_uses_its_code_once_per_person_however_the_address_is_written() -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    code()

    def use(email: str, less: int = 10_000) -> Sale:
        return place(order((mug, 1, 500_00), email=email, promo_code="jazz", discount_kopecks=less))

    sale = use("a@example.org")
    assert (sale.total_kopecks, sale.discount_kopecks) == (40_000, 10_000)
    assert "a@example.org" not in PromoUse.objects.get().person
    with pytest.raises(services.CodeUsedError):
        use("A@Example.org")
    with pytest.raises(services.DiscountChangedError):
        use("b@example.org", 9_999)
    PromoCode.objects.update(is_active=False)
    with pytest.raises(services.UnknownCodeError):
        use("b@example.org")
    assert Sale.objects.count() == 1


@pytest.mark.django_db
def test_a_code_is_free_again_when_its_order_is_not_paid(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    code(most_uses=1)
    wanted = order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=10_000)
    sale = place(wanted)
    with pytest.raises(services.CodeUsedError):
        place(order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=10_000))
    control.decline(str(sale.payment.yookassa_id))
    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())
    services.let_go(sale_id=sale.pk, now=timezone.now())
    assert place(wanted, key="again").discount_kopecks == 10_000


@pytest.mark.django_db
def test_a_late_payment_is_booked_though_its_code_is_for_more_than_once_by_now(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    found = code()
    first, second = (
        order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=10_000, email="a@example.org") for _number in (1, 2)
    )
    late = place(first)
    give_up(late)
    place(second)
    PromoCode.objects.filter(pk=found.pk).update(is_once_per_person=False)
    come_late(control, late)
    late.refresh_from_db()
    assert (late.state, PromoUse.objects.filter(is_live=True).count()) == (Sale.State.PAID, 2)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_use_the_last_time_of_a_code_once(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    code(most_uses=1)
    orders = [order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=10_000) for _number in range(8)]

    def one(wanted: services.Order) -> bool:
        try:
            place(wanted)
        except services.CodeUsedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, orders)) == [False] * 7 + [True]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"code": "jazz"}, {"code": "AB"}, {"percent": 5}, {"amount_kopecks": 0}, {"kind": "percent", "percent": 91}],
)
def test_the_database_takes_no_code_that_makes_no_sense(wrong: dict[str, object]) -> None:
    row = code()
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCode.objects.filter(pk=row.pk).update(**wrong)
