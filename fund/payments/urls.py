"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from fund.payments import views

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("yookassa/notifications/", views.notifications, name="notifications"),
]
