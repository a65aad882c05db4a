"""What the logs say, how, and what they may not."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from config import env, request_ids

SECRET_LINK = re.compile(r"/[A-Za-z0-9_:.=-]{32,}")  # gifts' secrets, signed links
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
VALUES = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)  # PostgreSQL repeats a row's values there


def scrub(text: str) -> str:
    """Return the text without secret links, e-mail addresses and rows of the database."""
    return VALUES.sub(r"\1: …", EMAIL.sub("…@…", SECRET_LINK.sub("/…", text)))


class HideSecretLinks(logging.Filter):
    """Cuts secret links and persons out of every line; who reads the logs must not open a gift's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets and with its request's name."""
        record.msg, record.args = scrub(record.getMessage()), ()
        record.request_id = request_ids.current.get() or "-"
        return True


class ReadableLines(logging.Formatter):
    """Lines for a person at a terminal."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the traceback, without persons."""
        return scrub(super().formatException(ei))


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what a record carries as ``fields`` stands beside its sentence."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = scrub(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(*, is_json: bool) -> dict[str, Any]:
    """Return what Django and the web server set their logs up with."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "readable": {
                "()": "config.logs.ReadableLines",
                "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            },
            "json": {"()": "config.logs.JsonLines"},
        },
        "filters": {"secrets": {"()": "config.logs.HideSecretLinks"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "readable",
                "filters": ["secrets"],
            },
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},  # what is refused stands in the access log
            "fund.access": {"level": env.log_level()},
            "fund.tasks": {"level": env.log_level()},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
