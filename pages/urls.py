"""Addresses of this room."""

from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("legal/", views.legal_index, name="legal_index"),
    path("legal/<slug:kind>/", views.legal, name="legal"),
    path("legal/<slug:kind>/<slug:version>/", views.legal_version, name="legal_version"),
    path("healthz", views.healthz, name="healthz"),
]
