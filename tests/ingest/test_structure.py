"""What belongs to what in a document."""

from pathlib import Path

from rag.ingest.blocks import BlockKind
from rag.ingest.paragraphs import ingest
from rag.ingest.readers.markdown.reader import markdown_blocks
from rag.ingest.readers.text import text_blocks
from rag.ingest.structure import structure
from rag.schema import Paragraph

LAW = """\
白石县农村公路管理办法

第一章 总则

第一条 为了加强管理，制定本办法。

本办法所称农村公路，是指县道、乡道和村道。

第二条 禁止下列行为：

（一）堆放物品；

（二）挖沟引水；

（三）其他损坏公路的行为。

第三条 违反规定的，处500元罚款。

第二章 附则

第四条 本办法自2025年6月1日起施行。
"""


def read(tmp_path: Path, name: str, text: str) -> list[Paragraph]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return list(ingest(tmp_path / name, name).paragraphs)


def test_clauses_own_what_follows_and_items_know_their_lead_in(tmp_path: Path) -> None:
    found = {p.text: p for p in read(tmp_path, "办法.txt", LAW)}
    second = found["本办法所称农村公路，是指县道、乡道和村道。"]
    assert (second.section, second.clause) == ("第一章 总则", "第一条")
    assert second.context == "白石县农村公路管理办法 › 第一章 总则 › 第一条"
    last = found["（三）其他损坏公路的行为。"]
    assert (last.kind, last.clause) == ("list_item", "第二条")
    assert last.context.endswith("第二条 › 第二条 禁止下列行为：")
    assert found["第三条 违反规定的，处500元罚款。"].kind == "body"
    assert found["第四条 本办法自2025年6月1日起施行。"].section == "第二章 附则"


def test_rows_know_their_header_and_a_section_ends_where_it_ends(tmp_path: Path) -> None:
    table = "| 机具 | 补贴额（元） |\n|---|---|\n| 插秧机 | {} |\n\n"
    text = f"# 标准\n\n见下表。\n\n{table.format(9600)}## 去年\n\n{table.format(8800)}"
    rows = [p for p in read(tmp_path, "a.md", text) if p.kind == "table_row"]
    assert [(p.text, p.context) for p in rows if "插秧机" in p.text] == [
        ("插秧机 | 9600", "标准 › 机具 | 补贴额（元）"),
        ("插秧机 | 8800", "标准 › 去年 › 机具 | 补贴额（元）"),
    ]


def test_a_table_of_contents_is_no_text() -> None:
    text = "# 预案\n\n目录\n\n一、总则………………1\n二、组织…………………3\n\n"
    text += "## 一、总则\n\n适用于全县。\n\n## 二、组织\n\n由县长任总指挥。\n"
    found, _ = markdown_blocks(text)
    kinds = [b.kind for b in structure(found)]
    assert kinds.count(BlockKind.FURNITURE) == 3
    assert kinds.count(BlockKind.HEADING) == 3


def test_notes_by_their_marks() -> None:
    text = "# 形势\n\n失业率为5.1%。[2]\n\n青年失业率14.2%①。\n\n[2] 不含农民工。\n\n① 青年指16至24岁人口。\n"
    found, _ = markdown_blocks(text)
    assert [(b.kind, b.note) for b in structure(found)][-2:] == [(BlockKind.NOTE, "2"), (BlockKind.NOTE, "①")]


def test_a_notice_says_who_issued_it_and_when(tmp_path: Path) -> None:
    from tests.ingest.test_text_reader import GAZETTE

    (tmp_path / "公报.txt").write_text(GAZETTE, encoding="utf-8")
    found = ingest(tmp_path / "公报.txt", "公报.txt")
    (article,) = found.articles
    assert article.title == "白石县人民政府关于印发《白石县农村公路管理办法》的通知"
    assert (article.number, article.issuer) == ("白政发〔2025〕8号", "白石县人民政府")
    heads = ["".join(p.text.split()) for p in found.paragraphs if p.kind == "head"]
    assert any("白政发〔2025〕8号" in h and "关于印发" in h for h in heads)
    assert "白石县人民政府2025年4月2日" in heads


def test_buttons_of_a_page_are_furniture(tmp_path: Path) -> None:
    above = "下载 打印 【字号： 加大 还原 减小 】 2026年白石县政府工作报告".split()
    above += "来源：白石日报 时间：2026-02-11".split()
    said = "各位代表： 现在，我代表县政府报告工作。 一、去年工作 财政收入十二亿元。".split()
    said += "二、今年安排 今年增长百分之五。".split()
    below = "责任编辑： 某某 打印本页 关闭窗口".split()
    text = "\n".join([*above, "县长 王某某", *said, *below])
    found = read(tmp_path, "报告.txt", text)
    shown = " ".join(p.text for p in found)
    for button in ("下载", "打印", "字号", "加大", "责任编辑", "关闭窗口"):
        assert button not in shown
    article = ingest(tmp_path / "报告.txt", "报告.txt").articles[0]
    assert (article.title, article.origin, article.authors) == ("2026年白石县政府工作报告", "白石日报", ("王某某",))
    assert text_blocks(text)
