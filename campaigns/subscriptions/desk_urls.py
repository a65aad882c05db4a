"""Addresses of monthly gifts at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns.subscriptions import desk_views

app_name = "monthly_desk"
urlpatterns: list[URLPattern | URLResolver] = [path("", desk_views.subscriptions, name="list")]
