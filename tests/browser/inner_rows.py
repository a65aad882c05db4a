"""What the pages behind a sign-in show: made once, beside the running fund, by a program that prints its names."""

ROWS = """
import json
from datetime import timedelta
from uuid import uuid4
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.utils import timezone
from campaigns.funding.deciding import decide_campaign
from campaigns.life.moves import Actor
from campaigns.life.reviewing import step_campaign, submit_campaign
from campaigns.models import Campaign, Comment, Donation, Question
from campaigns.repurposing.asking import propose_question
from campaigns.telling import updates
from campaigns.wishes.asking import ask_refund
from campaigns.wishes.paying import Payee, give_details
from fund.ledger.models import Account, Checkpoint, Operation
from fund.payments import services
from fund.payments.models import Alarm
from fund.payments.services.proposing import propose_refund
from fund.payments.services.refunding import refuse_refund
from fund.sales.models import ReturnWish, Sale
from merch.models import Collection
from merch.sheets import applying, writing
from people import publishing
from people.models import Letter, StaffAct
from people.roles import ROLES
from tests import make
from tests.campaigns import organiser_papers
from tests.fund.sales.orders import order, place
from tests.merch import shelf
from tests.merch.test_carts import code
from tests.merch.test_checkout import tariff
now = timezone.now()
team = {{role: make.staff(role, email=role + "@inner.example.org") for role in ROLES}}
team["organiser"] = make.user("organiser@inner.example.org", password=make.PASSWORD)
team["person"] = make.user("person@inner.example.org", password=make.PASSWORD)
team["no password"] = make.user("none@inner.example.org")
def signed_in_for_long(one):
    session = make.sign_in(Client(), one).session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] += 7200  # proved lately for as long as all these pages take
    session.save()
    return session.session_key
keys = {{name: signed_in_for_long(one) for name, one in team.items()}}
head = team["administrator"]
RecoveryCodes.activate(head)
key = Authenticator.objects.create(user=head, type="webauthn", data={{"name": "Ключ на связке", "credential": {{}}}})
payment = Donation.objects.get(token="{token}").payment
proposal = propose_refund(payment_id=payment.pk, amount_kopecks=payment.amount_kopecks, reason="mistake",
    note="Заплачено дважды", request_key=str(uuid4()), user=team["treasurer"], now=now)
services.raise_alarm(kind=Alarm.Kind.NO_COMMISSION, subject=f"payment:{{payment.pk}}", now=now)
entry = services.propose_top_up(amount_kopecks=100000, order_number=17, order_date=timezone.localdate(now),
    request_key=str(uuid4()), user=team["treasurer"], now=now)
owing = make.paid_donation(make.campaign("owing", title="Площадка"), number=991)
debt = services.request_refund(payment_id=owing.payment_id, amount_kopecks=owing.amount_kopecks, reason="mistake",
    request_key=str(uuid4()), now=now)
refuse_refund(refund_id=debt.pk, reason="general_decline", now=now)
give_details(donation_id=owing.pk, payee=Payee("Анна Мостовая", "40817810700000000001", "044525225"), now=now)
lost = services.request_refund(payment_id=make.paid_donation(Campaign.objects.get(slug="owing"), number=994).payment_id,
    amount_kopecks=50000, reason="mistake", request_key=str(uuid4()), now=now)
type(lost).objects.filter(pk=lost.pk).update(first_attempt_at=now - timedelta(days=1), next_check_at=None)
seen = services.propose_lost(refund_id=lost.pk, note="За 1 мая возвратов нет", request_key=str(uuid4()),
    user=team["treasurer"], now=now)
wish = ask_refund(donation_id=make.paid_donation(Campaign.objects.get(slug="owing"), number=992).pk,
    reason="Заплатила дважды", now=now)
missed = make.campaign("missed", title="Не набрал", closes_at=now + timedelta(hours=1), funding="all_or_nothing",
    minimum_kopecks=100000)
decide_campaign(campaign_id=missed.pk, now=now + timedelta(hours=2))
own = make.organiser(owner=team["organiser"])
draft = make.draft("inner", title="Черновик", by=own)
handed_in = submit_campaign(campaign_id=make.draft("handed-in", title="На рассмотрении", by=own).pk,
    actor=Actor("organiser", team["organiser"]), now=now)
funded = make.campaign("funded", title="Собран", by=own)
make.paid_donation(funded, number=993)
make.end(funded, at=now)
spent = services.propose_expense(subject="funded", amount_kopecks=10000, line="Саженцы", words="Двадцать яблонь",
    act_number="А-17", act_date=timezone.localdate(now), request_key=str(uuid4()), user=team["treasurer"], now=now)
services.approve_bank_entry(entry_id=spent.pk, user=team["signer"], now=now)
at_work = make.campaign("at-work", title="В работе", by=own)
make.end(at_work, at=now)
step_campaign(campaign_id=at_work.pk, action="deliver", actor=Actor("organiser", team["organiser"]), reason="",
    now=timezone.now())
make.campaign("collecting", title="Собирает", by=own, closes_at=now + timedelta(days=9))
organiser_papers.begun(team["person"])
applicant = organiser_papers.handed_in(make.user("applicant@inner.example.org"))
update = updates.write_update(campaign=funded, title="Новость", body="**Слова**", key=uuid4().hex, now=now)
question = Question.objects.create(campaign=funded, text="Когда?", reference=uuid4(), request_key=uuid4().hex,
    created_at=now, confirmed_at=now)
comment = Comment.objects.create(campaign=funded, text="Слово", request_key=uuid4().hex, created_at=now)
stop = propose_question(campaign_id=funded.pk, reason="Участок под сад передан под застройку", answer_days=14,
    user=make.user(), now=now)
approved = make.approve(make.draft("approved", title="Утверждён", by=own))
publishing.save_draft(kind="offer", body="# Оферта\\n\\nНовые слова", note="Проще", by=team["moderator"], now=now)
souvenir = shelf.product("Кружка с гербом", collection=Collection.objects.create(slug="jazz-in", title="Джаз в мае"))
variant = shelf.variant(souvenir, pieces=5, size="L", colour="Синий")
sale = place(order((variant.item, 2, 50000)))
Sale.objects.filter(pk=sale.pk).update(state="paid")  # past its payment: nobody pays it here
ReturnWish.objects.create(sale=sale, reason="faulty", words="Скол на ручке", asked_at=now)
tariff, promo = tariff(first_postcode="641000", last_postcode="641999"), code("INNER", percent=10)
text, count, found = applying.look_at(content="".join(writing.table()).encode(), now=now)
sheet = applying.keep(text=text, rows=count, found=found, by=team["brand_manager"], now=now)
rows = {{"souvenir": souvenir.pk, "variant": variant.pk, "item": variant.item_id, "sale": sale.pk,
    "collection": souvenir.collection_id, "sheet": str(sheet.reference), "tariff": tariff.pk, "promo": promo.pk,
    "key": key.pk, "person": team["moderator"].pk, "grant": team["moderator"].grants.get().pk,
    "act": StaffAct.objects.latest("pk").pk, "campaign": Campaign.objects.get(slug="jazz-may").pk,
    "draft": draft.pk, "applicant": applicant.pk,
    "handed_in": handed_in.pk, "approved": approved.pk, "funded": funded.pk,
    "entry": entry.pk, "spent": spent.pk, "debt": debt.pk, "wish": wish.pk,
    "lost": lost.pk, "seen": seen.pk, "missed": missed.pk,
    "update": update.pk, "question": question.pk, "stop": stop.pk,
    "payment": payment.pk, "proposal": proposal.pk, "alarm": Alarm.objects.latest("pk").pk,
    "letter": Letter.objects.latest("pk").pk, "account": Account.objects.latest("pk").pk,
    "checkpoint": Checkpoint.objects.latest("pk").pk, "operation": Operation.objects.latest("pk").pk}}
print("rows", json.dumps([keys, rows]))
"""
