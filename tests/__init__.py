"""Tests of the whole site; this runs before anything of the project is imported."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
