"""What people write in Markdown, made into HTML: a small safe subset, no raw HTML, no pictures from elsewhere."""

from __future__ import annotations

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST_TEXT = 20_000  # characters; whoever takes a text refuses a longer one, what is longer all the same is cut
RULES = (
    "backticks", "blockquote", "emphasis", "entity", "escape", "heading", "hr", "lheading", "link", "list", "newline",
    "paragraph",
)  # fmt: skip
MARKS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "strong", "ul",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
REL = "nofollow ugc noopener"
DEEPEST_NESTING = 20


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("zero", {"breaks": True, "maxNesting": DEEPEST_NESTING}).enable(list(RULES))


def render_markdown(text: str) -> SafeString:
    """Return a text as HTML that is safe to show to anybody.

    Headings begin at ``h3``, below those of the page that shows them; links say that the site does not vouch for them.
    The parser makes no mark beyond its rules, and nh3 lets none beyond ``MARKS`` through: two walls, neither trusted.
    """
    parser = _parser()
    tokens = parser.parse(text.replace("\x00", "")[:LONGEST_TEXT])
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    html = parser.renderer.render(tokens, parser.options, {})
    cleaned = nh3.clean(
        html, tags=MARKS, attributes={"a": {"href", "title"}, "ol": {"start"}}, url_schemes=SCHEMES, link_rel=REL
    )
    return mark_safe(cleaned)  # noqa: S308 - nh3 has just cleaned it
