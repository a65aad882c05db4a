"""Addresses of a donor's own pages."""

from django.urls import path

from campaigns import my_views
from campaigns.gift_urls import TokenConverter  # noqa: F401 - it registers the converter

app_name = "my"
urlpatterns = [
    path("", my_views.ask, name="ask"),
    path("sent/", my_views.sent, name="sent"),
    path("open/<token:token>/", my_views.open_link, name="open"),
    path("gifts/", my_views.gifts, name="gifts"),
    path("hide-name/", my_views.hide_name, name="hide_name"),
    path("statements/", my_views.ask_for_statement, name="ask_for_statement"),
    path("statements/<uuid:reference>/", my_views.statement, name="statement"),
    path("statements/<uuid:reference>/file.pdf", my_views.statement_file, name="statement_file"),
    path("erase/", my_views.erase, name="erase"),
    path("leave/", my_views.leave, name="leave"),
]
