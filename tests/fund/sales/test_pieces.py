"""Pieces of a line cost whole kopecks that add up, however it is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.money import Kopecks
from fund.sales.pieces import Run, cost, runs


def test_the_first_pieces_cost_the_kopeck_more() -> None:
    assert runs(total_kopecks=1000, quantity=3, start=0, stop=3) == [Run(1, Kopecks(334)), Run(2, Kopecks(333))]
    assert runs(total_kopecks=900, quantity=3, start=0, stop=3) == [Run(3, Kopecks(300))]
    assert runs(total_kopecks=1000, quantity=3, start=1, stop=2) == [Run(1, Kopecks(333))]
    assert cost(total_kopecks=1000, quantity=3, start=0, stop=1) == Kopecks(334)
    assert cost(total_kopecks=1000, quantity=3, start=2, stop=2) == Kopecks(0)


@pytest.mark.parametrize(("start", "stop"), [(-1, 1), (1, 1), (2, 1), (0, 4)])
def test_pieces_that_are_not_there_have_no_price(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match=str(stop)):
        runs(total_kopecks=1000, quantity=3, start=start, stop=stop)


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.data())
def test_however_a_line_is_cut_it_adds_up(quantity: int, total: int, data: st.DataObject) -> None:
    inner = data.draw(st.lists(st.integers(0, quantity), max_size=5))
    cuts = sorted({0, quantity, *inner})
    parts = [runs(total_kopecks=total, quantity=quantity, start=start, stop=stop) for start, stop in pairwise(cuts)]
    sums = [sum(run.quantity * run.price_kopecks for run in part) for part in parts]

    assert (sum(sums), max(len(part) for part in parts) <= 2) == (total, True)
    assert sums == [
        cost(total_kopecks=total, quantity=quantity, start=start, stop=stop) for start, stop in pairwise(cuts)
    ]
