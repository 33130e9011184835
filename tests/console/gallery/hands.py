"""What is asked of a page without a mouse, without JavaScript, and with letters twice as large."""

from itertools import pairwise
from typing import Any

STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const ring = element => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
  };
  let shown = false;
  for (let at = one; at && at !== document.body && !shown; at = at.parentElement) shown = ring(at);
  const box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 60) / 2, 1), innerHeight - 2);
  const over = document.elementFromPoint(x, y);
  const label = one.closest('label') || one.labels?.[0];
  const seen = over && (one.contains(over) || over.contains(one) || label?.contains(over));
  if (!one.dataset.stop) one.dataset.stop = String(++window.stops || (window.stops = 1));
  return {
    id: one.dataset.stop, html: one.outerHTML.slice(0, 110), ring: shown, seen: Boolean(seen),
    left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY,
    fixed: Boolean(one.closest('.onward, .top, .band')),
  };
}"""
REACHABLE = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(one => !one.matches(':disabled, [tabindex="-1"][aria-hidden]') && !one.dataset.stop
    && one.checkVisibility({visibilityProperty: true})
    && !(one.type === 'radio' && document.querySelector(`[data-stop][name="${one.name}"]`))
    && !one.closest('details:not([open]) > :not(summary)'))
  .map(one => one.outerHTML.slice(0, 110))"""
FROM_THE_TOP = """() => {
  const one = document.createElement('span');
  one.tabIndex = -1;
  document.body.prepend(one);
  one.focus();
  one.remove();
}"""
"""The next Tab begins at the top, wherever the page has put the focus (its first error, a field)."""
FRAME = "document.querySelector('.skip, header, nav') !== null"
"""Whether something stands before the content: a page of one question has nothing to skip."""
MOST = 400
"""Presses of Tab after which it is a trap."""


def tabbed(page: Any) -> list[str]:
    """Walk the page with Tab: each control is reached in the order of the eye, and shows it."""
    wrong, stops = [], []
    page.evaluate(FROM_THE_TOP)
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["id"] == stops[0]["id"]):
            break
        stops.append(stop)
    else:
        return [f"Tab goes round: {stops[-1]['html']}"]
    wrong += [f"no focus to be seen: {one['html']}" for one in stops if not one["ring"]]
    wrong += [f"focus behind something: {one['html']}" for one in stops if not one["seen"]]
    wrong += [f"never reached: {html}" for html in page.evaluate(REACHABLE)]
    for one, other in pairwise(stops):
        beside = one["left"] < other["right"] and other["left"] < one["right"]
        if beside and other["bottom"] <= one["top"] and not (one["fixed"] or other["fixed"]):
            wrong.append(f"jumps back up: {one['html']} -> {other['html']}")
    return wrong


def skipped(page: Any) -> list[str]:
    """The first Tab stands on the link that skips the frame, and it leads to the content."""
    if not page.evaluate(FRAME):
        return []
    page.evaluate(FROM_THE_TOP)
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        return ["the first stop is not the skip link"]
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.id") != "main":
        return ["the skip link does not lead to the content"]
    return []


def enlarged(page: Any) -> list[str]:
    """Twice as large, as a browser does it and as a reader's own size of letters does it."""
    wrong = []
    wide = "document.documentElement.scrollWidth - innerWidth"
    page.set_viewport_size({"width": 640, "height": 450})
    if page.evaluate(wide) > 0:
        wrong.append("wider than the screen at 200 %")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate(wide) > 0:
        wrong.append("wider than the screen with letters of 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return wrong


def plain(page: Any) -> list[str]:
    """Without JavaScript the page shows, and its main button sends a form with its mark."""
    if not page.locator("main h1").first.is_visible():
        return ["no heading without JavaScript"]
    button = page.locator("main form button:is(.primary, .danger)").locator("visible=true").first
    if not button.count():
        return []
    sent: list[Any] = []

    def keep(route: Any) -> None:
        sent.append(route.request)
        route.fulfill(status=204)

    page.route("**/*", keep)
    page.evaluate("document.querySelectorAll('form').forEach(one => one.noValidate = true)")
    button.click(no_wait_after=True)
    page.wait_for_timeout(150)
    page.unroute("**/*", keep)
    if not sent:
        return ["the main button sends nothing without JavaScript"]
    posts = [one for one in sent if one.method == "POST"]
    return [
        f"no mark of ours in {one.url}"
        for one in posts
        if "csrfmiddlewaretoken" not in (one.post_data or "csrfmiddlewaretoken")
    ]
