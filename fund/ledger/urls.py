"""Addresses of the books."""

from django.urls import URLPattern, URLResolver, path

from fund.ledger import statement_views, verify_views, views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.operations, name="operations"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<str:code>/", statement_views.account_card, name="card"),
    path("errata/", statement_views.errata_log, name="errata"),
    path("operations/<int:number>/", views.operation, name="operation"),
    path("operations/<int:number>/proof", verify_views.proof, name="proof"),
    path("verify/", verify_views.verify, name="verify"),
    path("verify/verify.html", verify_views.saved, name="verify_saved"),
    path("verify/verify_books.py", verify_views.script, name="verify_script"),
    path("trial-balance/", statement_views.trial_balance, name="trial_balance"),
]
