"""The one door: what it writes, and what the books refuse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from fund.ledger import errors, selectors, services
from fund.ledger.models import Account, Checkpoint, Operation, Posting
from fund.money import Kopecks

if TYPE_CHECKING:
    from config.embedded.postgres import Cluster

DAY = date(2026, 5, 1)


def gift(key: str = "gift-1", kopecks: int = 1000_00, subject: str = "jazz") -> Operation:
    services.open_account(code=f"86.{subject}", name="Jazz May")
    return services.post_event(
        event="gift",
        subject=subject,
        amounts={"gross": Kopecks(kopecks)},
        key=key,
        business_date=DAY,
        reference="000001",
    )


@pytest.mark.django_db
def test_a_gift_moves_both_accounts() -> None:
    operation = gift()

    found = selectors.find_operation(number=operation.number)
    assert found is not None
    assert found.memo == "Пожертвование № 000001"
    assert [(row.debit_code, row.credit_code, row.amount_kopecks) for row in found.postings] == [
        ("57.yookassa", "86.jazz", 1000_00)
    ]
    assert selectors.balances_kopecks(codes=["57.yookassa", "86.jazz"]) == {"57.yookassa": 1000_00, "86.jazz": 1000_00}


@pytest.mark.django_db
def test_the_same_key_and_request_is_the_same_operation() -> None:
    first = gift()

    assert gift() == first
    assert Operation.objects.count() == 1


@pytest.mark.django_db
def test_what_comes_back_is_what_was_written() -> None:
    first, again = gift(), gift()
    written = Operation.objects.get()

    for field in Operation._meta.concrete_fields:
        assert getattr(first, field.attname) == getattr(again, field.attname) == getattr(written, field.attname)


@pytest.mark.usefixtures("committed")
def test_outside_a_transaction_a_refusal_leaves_nothing_and_one_call_is_one_commit() -> None:
    services.open_account(code="86.jazz", name="Jazz May")
    with pytest.raises(errors.UnknownAccountError):
        services.post_event(event="gift", subject="nowhere", amounts={"gross": Kopecks(1)}, key="k", business_date=DAY)
    assert Operation.objects.count() == 0

    for number in range(4):  # from the third on the statement is prepared
        gift(f"gift-{number}")
    with pytest.raises(errors.KeyReusedError):
        gift("gift-0", kopecks=1)
    assert len(set(Operation.objects.values_list("transaction_id", flat=True))) == 4


@pytest.mark.usefixtures("committed")
def test_inside_a_transaction_a_refusal_does_not_end_it() -> None:
    with transaction.atomic():
        gift("before")
        with pytest.raises(errors.KeyReusedError):
            gift("before", kopecks=1)
        gift("after")

    assert list(Operation.objects.order_by("number").values_list("key", flat=True)) == ["before", "after"]


@pytest.mark.django_db
def test_the_same_key_with_another_sum_is_refused() -> None:
    gift()

    with pytest.raises(errors.KeyReusedError):
        gift(kopecks=1)
    assert selectors.balances_kopecks(codes=["86.jazz"]) == {"86.jazz": 1000_00}


@pytest.mark.django_db
def test_an_account_that_is_not_open_is_refused() -> None:
    with pytest.raises(errors.UnknownAccountError):
        services.post_event(event="gift", subject="nowhere", amounts={"gross": Kopecks(1)}, key="k", business_date=DAY)
    assert Operation.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["02", "86.Jazz", "86.", "86.a--b", "75.jazz"])
def test_an_account_outside_the_chart_is_refused(code: str) -> None:
    with pytest.raises(errors.UnknownAccountError):
        services.open_account(code=code, name="x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "amounts"), [("gift", {}), ("gift", {"gross": 0}), ("gift", {"fee": 1}), ("no-such-event", {"gross": 1})]
)
def test_an_event_that_does_not_fit_is_refused(event: str, amounts: dict[str, Kopecks]) -> None:
    with pytest.raises(errors.UnknownEventError):
        services.post_event(event=event, subject="fund", amounts=amounts, key="k", business_date=DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["Иван Иванов", "a@b.ru", "x" * 65])
def test_a_memo_takes_no_typed_text(reference: str) -> None:
    with pytest.raises(errors.UnknownEventError):
        services.post_event(
            event="gift", subject="fund", amounts={"gross": Kopecks(1)}, key="k", business_date=DAY, reference=reference
        )


@pytest.mark.django_db
def test_a_negative_sum_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="posting_amount_positive"):
        gift(kopecks=-1)


@pytest.mark.django_db
def test_a_reversal_is_the_mirror_once() -> None:
    operation = gift()
    wrong = services.reverse_operation(
        operation=operation, reason="wrong_amount", approved_by_role="treasurer", key="r1", business_date=DAY
    )

    assert selectors.balances_kopecks(codes=["57.yookassa", "86.jazz"]) == {"57.yookassa": 0, "86.jazz": 0}
    with pytest.raises(errors.BadReversalError):
        services.reverse_operation(
            operation=operation, reason="duplicate", approved_by_role="treasurer", key="r2", business_date=DAY
        )
    with pytest.raises(errors.BadReversalError):
        services.reverse_operation(
            operation=wrong, reason="duplicate", approved_by_role="treasurer", key="r3", business_date=DAY
        )
    assert (
        services.reverse_operation(
            operation=operation, reason="wrong_amount", approved_by_role="treasurer", key="r1", business_date=DAY
        )
        == wrong
    )


@pytest.mark.django_db
def test_a_reversal_that_is_no_mirror_is_refused() -> None:
    operation = gift()

    with pytest.raises(DatabaseError, match="not the mirror"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('reversal', '', '2026-05-01', '', 'x', %s, '{}', '{86.jazz}', '{57.yookassa}',"
            " '{1}', '{}')",
            [operation.number],
        )


@pytest.mark.django_db
def test_a_guarded_account_does_not_fall_below_nought() -> None:
    gift()
    services.open_account(code="20.jazz", name="Jazz May")

    with pytest.raises(errors.ShortOfMoneyError):
        services.post_event(
            event="project_costs_covered",
            subject="jazz",
            amounts={"gross": Kopecks(1000_01)},
            key="cover",
            business_date=DAY,
        )
    services.post_event(
        event="project_costs_covered",
        subject="jazz",
        amounts={"gross": Kopecks(1000_00)},
        key="cover",
        business_date=DAY,
    )
    assert selectors.balances_kopecks(codes=["86.jazz"]) == {"86.jazz": 0}


def moved(target: str = "square", kopecks: int = 400_00, kind: str = "purpose_moved") -> Operation:
    return services.post_event(
        event=kind, subject="jazz", amounts={"gross": Kopecks(kopecks)}, key="move", business_date=DAY,
        reference="000001", target=target,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "head"), [("purpose_moved", "86"), ("purpose_moved_until_goal", "76")])
def test_money_goes_on_from_one_purpose_to_another(kind: str, head: str) -> None:
    gift()
    services.open_account(code=f"{head}.square", name="Сквер")
    operation = moved(kind=kind)

    assert moved(kind=kind) == operation, "the same key and request"
    assert (operation.subject, operation.memo.split(" передано")[0]) == ("jazz", "Пожертвование № 000001")
    held = selectors.balances_kopecks(codes=["86.jazz", f"{head}.square", "57.yookassa"])
    assert held == {"86.jazz": 600_00, f"{head}.square": 400_00, "57.yookassa": 1000_00}


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["", "jazz", "Сквер", "86.square", "a--b", "{subject}"])
def test_a_target_that_is_none_or_the_subject_itself_is_refused(target: str) -> None:
    gift()
    with pytest.raises(errors.UnknownEventError):
        moved(target)
    with pytest.raises(errors.UnknownEventError):
        services.post_event(
            event="gift", subject="jazz", amounts={"gross": Kopecks(1)}, key="k", business_date=DAY, target="square"
        )

    assert Operation.objects.count() == 1


@pytest.mark.django_db
def test_no_more_goes_on_than_the_purpose_holds_and_nothing_to_what_is_not_open() -> None:
    gift()
    with pytest.raises(errors.UnknownAccountError):
        moved("nowhere")
    services.open_account(code="86.square", name="Сквер")
    with pytest.raises(errors.ShortOfMoneyError):
        moved(kopecks=1000_01)

    assert selectors.balances_kopecks(codes=["86.jazz", "86.square"]) == {"86.jazz": 1000_00, "86.square": 0}


REWRITES = [
    (
        "INSERT INTO ledger_operation (kind, subject, business_date, memo, key, request_sha256, document_hashes,"
        " posted_at, transaction_id) VALUES ('gift', '', now(), '', 'z', '', '{}', now(), 1)"
    ),
    (
        "INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)"
        " SELECT operation_id, 9, debit_id, credit_id, 1, transaction_id FROM ledger_posting"
    ),
    "UPDATE ledger_posting SET amount_kopecks = 1",
    "UPDATE ledger_posting SET debit_id = credit_id, credit_id = debit_id",
    "UPDATE ledger_posting SET credit_id = (SELECT id FROM ledger_account WHERE code = '86.fund')",
    "UPDATE ledger_operation SET memo = 'x'",
    "DELETE FROM ledger_posting",
    "DELETE FROM ledger_operation",
    "TRUNCATE ledger_posting",
    "TRUNCATE ledger_operation CASCADE",
    "UPDATE ledger_account SET name = 'x'",
    "DELETE FROM ledger_account",
    "UPDATE ledger_checkpoint SET postings = 0",
    "DELETE FROM ledger_checkpoint",
    "UPDATE ledger_accounttotal SET debit_kopecks = 0",
    "DELETE FROM ledger_accounttotal",
    "UPDATE ledger_turnover SET debit_kopecks = 0",
    "DELETE FROM ledger_turnover",
    "UPDATE ledger_sealedsum SET amount_kopecks = 1",
]


@pytest.mark.parametrize("role", ["fund_app", "fund_sealer", "fund_owner"])
@pytest.mark.parametrize("statement", REWRITES)
def test_history_is_not_rewritten(committed: str, cluster: Cluster, role: str, statement: str) -> None:
    gift()
    services.seal_checkpoint()
    before = (list(Operation.objects.values_list()), list(Posting.objects.values_list()))

    with cluster.connect(committed, user=role) as other, pytest.raises(psycopg.Error) as refusal:
        other.execute(statement)

    assert refusal.value.sqlstate in {"42501", "23514"}
    assert (list(Operation.objects.values_list()), list(Posting.objects.values_list())) == before


@pytest.mark.parametrize("role", ["fund_app", "fund_owner"])
def test_the_site_and_the_owner_call_only_what_is_theirs(committed: str, cluster: Cluster, role: str) -> None:
    with cluster.connect(committed, user="fund_app") as site, pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute("SELECT seal()")
    with cluster.connect(committed, user="fund_sealer") as sealer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute("SELECT open_account('86.x', 'x', 'passive')")


def test_an_operation_without_postings_does_not_commit(committed: str, cluster: Cluster) -> None:
    with cluster.connect(committed, user="fund_owner") as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "INSERT INTO ledger_operation (kind, subject, business_date, memo, key, request_sha256, document_hashes,"
            " posted_at, transaction_id)"
            " VALUES ('x', '', now(), '', 'z', '', '{}', now(), ledger_current_transaction())"
        )


@pytest.mark.django_db
def test_database_refuses_to_rewrite_history_through_the_orm() -> None:
    gift()

    with pytest.raises(ProgrammingError), transaction.atomic():
        Posting.objects.update(amount_kopecks=1)
    assert Account.objects.filter(code="86.jazz").count() == 1
    assert Checkpoint.objects.count() == 0
