"""What several tests of exports begin with."""

from __future__ import annotations

import pytest

from fund.ledger.models import Operation
from tests.fund.reports import written


@pytest.fixture
def books(committed: str) -> int:
    """Give books with all kinds of entries, sealed; their number."""
    written.fill()
    written.seal()
    return Operation.objects.count()
