"""Addresses of monthly gifts: secret links alone."""

from django.urls import URLPattern, URLResolver, path

from campaigns.gift_urls import TokenConverter  # noqa: F401 - it registers the converter
from campaigns.subscriptions import views

app_name = "monthly"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<token:token>/", views.subscription, name="subscription"),
    path("<token:token>/stop/", views.stop, name="stop"),
    path("<token:token>/sum/", views.change_sum, name="sum"),
    path("<token:token>/card/", views.other_card, name="card"),
]
