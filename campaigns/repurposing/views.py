"""The page of a donor who is asked what becomes of a gift: by its secret link, until the deadline."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.models import Choice, Donation
from campaigns.repurposing import answering, selectors
from campaigns.repurposing.forms import MOVE, AnswerForm, options
from campaigns.repurposing.pool import partakers, pool_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from campaigns.repurposing.selectors import Notice

MOST_TARGETS = 50
REFUSALS = {
    answering.QuestionClosedError: gettext_lazy("The time to answer is over."),
    answering.GiftGoneError: gettext_lazy("Nothing is left to decide about: this gift has gone back."),
    answering.TargetClosedError: gettext_lazy("This project takes no gifts any more. Choose another one."),
    answering.TooManyAnswersError: gettext_lazy("This gift was decided about too often. The last answer stays."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question about a gift and take the donor's answer, which may change until the deadline."""
    donation, now = (
        get_object_or_404(Donation.objects.select_related("campaign", "payment"), token=token),
        timezone.now(),
    )
    form = AnswerForm(request.POST if request.method == "POST" else None)
    notice = selectors.notices(donations=[donation]).get(donation.pk)
    if notice is None:
        raise Http404
    if form.is_valid():
        choice, slug = form.wanted()
        try:
            answering.answer_question(donation=donation, choice=choice, target_slug=slug, now=now)
        except answering.AnswerError as error:
            form.add_error("answer", REFUSALS[type(error)])
        else:
            messages.success(request, _("Your answer is kept. You may change it until the deadline."))
            return redirect("gifts:purpose", token=token)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "campaigns/purpose.html", _context(donation, notice, form, now), status=status)


def _context(donation: Donation, notice: Notice, form: AnswerForm, now: datetime) -> dict[str, object]:
    question = notice.question
    gift = partakers(campaign=question.campaign).filter(pk=donation.pk).first()
    is_open = question.takes_answers(now) and gift is not None
    found = list(answering.targets(question=question, now=now)[:MOST_TARGETS]) if is_open else []
    chosen = f"{MOVE}{notice.target.slug}" if notice.choice == Choice.MOVE and notice.target else notice.choice
    return {
        "donation": donation,
        "notice": notice,
        "question": question,
        "form": form,
        "is_open": is_open,
        "left_kopecks": pool_of(campaign=question.campaign).share(gift.free_kopecks) if is_open and gift else 0,  # type: ignore[attr-defined]  # annotated
        "options": options(targets=found),
        "chosen": form.data.get("answer", chosen),
    }
