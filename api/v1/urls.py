"""Addresses of version 1."""

from django.urls import URLPattern, URLResolver, path

from api.v1 import campaigns, donations, ledger, reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("donations", donations.create_donation, name="donations"),
    path("donations/<str:token>", donations.donation, name="donation"),
    path("campaigns", campaigns.campaign_list, name="campaigns"),
    path("campaigns/<slug:slug>", campaigns.campaign, name="campaign"),
    path("ledger/accounts", ledger.accounts, name="ledger-accounts"),
    path("ledger/operations", ledger.operations, name="ledger-operations"),
    path("ledger/operations/<int:number>", ledger.operation, name="ledger-operation"),
    path("reports", reports.reports, name="reports"),
    path("reports/<int:number>", reports.report, name="report"),
]
