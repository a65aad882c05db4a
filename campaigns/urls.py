"""Addresses of campaigns."""

from django.urls import URLPattern, URLResolver, path

from campaigns import views

app_name = "campaigns"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.campaign_list, name="list"),
    path("<slug:slug>/", views.campaign_detail, name="detail"),
    path("<slug:slug>/give/", views.give, name="give"),
]
