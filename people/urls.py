"""Addresses of one's own account."""

from django.urls import URLPattern, URLResolver, path

from people import key_views, views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.me, name="me"),
    path("close/", views.close, name="close"),
    path("keys/", key_views.keys, name="keys"),
    path("keys/<int:key_id>/revoke/", key_views.revoke, name="revoke-key"),
    path("sessions/end/", views.end_others, name="end-others"),
]
