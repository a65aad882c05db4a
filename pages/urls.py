"""Addresses of this room, for people."""

from django.urls import URLPattern, URLResolver, path

from pages import city_views, views

app_name = "pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", city_views.home, name="home"),
    path("about/", city_views.about, name="about"),
    path("contacts/", city_views.contacts, name="contacts"),
    path("money/", city_views.money, name="money"),
    path("history/", city_views.history, name="history"),
    path("questions/", city_views.questions, name="questions"),
    path("legal/", views.legal_index, name="legal_index"),
    path("legal/<slug:kind>/", views.legal, name="legal"),
    path("legal/<slug:kind>/<slug:version>/", views.legal_version, name="legal_version"),
]
