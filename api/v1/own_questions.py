"""Questions to an organiser through the API: those that wait, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from api.authentication import KeyAuthentication
from api.errors import problems
from api.v1.fields import StrictCharField
from api.v1.own import own_public, require_public, wrong
from api.v1.pages import CURSOR, numbered_page
from campaigns.models.telling import ANSWER_LENGTH
from campaigns.telling import questions, selectors
from campaigns.telling.forms import AnswerForm
from people.tasks import send_soon

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import Question


class OwnQuestionSerializer(serializers.Serializer[dict[str, Any]]):
    """A question to one's own campaign; who asked is never told but by the name that they wanted shown."""

    id = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    name = serializers.CharField(help_text="As the person agreed to be named; else empty.")
    text = serializers.CharField()
    answer = serializers.CharField(help_text="Empty while it waits.")
    answered_at = serializers.DateTimeField(allow_null=True)


class OwnQuestionPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of questions that wait for an answer."""

    items = OwnQuestionSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class NewAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """An answer."""

    answer = StrictCharField(max_length=ANSWER_LENGTH, help_text="Markdown, in a small subset.")


@extend_schema(
    operation_id="own_questions_list", parameters=[CURSOR],
    responses={200: OwnQuestionPageSerializer} | problems(400, 401, 404),
)  # fmt: skip
@api_view(["GET"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_questions(request: Request, slug: str) -> Response:
    """Return the questions that wait for an answer, the oldest first; answered ones are public."""
    found = selectors.awaited_questions(campaign=own_public(request, slug))
    page, following = numbered_page(request, found, is_oldest_first=True)
    return Response({"items": [_shown(row) for row in page], "next_cursor": following})


@extend_schema(
    operation_id="own_question_answer", request=NewAnswerSerializer,
    responses={200: OwnQuestionSerializer} | problems(400, 401, 403, 404),
)  # fmt: skip
@api_view(["PUT"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def answer(request: Request, slug: str, question_id: int) -> Response:
    """Answer a question in public, or put the answer better. The first answer alone goes by letter to who asked."""
    campaign = own_public(request, slug)
    question = selectors.answerable_questions(campaign=campaign).filter(pk=question_id).first()
    if question is None:
        raise NotFound(_("There is no such question."))
    require_public(request)
    sent = NewAnswerSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    form = AnswerForm(sent.validated_data)
    if not form.is_valid():
        raise wrong(form)
    try:
        letter = questions.answer_question(question_id=question.pk, now=timezone.now(), **form.cleaned_data)
    except questions.NothingToAnswerError as error:
        raise NotFound(_("There is no such question.")) from error
    if letter is not None:
        send_soon(letter=letter)
    question.refresh_from_db()
    return Response(_shown(question))


def _shown(row: Question) -> dict[str, object]:
    return {
        "id": row.pk,
        "asked_at": row.created_at,
        "name": row.public_name,
        "text": row.text,
        "answer": row.answer,
        "answered_at": row.answered_at,
    }
