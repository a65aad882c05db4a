"""Addresses of money at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from fund.payments import alarm_views, bank_views, desk_views, lost_views, proposal_views, spending_views

app_name = "money"
urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/", desk_views.payment_list, name="payments"),
    path("payments/<int:payment_id>/", desk_views.payment_detail, name="payment"),
    path("payments/<int:payment_id>/reread/", desk_views.reread, name="reread"),
    path("payments/<int:payment_id>/refund/", desk_views.refund, name="refund"),
    path("proposals/", proposal_views.proposal_list, name="proposals"),
    path("proposals/<int:proposal_id>/", proposal_views.proposal_detail, name="proposal"),
    path("proposals/<int:proposal_id>/approve/", proposal_views.approve, name="approve"),
    path("proposals/<int:proposal_id>/reject/", proposal_views.reject, name="reject"),
    path("proposals/<int:proposal_id>/withdraw/", proposal_views.withdraw, name="withdraw"),
    path("lost/<int:refund_id>/", lost_views.lost, name="lost"),
    path("lost/<int:refund_id>/say/", lost_views.say, name="say_lost"),
    path("lost/words/<int:lost_id>/approve/", lost_views.approve, name="approve_lost"),
    path("lost/words/<int:lost_id>/reject/", lost_views.reject, name="reject_lost"),
    path("lost/words/<int:lost_id>/withdraw/", lost_views.withdraw, name="withdraw_lost"),
    path("bank/", bank_views.entry_list, name="bank"),
    path("bank/top-up/", bank_views.top_up, name="top_up"),
    path("bank/payout/", spending_views.payout, name="payout"),
    path("bank/expenses/", spending_views.project_list, name="spend"),
    path("bank/expenses/<slug:subject>/", spending_views.expense, name="expense"),
    path("bank/acts/<int:act_id>/", spending_views.pay_supplier, name="pay_supplier"),
    path("bank/debts/<int:refund_id>/", bank_views.pay_debt, name="pay_debt"),
    path("bank/<int:entry_id>/", bank_views.entry_detail, name="bank_entry"),
    path("bank/<int:entry_id>/approve/", bank_views.approve, name="approve_bank"),
    path("bank/<int:entry_id>/reject/", bank_views.reject, name="reject_bank"),
    path("bank/<int:entry_id>/withdraw/", bank_views.withdraw, name="withdraw_bank"),
    path("chargebacks/", bank_views.chargeback_list, name="chargebacks"),
    path("stuck/", alarm_views.stuck_list, name="stuck"),
    path("alarms/", alarm_views.alarm_list, name="alarms"),
    path("alarms/<int:alarm_id>/", alarm_views.alarm_detail, name="alarm"),
    path("alarms/<int:alarm_id>/close/", alarm_views.close, name="close_alarm"),
]
