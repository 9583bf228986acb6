"""The chat, served, and a browser."""

from collections.abc import Iterator
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.web import Served
from tests.ui.browsing import ARGUMENTS, CHROMIUM, open_page
from tests.web.sending import serving


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[Served]:
    with serving(assistant) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.fail("no Chromium found: install the system package `chromium`")
    rules = ["--host-resolver-rules=MAP evil.test 127.0.0.1, MAP wiki.test 127.0.0.1"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *rules])
        yield found
        found.close()


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 860})
    yield open_page(context, served.address)
    context.close()
