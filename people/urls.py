"""Addresses of one's own account."""

from django.urls import URLPattern, URLResolver, path

from people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.me, name="me"),
    path("close/", views.close, name="close"),
    path("sessions/end/", views.end_others, name="end-others"),
]
