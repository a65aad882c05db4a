"""Cells of tables that a spreadsheet opens: none begins as a formula does."""

from __future__ import annotations

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection); an apostrophe makes it a text.
FORMULA = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]  # full-width ones too


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet runs."""
    return f"'{text}" if text[:1] in FORMULA else text
