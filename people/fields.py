"""Fields of forms for words that people will read: what can't be seen is left out, and counts as nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from people.names import visible, visible_lines


class LineField(forms.CharField):
    """Words of one line."""

    def to_python(self, value: Any) -> str:
        """Leave what can be seen."""
        return visible(super().to_python(value) or "")


class LinesField(forms.CharField):
    """Words of several lines, of a length that the database takes."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows})} | kwargs)

    def to_python(self, value: Any) -> str:
        """Leave what can be seen; its lines stay."""
        return visible_lines(super().to_python(value) or "")
