"""The Celery application: worker and beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

ROOMS = (
    "drafting",
    "life",
    "organisers",
    "finding",
    "funding",
    "subscriptions",
    "wishes",
    "repurposing",
    "spreading",
    "telling",
)

app = Celery("fund", task_cls="config.told:ToldTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks([*(f"campaigns.{room}" for room in ROOMS), "merch.desk", "merch.papers"])
app.steps["worker"].add("config.pulse:WorkerPulse")
