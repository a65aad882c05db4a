"""Control digits: what is right passes, and one digit or two that changed places are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn, ogrn

from campaigns.organisers import numbers
from campaigns.organisers.numbers import ControlDigitError, CurrencyError, NumberFaultError, ShapeError
from tests.campaigns import organiser_papers as papers


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def others(number: str, place: int, step: int) -> str:
    return number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]


@given(digits(9), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_organisations_inn_is_found(head: str, place: int, step: int) -> None:
    number = head + inn.calc_company_check_digit(head)
    if head.strip("0"):
        numbers.check_inn(number, digits=10)
    wrong = others(number, place, step)
    if wrong == wrong[:9] + inn.calc_company_check_digit(wrong[:9]) and wrong.strip("0"):
        return  # modulo 11 and 10: some pairs have the same digit, and no rule can tell them apart
    with pytest.raises(ControlDigitError):
        numbers.check_inn(wrong, digits=10)


@given(digits(10))
def test_a_persons_inn_has_two_control_digits(head: str) -> None:
    number = head + inn.calc_personal_check_digits(head)
    if not head.strip("0"):
        return
    numbers.check_inn(number, digits=12)
    with pytest.raises(ControlDigitError):
        numbers.check_inn(others(number, 11, 1), digits=12)


@given(st.integers(1, 10**12 - 1).map(lambda number: f"{number:012}"))
def test_an_ogrn_has_a_control_digit(head: str) -> None:
    number = head + ogrn.calc_check_digit(head + "0")
    is_real = ogrn.is_valid(number)  # its first digit says what kind of number it is
    if is_real:
        numbers.check_ogrn(number)
    with pytest.raises(NumberFaultError):
        numbers.check_ogrn(others(number, 12, 1))


@given(st.integers(0, 999).map(lambda end: f"045655{end:03}"), digits(11), st.integers(0, 19), st.integers(1, 9))
def test_an_accounts_key_fits_its_bank_alone(bic: str, rest: str, place: int, step: int) -> None:
    number = papers.account_at(bic, "40703", rest)
    numbers.check_account(number, bic=bic)
    with pytest.raises((ControlDigitError, CurrencyError)):
        numbers.check_account(others(number, place, step), bic=bic)


def test_the_key_of_a_known_account_fits() -> None:
    """A bank's own account at the central bank, from the reference: the bank's 04**5655*** gives 055."""
    assert numbers.account_key("30101810000000000635", bic="045655001") == 0
    assert numbers.account_key("30101810000000000635", bic="045655003") != 0


@pytest.mark.parametrize(
    "number", ["0000000000", "", "123", "12345678901", "１２３４５６７８９０", "58360000x1", "-583600001"]
)
def test_what_is_no_inn_is_refused(number: str) -> None:
    with pytest.raises(NumberFaultError):
        numbers.check_inn(number, digits=10)


@pytest.mark.parametrize("number", ["000000000", "58360100", "5836о1001", "5836a1001", "583601001\n"])
def test_what_is_no_kpp_is_refused(number: str) -> None:
    with pytest.raises(ShapeError):
        numbers.check_kpp(number)


def test_numbers_are_read_as_people_write_them() -> None:
    numbers.check_kpp("5836AB001")
    numbers.check_bic(numbers.plain("045 655-635"))
    for wrong in ("145655635", "04565563", "04565563x"):
        with pytest.raises(ShapeError):
            numbers.check_bic(wrong)
    with pytest.raises(CurrencyError):
        numbers.check_account("40703840000000000055", bic=papers.BIC)
