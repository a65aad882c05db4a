"""Addresses for machines: the same in every language."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from pages import machine_views, views

app_name = "machines"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", machine_views.robots, name="robots"),
    path("site.webmanifest", machine_views.manifest, name="manifest"),
    path("feed.xml", require_safe(machine_views.NewCampaigns()), name="feed"),
    path(
        "sitemap.xml",
        require_safe(sitemaps.index),
        {"sitemaps": machine_views.SITEMAPS, "sitemap_url_name": "machines:sitemap"},
        name="sitemaps",
    ),
    path("sitemap-<section>.xml", require_safe(sitemaps.sitemap), {"sitemaps": machine_views.SITEMAPS}, name="sitemap"),
]
