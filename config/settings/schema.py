"""How the API describes itself: drf-spectacular's settings. A choice that two fields share is named here."""

SETTINGS = {
    "TITLE": "Социальный капитал",
    "DESCRIPTION": "Public API of the city fund: campaigns, gifts and the open books. Sums are whole kopecks."
    " A demonstration, where no money is taken, says so with every answer in the header X-Demonstration.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CampaignActEnum": "campaigns.drafting.selectors.OFFERED",
        "CampaignStateEnum": "campaigns.finding.wanted.STATES",
        "CampaignStatusEnum": "api.v1.campaigns.STATUSES",
        "DistrictAloneEnum": "api.v1.drafts.DISTRICTS",
        "DistrictEnum": "campaigns.finding.wanted.DISTRICTS",
        "GiftStatusEnum": "api.v1.donations.GIFT_STATES",
        "OrganiserKindEnum": "api.v1.organisers.KINDS",
        "PictureKindEnum": "api.v1.own_pictures.KINDS",
        "PictureStateEnum": "api.v1.own_pictures.STATES",
        "PieceEnum": "api.v1.one_campaign.PIECES",
        "OpenOrNotEnum": "api.v1.campaigns.OPEN_OR_NOT",
    },
}
