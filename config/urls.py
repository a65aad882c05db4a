"""Addresses of the whole site."""

from django.urls import include, path

from config import metrics

urlpatterns = [
    path("", include("pages.urls")),
    path("projects/", include("campaigns.urls")),
    path("gifts/", include("campaigns.gift_urls")),
    path("communities/", include("communities.urls")),
    path("ledger/", include("fund.ledger.urls")),
    path("payments/", include("fund.payments.urls")),
    path("api/", include("api.urls")),
    path("metrics", metrics.show, name="metrics"),
]

handler400 = "pages.views.bad_request"
handler403 = "pages.views.forbidden"
handler404 = "pages.views.not_found"
handler500 = "pages.views.server_error"
