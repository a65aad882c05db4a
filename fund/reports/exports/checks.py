"""Stops a start on a chart that plain-text accounting has no place for."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from fund.ledger.chart import chart
from fund.reports.exports import plain_text


def check_roots(**_options: Any) -> list[CheckMessage]:
    """Return an error if an account of the chart is of a section that roots.toml does not name."""
    missing = sorted({code for code in chart() if code.partition(".")[0] not in plain_text.roots()})
    if not missing:
        return []
    hint = "Mend roots.toml in fund/reports/exports."
    return [Error(f"no root for {', '.join(missing)}", hint=hint, id="reports.E001")]
