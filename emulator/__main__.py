"""``python -m emulator``: runs until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

import django.conf

from emulator.app import Emulator
from emulator.server import Server
from emulator.settings import Settings


def main() -> int:
    """Serve; return the exit status."""
    settings = _settings()
    django.conf.settings.configure(USE_I18N=False)  # for its template engine alone
    emulator = Emulator(settings)
    try:
        server = Server(emulator)
    except OSError as error:
        sys.stderr.write(
            f"emulator: port {settings.port} can't be used ({error.strerror}): choose another with --port.\n"
        )
        return 1
    emulator.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    emulator.webhooks.stop()
    server.server_close()
    return 0


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--public-url", required=True)
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--shop-id", default="100500")
    found = parser.parse_args()
    secrets = {name: os.environ.get(f"EMULATOR_{name.upper()}", "") for name in ("secret_key", "control_token")}
    if not all(secrets.values()):
        parser.error("EMULATOR_SECRET_KEY and EMULATOR_CONTROL_TOKEN must be set in the environment")
    return Settings(
        host=found.host,
        port=found.port,
        state=found.state,
        public_url=found.public_url.rstrip("/"),
        webhook_url=found.webhook_url,
        shop_id=found.shop_id,
        **secrets,
    )


if __name__ == "__main__":
    sys.exit(main())
