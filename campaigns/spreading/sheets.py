"""Pictures and posters of campaigns: which are due, how each is made once, where its file lies (docs/adr/0050)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns import selectors
from campaigns.models import Campaign, Sheet
from campaigns.spreading import drawing
from campaigns.spreading.sharing import short_address_of
from fund.money import NO_BREAK_SPACE, format_roubles
from fund.reports.pdf import render_pdf
from fund.reports.qr import qr_svg

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.selectors import CampaignRow

LANGUAGE = "ru"
VERSION = "1"  # another one makes every sheet anew
STEP_PERCENT = 5  # what is raised is shown in steps, so that a picture is not made anew with each gift
# What stands on each, as one digest: a picture's figures in steps, a poster's words. A poster hangs while it collects.
DUE = """
    WITH wanted AS (
        SELECT c.id, k.kind, l.status, l.opens_at, md5(concat_ws('|', %(version)s::text, %(site)s::text,
            c.title, o.name, c.goal_kopecks, c.is_demo, CASE k.kind
                WHEN 'picture' THEN concat_ws('|', l.status,
                    least(100, l.raised_kopecks * 100 / l.goal_kopecks) / %(step)s)
                ELSE concat_ws('|', c.summary, c.closes_at AT TIME ZONE 'UTC') END)) AS shows
        FROM campaigns_listing l
        JOIN campaigns_campaign c ON c.id = l.campaign_id
        LEFT JOIN campaigns_organiser o ON o.id = c.organiser_id
        CROSS JOIN (VALUES ('picture'), ('poster')) k (kind)
        WHERE k.kind = 'picture' OR l.status = 'live'
    )
    SELECT w.id, w.kind, w.shows FROM wanted w
    LEFT JOIN campaigns_sheet s ON s.campaign_id = w.id AND s.kind = w.kind
    WHERE s.shows IS DISTINCT FROM w.shows
    ORDER BY w.status <> 'live', s.id IS NOT NULL, w.opens_at DESC, w.id, w.kind LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Due:
    """A sheet that is to be made: whose, which, and the digest of what will stand on it."""

    campaign_id: int
    kind: str
    shows: str


def due_sheets(*, limit: int) -> list[Due]:
    """Return which sheets are missing or no longer right, those of collecting campaigns first. One query."""
    arguments: dict[str, str | int] = {
        "version": VERSION,
        "site": settings.SITE_URL,
        "step": STEP_PERCENT,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, arguments)
        return [Due(*row) for row in cursor.fetchall()]


def make_sheet(*, due: Due, now: datetime) -> None:
    """Draw one sheet and put it in the place of the one before. Safe to run twice, and beside itself."""
    campaign = selectors.published().get(pk=due.campaign_id)
    with override(LANGUAGE):
        if due.kind == Sheet.Kind.PICTURE:
            row = selectors.rows(campaigns=[campaign], now=now)[0]
            _keep(campaign, Sheet.Kind.PICTURE, due.shows, draw_picture(row), now)
        else:
            words = poster_words(campaign)
            _keep(campaign, Sheet.Kind.LOOK, due.shows, _look(words), now)
            _keep(campaign, Sheet.Kind.POSTER, due.shows, draw_poster(words), now)


def draw_picture(row: CampaignRow) -> bytes:
    """Return the picture of a campaign for social networks."""
    campaign = row.campaign
    percent = min(100, row.percent) // STEP_PERCENT * STEP_PERCENT
    goal = format_roubles(campaign.goal_kopecks)
    raised = f"{percent}{NO_BREAK_SPACE}% из {goal}" if percent else f"цель {goal}"
    state = raised[:1].upper() + raised[1:]
    if campaign.status != Campaign.Status.LIVE:
        state = f"{campaign.get_status_display()} · {raised}"
    return drawing.picture(
        title=campaign.title,
        organiser=(campaign.organiser.name if campaign.organiser else "") or "Открытый фонд Пензы",
        state=state,
        percent=percent,
        note=_("Demonstration") if campaign.is_demo else "",
    )


@dataclass(frozen=True)
class PosterWords:
    """All that stands on a poster."""

    title: str
    summary: str
    goal: str
    until: str
    organiser: str
    address: str
    is_demo: bool


def poster_words(campaign: Campaign) -> PosterWords:
    """Return what stands on a campaign's poster; no figure that is old by the time it hangs."""
    return PosterWords(
        title=drawing.shown(campaign.title),
        summary=drawing.shown(campaign.summary),
        goal=format_roubles(campaign.goal_kopecks),
        until=_deadline(campaign.closes_at),
        organiser=drawing.shown(campaign.organiser.name) if campaign.organiser else "",
        address=short_address_of(campaign),
        is_demo=campaign.is_demo,
    )


def draw_poster(words: PosterWords) -> bytes:
    """Return the poster as a PDF of one page of A4."""
    context = {"words": words, "short": words.address.partition("://")[2], "qr_svg": qr_svg(words.address)}
    return render_pdf(template="pdf/poster.html", context=context | {"fund": settings.FUND})


def _deadline(at: datetime | None) -> str:
    """Return «до 24 ноября 2026 г.», in Moscow's days; what one may do where there is no end."""
    if at is None:
        return "Можно помочь в любой день"
    day = date_format(timezone.localtime(at), "j E Y")
    return f"до {day} г.".replace(" ", NO_BREAK_SPACE)


def _look(words: PosterWords) -> bytes:
    return drawing.look(
        title=words.title,
        summary=words.summary,
        sums=(f"Нужно {words.goal}", words.until),
        address=words.address,
        by=words.organiser,
        note="Демонстрация: деньги не собираются" if words.is_demo else "",
    )


@transaction.atomic
def _keep(campaign: Campaign, kind: Sheet.Kind, shows: str, content: bytes, now: datetime) -> None:
    """Store a file under its hash and point the row to it; the file before goes once that is committed."""
    digest = sha256(content).hexdigest()
    before = Sheet.objects.select_for_update().filter(campaign=campaign, kind=kind).first()
    fresh = Sheet(sha256=digest, kind=kind)
    if not default_storage.exists(fresh.storage_name):
        default_storage.save(fresh.storage_name, ContentFile(content))
    values = {"shows": shows, "sha256": digest, "made_at": now}
    Sheet.objects.update_or_create(campaign=campaign, kind=kind, defaults=values)
    if before is not None and before.sha256 != digest:
        transaction.on_commit(lambda: _forget(before.storage_name, before.sha256))


def _forget(name: str, digest: str) -> None:
    """Delete a file that no row points to any more."""
    if not Sheet.objects.filter(sha256=digest).exists():
        default_storage.delete(name)


def sheets_of(*, campaign: Campaign) -> dict[str, Sheet]:
    """Return a campaign's sheets by their kind. One query."""
    return {sheet.kind: sheet for sheet in Sheet.objects.filter(campaign=campaign)}
