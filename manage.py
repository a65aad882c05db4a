#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from config.env import SettingError


def main() -> None:
    """Run one management command; a wrong setting ends it with one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
