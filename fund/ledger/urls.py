"""Addresses of the books."""

from django.urls import URLPattern, URLResolver, path

from fund.ledger import statement_views, views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.operations, name="operations"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<str:code>/", statement_views.account_card, name="card"),
    path("errata/", statement_views.errata_log, name="errata"),
    path("operations/<int:number>/", views.operation, name="operation"),
    path("trial-balance/", statement_views.trial_balance, name="trial_balance"),
]
