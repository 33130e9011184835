"""A letter's page is dressed as the inliner would dress it, without asking it each time."""

import html

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.channels import letter

EVERYTHING = """# One & *all*

## Two <b>raw</b> "quoted" &nbsp;

### Three
#### Four

Text, **bold**, *slanted*, `code <i>`, https://bare.example.com
line two\\
line three

- a
- b
    1. x
    2. y

7. seven
8. eight

> quoted [link](https://example.com/?a=1&b=2 "title")

---

    indented <code>

```
fenced "code"
```

[do it](https://act.example.com/x) <https://auto.example.com> <mail@example.com>
"""
ACT = "https://act.example.com/x"


def by_inliner(body: str, *, title: str, sender: str, locale: str, direction: str, act: str) -> str:
    """The whole page handed to the inliner."""
    clean = nh3.clean(
        letter._MARKDOWN.render(body),
        tags=letter._TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )
    if act:
        clean = clean.replace(f'<a href="{act}"', f'<a class="act" href="{act}"')
    return letter._INLINER.inline(
        letter._SHELL.substitute(
            lang=locale,
            dir=direction,
            start="right" if direction == "rtl" else "left",
            digits=letter._digits(locale)[0],
            title=html.escape(title),
            **{"from": f'<p class="from">{html.escape(sender)}</p>' if sender else ""},
            body=clean,
        )
    )


@pytest.mark.parametrize("sender", ["Global \"Foods\" & 'Sons'\xa0<x>", ""])
@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl")])
def test_every_element_has_the_inliners_style(locale, direction, sender):
    asked = {"title": "A & \"b\" <c>\xa0'd'", "sender": sender}
    asked |= {"locale": locale, "direction": direction, "act": ACT}
    page = letter.page(EVERYTHING, **asked)
    assert page == by_inliner(EVERYTHING, **asked)
    assert 'class="act"' in page


PIECES = st.sampled_from(
    [
        *"abc <>&\"'*_`#>-1.()[]\n\n\\!|~",
        "\xa0",
        "\u2068",
        "سلام",
        "](https://e.example/",
        "## ",
        "2. ",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=6).map("".join))
def test_whatever_is_written_the_page_is_the_inliners(body, title):
    asked = {"title": title, "sender": title, "locale": "en", "direction": "ltr", "act": ""}
    assert letter.page(body, **asked) == by_inliner(body, **asked)
