"""Addresses of erasure at the staff desk."""

from django.urls import path

from campaigns import erasure_views

app_name = "erasures"
urlpatterns = [path("", erasure_views.erasures, name="list")]
