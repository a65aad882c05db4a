"""Addresses of this room."""

from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("legal/<slug:kind>/", views.legal, name="legal"),
    path("healthz", views.healthz, name="healthz"),
]
