"""Addresses of the whole site: the pages' in both languages, the machines' in one."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config import metrics
from people.second_factor import activate_totp, add_webauthn

urlpatterns = [
    path("", include("pages.machine_urls")),
    path("", include("campaigns.spreading.urls")),
    path("payments/", include("fund.payments.urls")),
    path("api/", include("api.urls")),
    path("log/", include("fund.ledger.log_urls")),
    path("pictures/", include("campaigns.drafting.picture_urls")),
    path("photos/", include("merch.photo_urls")),
    path("shop/", include("merch.feed_urls")),
    path("metrics", metrics.show, name="metrics"),
    path("desk/texts/", include("people.texts_urls")),
    path("desk/erasures/", include("campaigns.erasure_urls")),
    path("desk/organisers/", include("campaigns.organisers.desk_urls")),
    path("desk/money/", include("fund.payments.desk_urls")),
    path("desk/monthly/", include("campaigns.subscriptions.desk_urls")),
    path("desk/purposes/", include("campaigns.repurposing.desk_urls")),
    path("desk/names/", include("campaigns.desk_urls")),
    path("desk/words/", include("campaigns.telling.desk_urls")),
    path("desk/returns/", include("campaigns.funding.desk_urls")),
    path("desk/shop/", include("merch.desk.urls")),
    path("desk/wishes/", include("campaigns.wishes.desk_urls")),
    path("desk/", admin.site.urls),
    *i18n_patterns(
        path("", include("pages.urls")),
        path("projects/", include("campaigns.urls")),
        path("projects/", include("campaigns.telling.urls")),
        path("letters/", include("campaigns.telling.letter_urls")),
        path("gifts/monthly/", include("campaigns.subscriptions.urls")),
        path("gifts/", include("campaigns.gift_urls")),
        path("cart/", include("merch.carts.urls")),
        path("orders/", include("merch.papers.urls")),
        path("orders/", include("fund.sales.urls")),
        path("shop/", include("merch.urls")),
        path("my/", include("campaigns.my_urls")),
        path("communities/", include("communities.urls")),
        path("ledger/export/", include("fund.reports.exports.urls")),
        path("ledger/", include("fund.ledger.urls")),
        path("reports/", include("fund.reports.urls")),
        path("me/projects/", include("campaigns.drafting.urls")),
        path("me/projects/", include("campaigns.managing.urls")),
        path("organisers/", include("campaigns.organisers.urls")),
        path("me/organiser/", include("campaigns.organisers.own_urls")),
        path("me/projects/", include("campaigns.telling.own_urls")),
        path("me/", include("people.urls")),
        path("me/2fa/totp/activate/", activate_totp, name="mfa_activate_totp"),
        path("me/2fa/webauthn/add/", add_webauthn, name="mfa_add_webauthn"),
        path("me/", include("allauth.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "pages.views.bad_request"
handler403 = "pages.views.forbidden"
handler429 = "pages.views.too_many"
handler404 = "pages.views.not_found"
handler500 = "pages.views.server_error"
