"""The page in a real browser."""

import re
from urllib.parse import urlsplit

import pytest

from rag.web import Served
from tests.ui.browsing import QUESTION, ask

pytestmark = [pytest.mark.slow, pytest.mark.browser]

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")


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


def test_nothing_is_asked_of_another_machine(page: "playwright_api.Page", served: Served) -> None:
    ask(page, QUESTION)
    page.locator(".yj-cite").first.click()
    hosts = {urlsplit(r.url).hostname for r in page.requested if re.match(r"https?|wss?", r.url)}
    assert hosts == {"127.0.0.1"}
    header = page.request.get(served.address).headers["content-security-policy"]
    assert "connect-src 'self'" in header
    blocked = page.evaluate("fetch('http://192.0.2.1/').then(() => 'reached', () => 'refused')")
    assert blocked == "refused"


def test_a_question_that_is_too_long_to_send_is_told_on_the_page(page: "playwright_api.Page") -> None:
    page.fill("#yj-question textarea", "问" * 100_000)
    page.press("#yj-question textarea", "Enter")
    playwright_api.expect(page.locator(".toast-body")).to_contain_text("内容太长", timeout=20_000)


def test_an_example_is_written_into_the_box_without_a_request(page: "playwright_api.Page") -> None:
    before = len(page.requested)
    page.locator("#yj-examples button").first.click()
    playwright_api.expect(page.locator("#yj-question textarea")).to_have_value(QUESTION)
    assert len(page.requested) == before
    page.press("#yj-question textarea", "Enter")
    playwright_api.expect(page.locator(".yj-answer .yj-sentence").first).to_be_visible(timeout=20_000)


def test_the_requests_of_a_session_are_the_routes_that_are_open(page: "playwright_api.Page", served: Served) -> None:
    from collections import Counter

    from rag.web.routes import ROUTES

    ask(page, QUESTION)
    page.locator(".yj-cite").first.click()
    ask(page, "怎样做红烧肉？")
    page.click("#yj-new")
    playwright_api.expect(page.locator(".yj-greeting")).to_be_visible()
    page.reload()
    page.wait_for_selector("#yj-question textarea")
    used: Counter[str] = Counter()
    for request in page.requested:
        if request.url.startswith(served.address):
            path = urlsplit(request.url).path
            (route,) = (r for r in ROUTES if r.matches(request.method, path))
            used[f"{request.method} {route.path.pattern}"] += 1
            assert request.response() is None or request.response().status == 200
    for route, count in used.items():
        print(f"{count:4d} {route}")
    # Each open route is needed (the icon is asked for by a browser with a window).
    assert {r.path.pattern for r in ROUTES} - {u.split(" ", 1)[1] for u in used} <= {r"/favicon\.ico"}
