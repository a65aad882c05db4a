"""People's own words as HTML: what a story may hold, and that nothing of it runs."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.markdown import LONGEST_TEXT, MARKS, render_markdown

SNARES = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;avascript:alert(1))", "[a](java\nscript:alert(1))", "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)", "<svg/onload=alert(1)>", "![a](https://elsewhere.example/x.png)", "![a](javascript:alert(1))",
    "<a href='https://x.example' onclick=alert(1)>x</a>", '[a](https://x.example "onmouseover=alert(1)")',
    "<https://x.example>", "<javascript:alert(1)>", "`<script>`", "&lt;script&gt;", "<iframe src=//x.example>",
    "<style>*{display:none}</style>", "[a][b]\n\n[b]: javascript:alert(1)", "<!-- x --><script>", "<math><mtext>",
    '[x](https://a.example/"><script>alert(1)</script>)', "\x00<scr\x00ipt>",
)  # fmt: skip


class Marks(HTMLParser):
    """Reads HTML as a browser roughly would and refuses what could run or fetch."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in MARKS, tag
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("a", "title"), ("a", "rel"), ("ol", "start")}, (tag, name)
            if name == "href":
                known = (value or "").partition(":")[0].lower() in {"http", "https", "mailto"}
                assert known or ":" not in (value or "").partition("/")[0], value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def is_harmless(html: str) -> bool:
    reader = Marks(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return True


def test_a_story_holds_what_a_story_needs() -> None:
    text = (
        "# Зачем\n\nСажаем **сад** и *аллею*.\nСтрока\n\n- липа\n- клён\n\n> Спасибо\n\n[сайт](https://penza.example/)"
    )
    assert render_markdown(text) == (
        "<h3>Зачем</h3>\n<p>Сажаем <strong>сад</strong> и <em>аллею</em>.<br>\nСтрока</p>\n"
        "<ul>\n<li>липа</li>\n<li>клён</li>\n</ul>\n<blockquote>\n<p>Спасибо</p>\n</blockquote>\n"
        '<p><a href="https://penza.example/" rel="nofollow ugc noopener">сайт</a></p>\n'
    )


@pytest.mark.parametrize("snare", SNARES)
def test_script_in_markdown_stays_text(snare: str) -> None:
    html = render_markdown(snare)
    assert is_harmless(html)
    assert "<script" not in html
    assert "<img" not in html


@given(
    st.lists(
        st.one_of(st.sampled_from(SNARES), st.text(max_size=20), st.sampled_from("\n#>-*_`[]()!<>&\"' ")), max_size=12
    )
)
def test_whatever_is_written_nothing_of_it_runs(parts: list[str]) -> None:
    assert is_harmless(render_markdown("".join(parts)))


def test_a_text_beyond_all_length_is_cut_and_nesting_ends() -> None:
    assert len(render_markdown("я" * (LONGEST_TEXT + 5))) < LONGEST_TEXT + 20
    assert is_harmless(render_markdown("> " * 5_000 + "x"))
    assert is_harmless(render_markdown("[" * 9_000))
    assert is_harmless(render_markdown("- " * 9_000))
