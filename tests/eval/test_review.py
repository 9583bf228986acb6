"""Labels: kept, compared, turned into gold; questions proposed and decided on, in a real browser."""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.draft import from_llm, from_marked, from_rules, read_drafts, write_drafts
from eval.gold import load_set
from eval.review.harvest import harvested
from eval.review.store import Label, LabelStore
from eval.runs import Run, load_run
from rag.assistant import Assistant
from rag.cli import main
from rag.errors import EvaluationError, YinjuError
from rag.feedback import mark_down, marked_down
from rag.generate.server import ServerGenerator
from rag.schema import Article, Paragraph
from tests.eval.test_runs import ask, path  # noqa: F401 - a fixture
from tests.generate.llm_server import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def run(path: Path, tmp_path: Path) -> Run:  # noqa: F811
    assert ask(path, tmp_path / "run") == 0
    return load_run(tmp_path / "run")


def test_labels_are_kept_and_replaced(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels.sqlite", "run")
    store.put(Label("aged", "甲", "wrong"))
    store.put(Label("aged", "甲", "right", (True,), ("3.1亿",), "好"))
    store.put(Label("aged", "乙", "right"))
    assert store.labels("甲") == [Label("aged", "甲", "right", (True,), ("3.1亿",), "好")]
    assert len(store.labels()) == 2
    assert LabelStore(tmp_path / "labels.sqlite", "another").labels() == []


def test_agreement_by_hand(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels.sqlite", "run")
    for n, (one, other) in enumerate([("right", "right"), ("right", "right"), ("right", "wrong"), ("wrong", "wrong")]):
        store.put(Label(str(n), "甲", one, (True, n < 2)))  # type: ignore[arg-type]
        store.put(Label(str(n), "乙", other, (True, n < 2)))  # type: ignore[arg-type]
    between, *with_judge = store.agreements({"0": (True, True)})
    assert (between.questions, between.verdicts, between.citations) == (4, pytest.approx(0.5), 1.0)
    assert [(a.one, a.other, a.questions) for a in with_judge] == [("乙", "judge", 1), ("甲", "judge", 1)]


def test_what_is_no_database_or_label_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text(
        "no database, but long enough to be read as the head of one, or so", encoding="utf-8"
    )
    with pytest.raises(YinjuError, match="can't be used as a database"):
        LabelStore(tmp_path / "text", "run")
    with pytest.raises(ValueError, match="verdict is 'good'"):
        Label("q", "甲", "good")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="name of its annotator"):
        Label("q", " ", "right")


def test_labels_become_gold(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = len(run.results["aged"].shown)
    labels = [Label("aged", "甲", "right", (True,) * shown, ("必然要求",)), Label("tea", "甲", "wrong", (), ("杭州",))]
    found = {q.id: q for q in harvested(run, labels)}
    assert found["aged"].facts == (("3.1亿",), ("必然要求",))
    assert found["tea"].facts[-1] == ("杭州",)
    assert found["staff"] == run.gold[2].question
    store = LabelStore(
        run.folder / "labels.sqlite", f"{run.name} {run.about['set']['sha256'][:12]} {run.about['begun']}"
    )
    for label in labels:
        store.put(label)
    assert main(["eval", "review", str(run.folder), "--gold", str(tmp_path / "new.jsonl")]) == 0
    made = load_set(tmp_path / "new.jsonl")
    assert made.corpus is not None
    assert made.corpus.is_file()
    assert made.card.labelled_by == "nobody; 甲"
    assert made.card.revision == "1+labels"
    assert main(["eval", "review", str(run.folder), "--agreement"]) == 0
    assert "甲 – judge" in capsys.readouterr().out


def test_what_readers_marked_down_comes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark_down(tmp_path / "chat.sqlite", "为什么？", {"status": "refused"}, "没有答")
    (item,) = marked_down(tmp_path / "chat.sqlite")
    assert (item.question, item.answer, item.note) == ("为什么？", {"status": "refused"}, "没有答")
    (proposed,) = from_marked([item])
    assert proposed.question == "为什么？"
    assert main(["eval", "review", "x", "--marked-down", str(tmp_path / "chat.sqlite")]) == 0
    assert "为什么？" in capsys.readouterr().out
    assert main(["eval", "review", "x", "--marked-down", str(tmp_path / "absent")]) == 2


def test_rules_propose_what_stands_there(assistant: Assistant) -> None:
    drafts = {q.question: q for q in from_rules(assistant.library.paragraphs())}
    assert drafts["什么是生活性服务业？"].facts == (("满足居民最终消费需求的服务活动",),)
    assert drafts["我国60岁以上老年群体互联网普及率是多少？"].facts == (("50%",),)
    assert [f[0] for f in drafts["新商品包括哪些？"].facts] == ["可穿戴智能设备", "自动驾驶汽车", "无人飞行器"]
    texts = {p.id: p.text for p in assistant.library.paragraphs()}
    for draft in drafts.values():
        assert all(fact in texts[draft.relevant[0].paragraph] for (fact,) in draft.facts)


def test_an_llm_proposes_and_an_answer_that_is_not_there_is_left_out() -> None:
    paragraphs = [Paragraph(n, "a", "s", "茶叶研究所成立于1987年。", ((0, 14),)) for n in ("p", "q")]
    with serving("问：何时成立？\n答：1987年。", "问：何时成立？\n答：1988年。") as (address, _):
        server = ServerGenerator(f"{address}#m", lambda p: Article(p.article, p.source, ""))
        (draft,) = from_llm(paragraphs, server)
    assert (draft.question, draft.facts, draft.relevant[0].paragraph) == ("何时成立？", (("1987年",),), "p")


def test_the_commands_of_drafting(tmp_path: Path, seed_settings: object, capsys: pytest.CaptureFixture[str]) -> None:
    library = str(seed_settings.library)  # type: ignore[attr-defined]
    assert main(["eval", "draft", "--out", str(tmp_path / "d.jsonl"), "--library", library]) == 0
    assert len(read_drafts(tmp_path / "d.jsonl")) >= 3
    assert main(["eval", "draft", "--library", library]) == 2
    assert "give --out" in capsys.readouterr().err
    (tmp_path / "d.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="holds no proposals"):
        read_drafts(tmp_path / "d.jsonl")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
    if CHROMIUM is None:
        pytest.fail("no Chromium found: install the system package `chromium`")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
@pytest.mark.browser
def test_answers_are_labelled_by_keyboard(run: Run, tmp_path: Path, browser: object) -> None:
    from playwright.sync_api import expect

    from eval.review.page import build, serve
    from rag.web import Access

    store = LabelStore(tmp_path / "labels.sqlite", "run")
    served = serve(lambda: build(run, store), access=Access(port=free_port()))
    try:
        page = browser.new_page()  # type: ignore[attr-defined]
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(served.address)
        expect(page.locator("#yj-exchange")).to_contain_text("2024年我国老年人口有多少", timeout=20_000)
        page.fill("#yj-annotator textarea, #yj-annotator input", "甲")
        page.fill("#yj-missing textarea", "必然要求")
        page.locator("h2").first.click()
        page.keyboard.press("2")
        expect(page.locator("#yj-exchange")).to_contain_text("茶叶研究所是哪一年成立的", timeout=10_000)
        page.keyboard.press("3")
        expect(page.locator("#yj-exchange")).to_contain_text("茶叶研究所有多少员工", timeout=10_000)
        page.keyboard.press("k")
        expect(page.locator("#yj-exchange")).to_contain_text("茶叶研究所是哪一年成立的", timeout=10_000)
        found = {label.question: label for label in store.labels("甲")}
        assert (found["aged"].verdict, found["aged"].missing) == ("partly", ("必然要求",))
        assert found["tea"].verdict == "wrong"
        assert all(found["aged"].supports)
        assert {url for url in requested if not url.startswith(("http://127.0.0.1", "data:", "blob:"))} == set()
    finally:
        served.close()


@pytest.mark.slow
@pytest.mark.browser
def test_proposals_are_accepted_edited_or_dropped(assistant: Assistant, tmp_path: Path, browser: object) -> None:
    from playwright.sync_api import expect

    from eval.review.drafts import build
    from eval.review.page import serve
    from rag.web import Access

    write_drafts(tmp_path / "d.jsonl", list(from_rules(assistant.library.paragraphs()))[:3])
    first, second, _third = read_drafts(tmp_path / "d.jsonl")
    made_of = (tmp_path / "d.jsonl", tmp_path / "new.jsonl", assistant.library)
    served = serve(lambda: build(*made_of), access=Access(port=free_port()))
    try:
        page = browser.new_page()  # type: ignore[attr-defined]
        page.goto(served.address)
        question = page.locator("#yj-draft textarea, #yj-draft input")
        expect(question).to_have_value(first.question, timeout=20_000)
        page.fill("#yj-annotator textarea, #yj-annotator input", "甲")
        page.click("#yj-drop")
        expect(question).to_have_value(second.question, timeout=10_000)
        question.fill("改过的题目？")
        page.click("#yj-accept")
        expect(page.locator("#yj-left textarea, #yj-left input")).to_have_value("1", timeout=10_000)
    finally:
        served.close()
    made = load_set(tmp_path / "new.jsonl")
    assert [(q.question, q.facts) for q in made.questions] == [("改过的题目？", second.facts)]
    assert made.card.labelled_by == "甲"
    assert json.loads((tmp_path / "d.jsonl").read_text(encoding="utf-8"))["question"] == _third.question
