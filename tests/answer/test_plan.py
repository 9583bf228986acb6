"""A question is answered, shown as doubtful or refused, from sentences of the right place and state."""

from pathlib import Path

import pytest

from rag.answer.lists import header_of, list_of
from rag.answer.plan import SentencePlanner
from rag.answer.selection import MOST_LISTED
from rag.assistant import Assistant
from rag.config import Settings
from rag.schema import Answer
from rag.session import index_sources, open_assistant

ROADS = "白岭镇2024年工作报告\n\n2024年，全镇新建农村公路58公里。全镇粮食产量3.2万吨。\n"
TEA = "青石镇2024年工作报告\n\n2024年，全镇新增茶园面积3200亩。\n"
LIST = "# 食品店管理办法\n\n申请开办食品店，应当提交下列材料：\n\n{items}\n"


def asked(folder: Path, texts: dict[str, str]) -> Assistant:
    settings = Settings(library=folder / "library")
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    index_sources(settings, [folder / name for name in texts])
    return open_assistant(settings)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return asked(tmp_path_factory.mktemp("towns"), {"a.txt": ROADS, "b.txt": TEA})


def test_a_figure_of_the_place_asked_for_is_given(towns: Assistant) -> None:
    assert "58公里" in towns.ask("白岭镇2024年新建农村公路多少公里？").text


def test_a_figure_of_another_place_is_never_an_answer(towns: Assistant) -> None:
    answer = towns.ask("青石镇2024年新建农村公路多少公里？")
    assert "58公里" not in answer.text
    assert not any("白岭镇" in n.citation.article for n in answer.nearest)


def test_a_place_that_no_article_is_of_is_named_in_the_reason(towns: Assistant) -> None:
    answer = towns.ask("红山镇2024年新建农村公路多少公里？")
    assert answer.status == "refused"
    assert answer.reason.endswith("红山镇")


def test_a_figure_of_another_year_is_never_an_answer(towns: Assistant) -> None:
    assert towns.ask("白岭镇2019年新建农村公路多少公里？").status != "answered"


def test_what_is_not_answered_shows_whole_sentences_one_of_a_paragraph(towns: Assistant) -> None:
    answer = towns.ask("白岭镇的书记是谁？")
    assert answer.status != "answered"
    assert 1 <= len(answer.nearest) <= 3
    assert len({n.citation.paragraph for n in answer.nearest}) == len(answer.nearest)
    for citation in (n.citation for n in answer.nearest):
        row = towns.library.row_of(citation.paragraph)
        assert row is not None
        assert towns.library.paragraph(row).text[citation.start : citation.end] == citation.quote
    assert [n["text"] for n in answer.to_json()["nearest"]] == [n.text for n in answer.nearest]


def test_doubt_is_its_own_outcome(towns: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.answer.plan.answer_odds", lambda *_: -0.5)
    doubtful = towns.ask("白岭镇2024年新建农村公路多少公里？")
    assert (doubtful.status, doubtful.sentences) == ("unsure", ())
    assert "58公里" in doubtful.nearest[0].text
    with pytest.raises(ValueError, match="nearest"):
        Answer("问", "问", "unsure", "x")


@pytest.mark.parametrize("count", [3, MOST_LISTED + 3])
def test_a_list_is_given_with_what_leads_in_and_its_items(tmp_path: Path, count: int) -> None:
    kinds = (
        "营业执照",
        "健康证明",
        "场地图",
        "设备清单",
        "人员名册",
        "管理制度",
        "检验报告",
        "授权书",
        "承诺书",
        "照片",
        "合同",
    )
    items = [f"（{n}）申请人的{kind}；" for n, kind in zip("一二三四五六七八九十百", kinds[:count], strict=False)]
    made = asked(tmp_path, {"a.md": LIST.format(items="\n".join(items))})
    answer = made.ask("开办食品店要提交哪些材料？")
    assert [s.text for s in answer.sentences] == ["申请开办食品店，应当提交下列材料：", *items[:MOST_LISTED]]
    assert bool(answer.notices) == (count > MOST_LISTED)
    one = made.ask("申请人的场地图叫什么？")
    assert len(one.sentences) < count
    assert not one.notices
    (whole,) = {list_of(p, made.library) for p in made.library.paragraphs() if p.kind == "list_item"}
    assert whole is not None
    assert len(whole) == count


def test_a_row_comes_with_the_names_of_its_columns(tmp_path: Path) -> None:
    table = "# 补贴标准\n\n| 机具 | 补贴额（元/台） |\n| --- | ---: |\n| 轮式拖拉机 | 12800 |\n| 插秧机 | 9600 |\n"
    made = asked(tmp_path, {"a.md": table})
    shown = [s.text for s in made.ask("插秧机补贴多少元？").sentences]
    assert shown[:2] == ["机具 | 补贴额（元/台）", "插秧机 | 9600"]
    rows = [p for p in made.library.paragraphs() if p.kind == "table_row"]
    assert [header_of(row, made.library) for row in rows] == [None, rows[0], rows[0]]


def test_both_sides_of_a_comparison_speak(towns: Assistant) -> None:
    text = towns.ask("白岭镇和青石镇2024年分别新增了什么？").text
    assert "58公里" in text
    assert "3200亩" in text


def test_a_planner_is_a_joint(towns: Assistant) -> None:
    assert isinstance(towns.planner, SentencePlanner)
    evidence = towns.evidence_for("白岭镇2024年新建农村公路多少公里？")
    plan = towns.planner.plan("白岭镇2024年新建农村公路多少公里？", evidence)
    assert plan.decision == "answer"
    assert any(e.quotes for e in plan.evidence)
