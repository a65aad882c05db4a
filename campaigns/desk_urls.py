"""Addresses of moderation at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns import desk_views

app_name = "moderation"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.names, name="names"),
    path("<int:donation_id>/hide/", desk_views.hide, name="hide"),
    path("<int:donation_id>/show/", desk_views.show, name="show"),
]
