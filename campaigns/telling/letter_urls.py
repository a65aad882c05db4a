"""Addresses that stand in letters to readers."""

from django.urls import URLPattern, URLResolver, path

from campaigns.gift_urls import TokenConverter  # noqa: F401 - it registers the converter
from campaigns.telling import letter_views

app_name = "letters"
urlpatterns: list[URLPattern | URLResolver] = [
    path("follow/<uuid:reference>/<token:token>/", letter_views.confirm_follow, name="confirm_follow"),
    path("question/<uuid:reference>/<token:token>/", letter_views.confirm_question, name="confirm_question"),
    path("<uuid:reader>/<token:token>/", letter_views.preferences, name="preferences"),
    path("<uuid:reader>/<slug:kind>/<token:token>/", letter_views.stop, name="stop"),
]
