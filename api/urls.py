"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/schema", cache_control(max_age=300)(SpectacularAPIView.as_view()), name="schema"),
    path("v1/", include("api.v1.urls")),
]
