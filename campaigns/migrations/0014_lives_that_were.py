"""Campaigns that were there get a life as it must have been: launched when they opened, run by their community."""

from django.db import migrations
from django.db.models import F


def give_lives(apps, _editor):
    Campaign = apps.get_model("campaigns", "Campaign")
    Organiser = apps.get_model("campaigns", "Organiser")
    shown = Campaign.objects.exclude(status="draft")
    shown.update(launched_at=F("opens_at"))
    Campaign.objects.filter(closes_at__isnull=True).update(funding="open_ended")
    shown.filter(status="closed").update(status="funded", ended_at=F("closes_at"))
    for campaign in Campaign.objects.filter(community__isnull=False).select_related("community"):
        community = campaign.community
        campaign.organiser, _is_new = Organiser.objects.get_or_create(
            community=community,
            defaults={
                "slug": community.slug,
                "name": community.name,
                "state": "verified",
                "verified_at": campaign.opens_at,
                "is_demo": campaign.is_demo,
                "created_at": campaign.opens_at,
            },
        )
        campaign.save(update_fields=["organiser"])


def take_lives(apps, _editor):
    Campaign = apps.get_model("campaigns", "Campaign")
    for campaign in Campaign.objects.filter(organiser__community__isnull=False).select_related("organiser"):
        campaign.community_id = campaign.organiser.community_id
        campaign.save(update_fields=["community"])
    Campaign.objects.filter(launched_at__isnull=True).update(status="draft")
    Campaign.objects.filter(launched_at__isnull=False).exclude(status="live").update(status="closed")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_whole_life")]

    operations = [migrations.RunPython(give_lives, take_lives)]
