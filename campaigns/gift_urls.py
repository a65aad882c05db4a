"""Addresses of gifts: secret links, and the way back from ЮKassa."""

from django.urls import URLPattern, URLResolver, path

from campaigns import gift_views

app_name = "gifts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("back/<uuid:reference>/", gift_views.back, name="back"),
    path("<str:token>/", gift_views.gift, name="gift"),
    path("<str:token>/state/", gift_views.gift_state, name="state"),
    path("<str:token>/receipt.pdf", gift_views.receipt, name="receipt"),
]
