"""The ways that ``year.toml`` may name, each a function that takes the next step and says whether all has happened.

It looks at what stands, so that it may be called at any moment: a year that was cut goes on where it stopped, and what
has happened is left as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.embedded.city_year import monthly, purposes, refunds, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.embedded.city_year.plan import PlannedPath
    from config.embedded.city_year.scene import Scene

PATHS: dict[str, Callable[[Scene, PlannedPath], bool]] = {
    "monthly_paid": monthly.charge,
    "monthly_refused": monthly.refuse,
    "monthly_stopped": monthly.stop,
    "refund_agreed": refunds.agree,
    "refund_declined": refunds.decline,
    "refund_taken_back": refunds.take_back,
    "chargeback": refunds.charge_back,
    "debt_paid": refunds.pay_debt,
    "debt_waiting": refunds.leave_debt,
    "shortage": refunds.run_short,
    "amendment": talk.amend,
    "extension": talk.extend,
    "question_answered": talk.answer,
    "question_waiting": talk.ask,
    "comment_shown": talk.show_comment,
    "comment_waiting": talk.comment,
    "comment_complained": talk.complain,
    "follower": talk.follow,
    "purpose_answered": purposes.answer,
    "purpose_carried_out": purposes.carry_out,
}
