"""Addresses of the API."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# Swagger UI writes styles into its elements; nothing else on the site may.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html")
)

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", docs, name="docs"),
    path("v1/schema", cache_control(max_age=300)(SpectacularAPIView.as_view()), name="schema"),
    path("v1/", include("api.v1.urls")),
]
