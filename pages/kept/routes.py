"""Which pages are kept for strangers, and what of an address makes another page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import Resolver404, resolve

if TYPE_CHECKING:
    from django.http import HttpRequest

# Route → the parameters that its page reads. A page with a form, or with anything about who looks, has no place here.
KEPT: dict[str, tuple[str, ...]] = {
    "pages:home": (),
    "pages:about": (),
    "pages:contacts": (),
    "pages:money": (),
    "pages:history": (),
    "pages:questions": (),
    "machines:feed": (),
    "machines:sitemaps": (),
    "machines:sitemap": ("p",),
    "pages:legal": (),
    "pages:legal_index": (),
    "pages:legal_version": (),
    "campaigns:list": ("page", "theme", "district", "state", "funding", "sort"),
    "campaigns:map": ("theme", "state", "funding"),
    "campaigns:detail": (),
    "campaigns:expenses": ("page",),
    "organisers:list": ("page",),
    "organisers:detail": ("page",),
    "telling:updates": ("page",),
    "telling:update": (),
    "telling:feed": (),
    "telling:questions": ("page",),
    "telling:comments": ("page",),
    "communities:list": ("page",),
    "communities:detail": (),
    "shop:list": ("page", "collection", "tag", "maker", "feeds", "available", "sort"),
    "ledger:operations": ("subject", "since", "until", "number", "amount", "before", "after"),
    "ledger:operation": (),
    "ledger:accounts": ("after",),
    "ledger:verify": (),
    "ledger:trial_balance": ("since", "until", "head", "after"),
    "ledger:card": ("since", "until", "after"),
    "ledger:errata": ("before",),
}
# What such a request changes shows by itself within seconds, and it comes too often to throw every page away for it.
FREQUENT = {"campaigns:give", "payments:notifications", "api:donations", "reports:list", "reports:report"}
FREQUENT |= {"telling:ask", "telling:comment", "telling:complain", "telling:follow"}  # anybody may send them
FREQUENT |= {"gifts:comment", "gifts:follow", "letters:stop", "shop:wait", "shop:stop"}
FREQUENT |= {"cart:add", "cart:again", "cart:change", "cart:checkout", "cart:code", "cart:total", "api:orders"}
SIGN_IN = ("account_", "mfa_", "socialaccount_")  # changes nothing that a stranger sees, and anybody may send it
# Where a visitor came from. Advertisers add it to any address, and no page of ours reads it.
TRACE = re.compile(r"utm_[a-z]+|yclid|ysclid|gclid|fbclid|vkclid|_openstat|from|ref|etext")
LONGEST_QUERY = 200


def changes_pages(name: str) -> bool:
    """Return whether what was sent to a route may have changed a page so that it must not be seen once more."""
    return name not in FREQUENT and not name.startswith(SIGN_IN)


def kept_query(request: HttpRequest) -> QueryDict | None:
    """Return what of the query the kept page reads, in one order; None where the address has no kept page.

    A parameter that nobody knows leads past the kept pages: it can neither fill them nor be shown to somebody else.
    """
    try:
        request.resolver_match = resolve(request.path_info)  # so that logs and metrics name the route of a kept page
    except Resolver404:
        return None
    known = KEPT.get(request.resolver_match.view_name)
    if known is None or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return None
    found = QueryDict(mutable=True)
    for name in sorted(request.GET):
        if name in known:
            found[name] = request.GET[name]
        elif not TRACE.fullmatch(name):
            return None
    return found
