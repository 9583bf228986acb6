"""A browser on the page."""

import shutil
from typing import Any

__all__ = ["ARGUMENTS", "CHROMIUM", "QUESTION", "ask", "open_page"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUESTION = "2024年我国60岁及以上人口有多少？"


def open_page(context: Any, address: str) -> Any:
    """Open the page in a tab that notes its requests and what scripts complain of."""
    opened = context.new_page()
    opened.requested = []
    opened.on("request", lambda request: opened.requested.append(request))
    opened.complaints = []
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#yj-question textarea")
    return opened


def ask(page: Any, question: str) -> None:
    """Ask and wait for the whole answer."""
    from playwright.sync_api import expect

    answers = ".yj-answer:not(.yj-busy), .yj-refusal, .yj-error"
    before = page.locator(answers).count()
    page.fill("#yj-question textarea", question)
    page.press("#yj-question textarea", "Enter")
    expect(page.locator(answers)).to_have_count(before + 1, timeout=20_000)
    expect(page.locator(".yj-busy")).to_have_count(0)
