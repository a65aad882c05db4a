"""Starts the ЮKassa emulator with this run's secrets, which stay out of the process list."""

import os
import sys

from config import env


def main() -> None:
    """Become the emulator: ``python -m config.embedded.emulator PORT SITE_PORT STATE_FILE``."""
    port, site_port, state = sys.argv[1:4]
    yookassa = env.yookassa()
    arguments = [
        sys.executable, "-m", "emulator", "--host", "127.0.0.1", "--port", port, "--state", state,
        "--public-url", f"http://127.0.0.1:{port}",
        "--webhook-url", f"http://127.0.0.1:{site_port}/payments/yookassa/notifications/",
        "--shop-id", yookassa.shop_id,
    ]  # fmt: skip
    secrets = {"EMULATOR_SECRET_KEY": yookassa.secret_key, "EMULATOR_CONTROL_TOKEN": yookassa.emulator_token}
    os.execve(sys.executable, arguments, {**os.environ, **secrets})  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
