"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Which group of the desk's menu, title, address, what it needs, picture. The group's name is that of people/desk.py.
PAGES = (
    (
        "PROJECTS",
        _("Names on the projects' pages"),
        "moderation:names",
        "campaigns.moderate_gift_name",
        "visibility_off",
    ),
    ("PROJECTS", _("Organisers"), "organisers_desk:list", "campaigns.verify_organiser", "how_to_reg"),
    ("PROJECTS", _("Change of purpose"), "purposes:list", "campaigns.view_purposequestion", "alt_route"),
    ("MONEY", _("Requests for gifts back"), "wishes:requests", "campaigns.view_refundrequest", "assignment_return"),
    ("MONEY", _("Money of missed campaigns"), "returns:list", "payments.view_refund", "keyboard_return"),
    ("MONEY", _("Debts to donors"), "returns:debts", "payments.view_bankentry", "money_off"),
    ("MONEY", _("Monthly gifts"), "monthly_desk:list", "campaigns.view_subscription", "autorenew"),
    ("PEOPLE", _("Erasure of donors"), "erasures:list", "people.erase_donor", "person_off"),
)


class CampaignsConfig(AppConfig):
    """Crowdfunding campaigns and the gifts to them."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Tell payments what a donation is, the outbox how letters are written, the desk which pages there are."""
        from campaigns.accepting import receiver
        from campaigns.organisers.forgetting import forget_account
        from campaigns.purpose import DonationPurpose
        from campaigns.services.giving import PURPOSE
        from campaigns.spending import CampaignSpending
        from campaigns.telling import joining
        from fund.payments import purposes
        from fund.sales import gifts
        from people import desk
        from people.erasure import forget_with

        for group, title, url_name, permission, icon in PAGES:
            desk.add_page(group=getattr(desk, group), title=title, url_name=url_name, permission=permission, icon=icon)
        purposes.register(PURPOSE, DonationPurpose())
        purposes.register_spending(CampaignSpending())
        gifts.register(receiver)
        forget_with("organisers", forget_account)
        joining.join()
        _register_letters()


def _register_letters() -> None:
    from campaigns import letters
    from campaigns.managing import letters as own
    from campaigns.organisers import moves
    from campaigns.organisers.letters import OrganiserLetter
    from campaigns.repurposing import letters as questions
    from campaigns.subscriptions import letters as monthly
    from people.letters import register

    register(letters.LINK, letters.LinkLetter(_("A link to one's gifts")))
    register(moves.LETTER, OrganiserLetter())
    for name, kind in {**letters.KINDS, **monthly.KINDS, **own.KINDS}.items():
        register(name, kind)
    questions.register_letters()
