"""Addresses of the shop."""

from django.urls import URLPattern, URLResolver, path

from campaigns.gift_urls import TokenConverter  # noqa: F401 - it registers the converter
from merch.catalogue import views, waiting_views

app_name = "shop"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.shop, name="list"),
    path("stop/<token:person>/<token:token>/", waiting_views.stop, name="stop"),
    path("<slug:slug>/", views.product, name="product"),
    path("<slug:slug>/wait/<int:number>/", waiting_views.wait, name="wait"),
    path("<slug:slug>/waiting/", waiting_views.is_waiting, name="waiting"),
]
