"""Addresses of version 1."""

from django.urls import URLPattern, URLResolver, path

from api.v1 import (
    campaigns,
    donations,
    exports,
    ledger,
    one_campaign,
    own_campaigns,
    reports,
    statements,
    subscriptions,
    telling,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("donations", donations.create_donation, name="donations"),
    path("donations/<str:token>", donations.donation, name="donation"),
    path("subscriptions/<str:token>", subscriptions.subscription, name="subscription"),
    path("subscriptions/<str:token>/stop", subscriptions.stop, name="subscription-stop"),
    path("campaigns", campaigns.campaign_list, name="campaigns"),
    path("campaigns/<slug:slug>", one_campaign.campaign, name="campaign"),
    path("me/campaigns", own_campaigns.own_campaigns, name="own-campaigns"),
    path("me/campaigns/<slug:slug>", own_campaigns.own_campaign, name="own-campaign"),
    path("me/campaigns/<slug:slug>/steps", own_campaigns.own_step, name="own-step"),
    path("me/campaigns/<slug:slug>/gifts", own_campaigns.own_gifts, name="own-gifts"),
    path("campaigns/<slug:slug>/updates", telling.updates, name="campaign-updates"),
    path("campaigns/<slug:slug>/questions", telling.questions, name="campaign-questions"),
    path("ledger/accounts", ledger.accounts, name="ledger-accounts"),
    path("ledger/export.<str:extension>", exports.export, name="ledger-export"),
    path("ledger/accounts/<str:code>/card", statements.account_card, name="ledger-card"),
    path("ledger/errata", statements.errata_log, name="ledger-errata"),
    path("ledger/trial-balance", statements.trial_balance, name="ledger-trial-balance"),
    path("ledger/operations", ledger.operations, name="ledger-operations"),
    path("ledger/operations/<int:number>", ledger.operation, name="ledger-operation"),
    path("reports", reports.reports, name="reports"),
    path("reports/<int:number>", reports.report, name="report"),
]
