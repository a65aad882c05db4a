"""Whole kopecks: split, read, shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.money import (
    Kopecks,
    NotMoneyError,
    format_roubles,
    from_decimal_text,
    in_words,
    parse_roubles,
    split,
    to_decimal_text,
)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_a_split_adds_up_and_is_fair(kopecks: int, weights: list[int]) -> None:
    shares = split(Kopecks(kopecks), weights)

    assert sum(shares) == kopecks
    for share, weight in zip(shares, weights, strict=True):
        assert 0 <= share * sum(weights) - kopecks * weight + sum(weights) <= 2 * sum(weights)


@pytest.mark.parametrize(("kopecks", "weights"), [(-1, [1]), (1, [0]), (1, []), (1, [2, -1])])
def test_a_split_that_makes_no_sense_is_refused(kopecks: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        split(Kopecks(kopecks), weights)


@given(st.integers(0, 10**14))
def test_what_is_written_can_be_read(kopecks: int) -> None:
    assert from_decimal_text(to_decimal_text(kopecks)) == kopecks
    assert parse_roubles(format_roubles(kopecks)) == kopecks


@pytest.mark.parametrize(
    ("kopecks", "text"),
    [(123450, "1\xa0234,50\xa0₽"), (100, "1\xa0₽"), (5, "0,05\xa0₽"), (-123450, "−1\xa0234,50\xa0₽"), (0, "0\xa0₽")],
)
def test_roubles_are_shown_the_russian_way(kopecks: int, text: str) -> None:
    assert format_roubles(kopecks) == text


@pytest.mark.parametrize("text", ["", "x", "1e9", "10.001", "-1", "1,2,3", "٥", "1.", "9" * 14])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(NotMoneyError):
        parse_roubles(text)


@pytest.mark.parametrize("text", ["1", "1.5", "1.505", "-1.00", "1,00", "NaN"])
def test_a_sum_of_yookassa_has_two_places(text: str) -> None:
    with pytest.raises(NotMoneyError):
        from_decimal_text(text)


@pytest.mark.parametrize(
    ("kopecks", "text"),
    [
        (100, "Один рубль 00 копеек"),
        (2_02, "Два рубля 02 копейки"),
        (11_11, "Одиннадцать рублей 11 копеек"),
        (1_200_50, "Одна тысяча двести рублей 50 копеек"),
        (121_01, "Сто двадцать один рубль 01 копейка"),
    ],
)
def test_sums_are_written_in_words(kopecks: int, text: str) -> None:
    assert in_words(kopecks) == text
