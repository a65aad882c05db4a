"""Addresses of gifts: secret links, and the way back from ЮKassa."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from campaigns import gift_views
from campaigns.repurposing import views as repurposing
from campaigns.telling import gift_views as telling_views
from campaigns.wishes import views as wish_views


class TokenConverter(StringConverter):
    """A gift's secret, as ``secrets.token_urlsafe(32)`` writes it."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(TokenConverter, "token")
app_name = "gifts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("back/<uuid:reference>/", gift_views.back, name="back"),
    path("<token:token>/", gift_views.gift, name="gift"),
    path("<token:token>/purpose/", repurposing.purpose, name="purpose"),
    path("<token:token>/state/", gift_views.gift_state, name="state"),
    path("<token:token>/refund/", wish_views.ask, name="ask_refund"),
    path("<token:token>/take-back/", wish_views.take_back, name="take_back"),
    path("<token:token>/bank/", wish_views.details, name="details"),
    path("<token:token>/receipt.pdf", gift_views.receipt, name="receipt"),
    path("<token:token>/follow/", telling_views.follow, name="follow"),
    path("<token:token>/comment/", telling_views.comment, name="comment"),
]
