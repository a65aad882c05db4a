"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

MONEY_PAGES = (
    (_("Requests for gifts back"), "wishes:requests", "campaigns.view_refundrequest", "assignment_return"),
    (_("Money of missed campaigns"), "returns:list", "payments.view_refund", "keyboard_return"),
    (_("Debts to donors"), "returns:debts", "payments.view_bankentry", "money_off"),
)


class CampaignsConfig(AppConfig):
    """Crowdfunding campaigns and the gifts to them."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Tell payments what a donation is, and the outbox how letters to donors are written."""
        from django.utils.translation import gettext_lazy

        from campaigns import letters
        from campaigns.organisers import moves
        from campaigns.organisers.forgetting import forget_account
        from campaigns.organisers.letters import OrganiserLetter
        from campaigns.purpose import DonationPurpose
        from campaigns.repurposing import letters as questions
        from campaigns.services.giving import PURPOSE
        from campaigns.subscriptions import letters as monthly
        from campaigns.telling import joining
        from fund.payments import purposes
        from people.desk import MONEY, PEOPLE, PROJECTS, add_page
        from people.erasure import forget_with
        from people.letters import register

        add_page(
            group=PROJECTS,
            title=_("Names on the projects' pages"),
            url_name="moderation:names",
            permission="campaigns.moderate_gift_name",
            icon="visibility_off",
        )
        add_page(
            group=PROJECTS,
            title=gettext_lazy("Organisers"),
            url_name="organisers_desk:list",
            permission="campaigns.verify_organiser",
            icon="how_to_reg",
        )
        forget_with("organisers", forget_account)
        register(moves.LETTER, OrganiserLetter())
        for title, url_name, permission, icon in MONEY_PAGES:
            add_page(group=MONEY, title=title, url_name=url_name, permission=permission, icon=icon)
        purposes.register(PURPOSE, DonationPurpose())
        add_page(
            group=MONEY,
            title=_("Monthly gifts"),
            url_name="monthly_desk:list",
            permission="campaigns.view_subscription",
            icon="autorenew",
        )
        add_page(
            group=PEOPLE,
            title=gettext_lazy("Erasure of donors"),
            url_name="erasures:list",
            permission="people.erase_donor",
            icon="person_off",
        )
        add_page(
            group=PROJECTS,
            title=gettext_lazy("Change of purpose"),
            url_name="purposes:list",
            permission="campaigns.view_purpose",
            icon="alt_route",
        )
        questions.register_letters()
        register(letters.RECEIPT, letters.ReceiptLetter())
        register(letters.LATE, letters.LateLetter())
        register(letters.REFUND, letters.RefundLetter())
        register(letters.REPAID, letters.RepaidLetter())
        register(letters.KEPT, letters.KeptLetter())
        register(letters.ANSWER, letters.AnswerLetter())
        register(letters.LINK, letters.LinkLetter(gettext_lazy("A link to one's gifts")))
        register(letters.ERASED, letters.ErasedLetter())
        joining.join()
        for name, kind in monthly.KINDS.items():
            register(name, kind)
