"""ЮKassa's error bodies."""

from __future__ import annotations

from typing import Any
from uuid import uuid4


class ApiError(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, code: str, description: str, parameter: str = "", retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.parameter = parameter
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """Return the JSON that ЮKassa sends."""
        found: dict[str, Any] = {
            "type": "error",
            "id": str(uuid4()),
            "code": self.code,
            "description": self.description,
        }
        if self.parameter:
            found["parameter"] = self.parameter
        if self.retry_after:
            found["retry_after"] = self.retry_after
        return found


def invalid(description: str, parameter: str = "") -> ApiError:
    """Return a 400."""
    return ApiError(400, "invalid_request", description, parameter)


def not_found(what: str) -> ApiError:
    """Return a 404."""
    return ApiError(404, "not_found", f"{what} doesn't exist")
