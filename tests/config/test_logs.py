"""What the logs may not say."""

from __future__ import annotations

import logging

import pytest

from config.logs import HideSecretLinks

TOKEN = "3TRsW8hd3u5Q1PCNn9sD32jlwPm_9DfaQ0Lr6l03ZWI"


@pytest.mark.parametrize("path", ["/gifts/{}/", "/gifts/{}/receipt.pdf", "/api/v1/donations/{}"])
def test_a_secret_link_does_not_reach_the_logs(path: str) -> None:
    record = logging.LogRecord("django.request", 40, "", 0, "%s: %s", ("Service Unavailable", path.format(TOKEN)), None)

    assert HideSecretLinks().filter(record)
    assert record.getMessage() == f"Service Unavailable: {path.format('…')}"
