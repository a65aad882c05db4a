"""Tells the person who started the fund where it is, as soon as it answers."""

import sys

from config import env
from config.embedded.run import wait_for


def main() -> None:
    """Wait for the first page, then print the addresses."""
    site = f"http://127.0.0.1:{env.port()}"
    if not wait_for(f"{site}/", seconds=120):
        sys.stdout.write(f"The site does not answer at {site}: the lines above say why.\n")
        return
    emulator = env.yookassa().emulator_url
    lines = [
        "",
        f"  Социальный капитал  {site}/",
        f"  The open books      {site}/ledger/",
        f"  API                 {site}/api/docs/",
        f"  State of services   {site}/healthz",
        f"  ЮKassa emulator     {emulator}/" if emulator else "  ЮKassa              the real one",
        f"  Letters             {env.var_dir() / 'mail'}",
        "  Ctrl-C stops everything.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
