"""What stays in a reader's browser: nothing of what was asked."""

from typing import Any

import pytest

from rag.web import Served
from tests.ui.browsing import QUESTION, ask, open_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")

STORED = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
  (await indexedDB.databases()).map((found) => found.name), (await caches.keys()),
])"""
OLDER = """() => {
  for (const key of ["gradio:run-history:v2:104169444", "gradio:run-history:replay:v2:7", "gradio:run-history:v1:1",
                     "gradio:run-history:destination:v1:104169444:user:a"]) {
    localStorage.setItem(key, '[{"inputs": ["机密问题"]}]');
    sessionStorage.setItem(key, "机密问题");
  }
  localStorage.setItem("somebody-elses", "stays");
}"""


def test_runs_that_older_versions_kept_are_removed_when_the_page_is_opened(page: Any) -> None:
    page.evaluate(OLDER)
    assert "机密问题" in page.evaluate(STORED)
    page.reload()
    page.wait_for_selector("#yj-question textarea")
    stored = page.evaluate(STORED)
    assert "机密问题" not in stored
    assert "run-history" not in stored
    assert "somebody-elses" in stored


def test_nothing_that_was_asked_is_kept(page: Any, served: Served) -> None:
    ask(page, QUESTION)
    page.locator(".yj-cite").first.click()
    ask(page, "机密问题？")
    page.click("#yj-new")
    page.wait_for_selector(".yj-greeting")
    stored = page.evaluate(STORED)
    assert "60岁" not in stored
    assert "机密" not in stored
    assert page.context.cookies() == []
    # Off twice over: Gradio is told to keep no runs, and keeps none of functions that are no public API.
    assert page.evaluate("window.gradio_config.run_history") is False
    assert page.evaluate("window.gradio_config.dependencies.every((d) => d.api_visibility === 'private')")
    again = open_page(page.context, served.address)
    assert "60岁" not in again.evaluate(STORED)
    again.wait_for_selector(".yj-greeting")
