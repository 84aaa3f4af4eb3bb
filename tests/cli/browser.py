"""A real browser for the preview's page: Debian's chromium, driven by playwright; None where there is none."""

import os
import shutil
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found():
    """The browser's path; BRIDGE_TEST_CHROMIUM names another one."""
    given = os.environ.get("BRIDGE_TEST_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


class Look:
    """A page as someone sees it: what the console said and what was asked for beside the page itself."""

    def __init__(self, page):
        self.page = page
        self.console = []
        self.asked = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def overflow(self):
        """Elements that reach out of the window, by their class and text."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter(one => {
                 const box = one.getBoundingClientRect();
                 return box.width && (box.right > innerWidth + 1 || box.left < -1);
               }).map(one => one.className + ': ' + one.textContent.slice(0, 60))"""
        )

    def faint(self):
        """Texts whose contrast to what is behind them is under 4.5 (WCAG AA)."""
        return self.page.evaluate(CONTRAST)


CONTRAST = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = numbers(colour).map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor, parts = numbers(colour);
      if (parts.length < 4 || parts[3] > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const bad = [];
  for (const one of document.querySelectorAll('main *')) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own) continue;
    const a = light(getComputedStyle(one).color), b = light(behind(one));
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) bad.push(contrast.toFixed(2) + ' ' + one.className + ': ' + one.textContent.slice(0, 40));
  }
  return bad;
}"""


@contextmanager
def opened():
    """`look(path, width, scheme)` opens the page again each time."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy, and not on every machine

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found(), args=["--no-sandbox"])

        def look(path, width=1200, scheme="light"):
            page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            seen = Look(page)
            page.goto(path.as_uri())
            return seen

        try:
            yield look
        finally:
            chromium.close()
