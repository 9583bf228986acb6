"""The page in a real browser."""

import re
import shutil
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from rag.assistant import Assistant
from rag.web import Access

pytestmark = [pytest.mark.slow, pytest.mark.browser]

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUESTION = "2024年我国60岁及以上人口有多少？"


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    from ui.app import serve

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = serve(assistant, access=Access(port=port))
    yield served.address
    served.close()


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright_api.Browser"]:
    if CHROMIUM is None:
        pytest.fail("no Chromium found: install the system package `chromium`")
    with playwright_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def page(browser: "playwright_api.Browser", address: str) -> Iterator["playwright_api.Page"]:
    context = browser.new_context(viewport={"width": 1400, "height": 860})
    opened = context.new_page()
    opened.requested = []
    opened.on("request", lambda request: opened.requested.append(request.url))
    opened.complaints = []
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#yj-question textarea")
    yield opened
    context.close()


def ask(page: "playwright_api.Page", question: str) -> None:
    answers = ".yj-answer:not(.yj-busy), .yj-refusal, .yj-error"
    before = page.locator(answers).count()
    page.fill("#yj-question textarea", question)
    page.press("#yj-question textarea", "Enter")
    playwright_api.expect(page.locator(answers)).to_have_count(before + 1, timeout=20_000)
    playwright_api.expect(page.locator(".yj-busy")).to_have_count(0)


def test_ask_click_and_see_the_marked_sentence(page: "playwright_api.Page") -> None:
    ask(page, QUESTION)
    ask(page, "刘奕是谁？")
    mark = page.locator("#yj-panel .yj-mark")
    playwright_api.expect(mark).to_contain_text("财经战略研究院")
    page.locator(".yj-cite").first.click()
    playwright_api.expect(mark).to_have_text("2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。")
    playwright_api.expect(mark).to_be_in_viewport()
    playwright_api.expect(page.locator("#yj-panel h3")).to_have_text("把握宜居城市建设着力点")
    assert not page.complaints


def test_a_refusal_and_an_error_look_different(page: "playwright_api.Page") -> None:
    ask(page, "怎样做红烧肉？")
    playwright_api.expect(page.locator(".yj-refusal")).to_contain_text("文章没有回答这个问题")
    page.locator(".yj-refusal .yj-place").first.click()
    playwright_api.expect(page.locator("#yj-panel .yj-shown")).to_be_visible()
    ask(page, "问" * 10_001)
    playwright_api.expect(page.locator(".yj-error")).to_contain_text("10,001")
    borders = [
        page.locator(s).evaluate("e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopColor")
        for s in (".yj-refusal", ".yj-error")
    ]
    assert borders[0] != borders[1]


def test_a_suggested_question_is_asked_with_a_click(page: "playwright_api.Page") -> None:
    ask(page, "怎样做红烧肉？")
    suggested = page.locator(".yj-refusal .yj-ask").first
    question = suggested.inner_text()
    suggested.click()
    playwright_api.expect(page.locator(".yj-question")).to_have_count(2)
    playwright_api.expect(page.locator(".yj-question").last).to_have_text(question)
    playwright_api.expect(page.locator(".yj-answer .yj-sentence").first).to_be_visible(timeout=20_000)


def test_a_rewritten_follow_up_can_be_asked_as_typed(page: "playwright_api.Page") -> None:
    ask(page, QUESTION)
    ask(page, "那65岁及以上呢？")
    shown = page.locator(".yj-rewritten")
    playwright_api.expect(shown).to_contain_text("2024年我国65岁及以上")
    shown.locator(".yj-ask").click()
    playwright_api.expect(page.locator(".yj-question")).to_have_count(3)
    playwright_api.expect(page.locator(".yj-busy")).to_have_count(0, timeout=20_000)
    playwright_api.expect(page.locator(".yj-question").last).to_have_text("那65岁及以上呢？")


def test_a_new_conversation_is_empty(page: "playwright_api.Page") -> None:
    ask(page, QUESTION)
    page.click("#yj-new")
    playwright_api.expect(page.locator(".yj-question")).to_have_count(0)
    playwright_api.expect(page.locator(".yj-greeting")).to_be_visible()


def test_what_a_reader_types_is_no_markup(page: "playwright_api.Page") -> None:
    ask(page, "<img src=x onerror=alert(1)> 人口有多少？")
    assert page.locator("#yj-chat img").count() == 0
    playwright_api.expect(page.locator(".yj-question")).to_contain_text("<img src=x")


def test_nothing_is_asked_of_another_machine(page: "playwright_api.Page", address: str) -> None:
    ask(page, QUESTION)
    page.locator(".yj-cite").first.click()
    hosts = {urlsplit(url).hostname for url in page.requested if re.match(r"https?|wss?", url)}
    assert hosts == {"127.0.0.1"}
    header = page.request.get(address).headers["content-security-policy"]
    assert "connect-src 'self'" in header
    blocked = page.evaluate("fetch('http://192.0.2.1/').then(() => 'reached', () => 'refused')")
    assert blocked == "refused"
