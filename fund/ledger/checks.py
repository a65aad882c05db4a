"""Stops a start on a chart or event file that does not hold together."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from fund.ledger.chart import read_events, read_synthetic
from fund.ledger.errors import ChartError


def check_chart(**_options: Any) -> list[CheckMessage]:
    """Return the first fault of the two files."""
    try:
        read_events()
        read_synthetic()
    except (ChartError, ValueError) as error:
        return [Error(str(error), hint="Mend chart.toml or events.toml in fund/ledger.", id="ledger.E001")]
    return []
