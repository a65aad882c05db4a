"""Addresses of the organiser's desk, beside those of drafts."""

from django.urls import URLPattern, URLResolver, path

from campaigns.managing import views

app_name = "managing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<slug:slug>/", views.campaign, name="campaign"),
    path("<slug:slug>/gifts/", views.gifts, name="gifts"),
    path("<slug:slug>/gifts.csv", views.gifts_file, name="gifts_file"),
]
