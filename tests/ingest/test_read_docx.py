"""Word files: what a reader of the page sees, and nothing else, becomes blocks."""

import zipfile
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.readers.docx.reader import read_docx
from tests.ingest.office_files import (
    check,
    furniture,
    item,
    level,
    lists,
    p,
    table,
    tc,
    texts,
    tr,
    word,
)

STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="标题 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="own"><w:name w:val="章标题"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="text"><w:name w:val="正文1"/><w:basedOn w:val="1"/>'
    '<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="toc1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="cap"><w:name w:val="caption"/></w:style>'
    '<w:style w:type="character" w:styleId="gone"><w:name w:val="Gone"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def read(tmp_path: Path, body: str, parts: dict[str, str] | None = None, **more: object) -> Document:
    return check(read_docx(word(tmp_path / "d.docx", body, parts, **more)))  # type: ignore[arg-type]


def test_headings_by_style_base_and_outline_level(tmp_path: Path) -> None:
    body = p("第一章", style("1")) + p("第一节", style("2")) + p("第二章", style("own")) + p("正文", style("text"))
    body += p("附件", '<w:outlineLvl w:val="2"/>') + p("不是标题", style("1") + '<w:outlineLvl w:val="9"/>')
    document = read(tmp_path, body, {"word/styles.xml": STYLES})
    assert [(b.kind, b.level) for b in document.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
        (BlockKind.HEADING, 1),
        (BlockKind.TEXT, 0),
        (BlockKind.HEADING, 3),
        (BlockKind.TEXT, 0),
    ]


def test_a_title_stands_above_the_headings_and_is_a_fact(tmp_path: Path) -> None:
    document = read(tmp_path, p("办法", style("T")) + p("总则", style("1")), {"word/styles.xml": STYLES})
    assert [(b.text, b.level) for b in document.blocks] == [("办法", 1), ("总则", 2)]
    assert [(f.name, f.value) for f in document.facts] == [("title", "办法")]


def test_running_text_in_the_style_of_a_heading_is_text(tmp_path: Path) -> None:
    long = "第一条 " + "为了规范行为，" * 8 + "制定本办法。自发布之日起施行。"
    assert [b.kind for b in read(tmp_path, p(long, style("1")), {"word/styles.xml": STYLES}).blocks] == [BlockKind.TEXT]


@pytest.mark.parametrize(
    ("number_format", "pattern", "shown"),
    [
        ("chineseCountingThousand", "第%1章", ["第一章 甲", "第二章 乙"]),
        ("chineseCounting", "第%1条", ["第一条 甲", "第二条 乙"]),
        ("chineseCounting", "%1、", ["一、甲", "二、乙"]),
        ("japaneseCounting", "（%1）", ["（一）甲", "（二）乙"]),
        ("decimal", "%1.", ["1. 甲", "2. 乙"]),
        ("decimalEnclosedCircle", "%1", ["① 甲", "② 乙"]),
        ("lowerLetter", "%1)", ["a) 甲", "b) 乙"]),
        ("upperRoman", "%1.", ["I. 甲", "II. 乙"]),
        ("ideographTraditional", "%1、", ["甲、甲", "乙、乙"]),
        ("chineseLegalSimplified", "%1、", ["壹、甲", "贰、乙"]),
        ("decimalZero", "%1", ["01 甲", "02 乙"]),
        ("bullet", "\uf0b7", ["甲", "乙"]),
    ],
)
def test_numbers_as_word_shows_them(tmp_path: Path, number_format: str, pattern: str, shown: list[str]) -> None:
    document = read(tmp_path, item("甲") + item("乙"), lists(level(0, number_format, pattern)))
    assert texts(document, BlockKind.LIST_ITEM) == shown
    labels = [b.label for b in document.blocks]
    assert all(text.startswith(label) for text, label in zip(shown, labels, strict=True))
    assert [b.prose for b in document.blocks] == [number_format == "bullet"] * 2


def test_levels_restart_and_show_the_numbers_above(tmp_path: Path) -> None:
    numbers = lists(level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "%3)"))
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 1) + item("e", 2) + item("f") + item("g", 1)
    document = read(tmp_path, body, numbers)
    assert [b.label for b in document.blocks] == ["1", "1.1", "a)", "1.2", "a)", "2", "2.1"]
    assert [b.level for b in document.blocks] == [1, 2, 3, 2, 3, 1, 2]


def test_lists_of_one_definition_go_on_counting_and_an_override_restarts_once(tmp_path: Path) -> None:
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    nums = '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    nums += f'<w:num w:numId="3"><w:abstractNumId w:val="0"/>{restart}</w:num>'
    body = item("a") + item("b") + p("间") + item("c", num=2) + item("d", num=3) + item("e", num=3)
    document = read(tmp_path, body, lists(level(0, "decimal", "%1."), nums=nums))
    assert [b.label for b in document.blocks if b.label] == ["1.", "2.", "3.", "1.", "2."]


def test_a_level_overridden_a_restart_forbidden_and_a_legal_number(tmp_path: Path) -> None:
    own = level(0, "upperLetter", "%1.")
    nums = f'<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">{own}</w:lvlOverride></w:num>'
    definition = level(0, "chineseCounting", "%1、")
    definition += level(1, "decimal", "%1.%2", more="<w:isLgl/>")
    definition += level(2, "decimal", "%3)", more='<w:lvlRestart w:val="0"/>')
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 1) + item("e", 2) + item("f", num=2)
    document = read(tmp_path, body, lists(definition, nums=nums))
    assert [b.label for b in document.blocks] == ["一、", "1.1", "1)", "1.2", "2)", "B."]


def test_numbers_by_style_and_a_number_taken_off(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbers = lists(
        level(0, "chineseCounting", "第%1章", more='<w:pStyle w:val="H"/>')
        + level(1, "chineseCounting", "第%2节", more='<w:pStyle w:val="H2"/><w:suff w:val="nothing"/>')
    )
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("总则", style("H")) + p("适用", style("H2")) + p("目录", style("H") + off) + p("罚则", style("H"))
    document = read(tmp_path, body, numbers | {"word/styles.xml": styles})
    assert [(b.text, b.level, b.label) for b in document.blocks] == [
        ("第一章 总则", 1, "第一章"),
        ("第一节适用", 2, "第一节"),
        ("目录", 1, ""),
        ("第二章 罚则", 1, "第二章"),
    ]


def test_a_list_that_only_names_a_list_style(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:name w:val="MyList"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbers = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1、")}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )
    document = read(tmp_path, item("a", num=2), {"word/numbering.xml": numbers, "word/styles.xml": styles})
    assert texts(document) == ["1、a"]


def test_a_custom_format_within_alternate_content(tmp_path: Path) -> None:
    written = (
        '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/>'
        '</mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    document = read(tmp_path, item("a"), lists(level(0, "", "%1", number_format_xml=written)))
    assert texts(document) == ["001 a"]


def test_numbers_in_cells_are_text_and_empty_items_count(tmp_path: Path) -> None:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    rows = [tr(tc("序号"), tc("单位"))]
    rows += [tr(f"<w:tc>{p('', number)}</w:tc>", tc(name)) for name in ("甲局", "乙局")]
    document = read(tmp_path, item("") + table(*rows) + item("后"), lists(level(0, "decimal", "%1")))
    assert texts(document) == ["序号 | 单位", "2 | 甲局", "3 | 乙局", "4 后"]
    assert furniture(document) == [("empty list item", "1")]


def test_merged_cells_header_and_columns(tmp_path: Path) -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [
        tr(tc("地区", down), tc("2024年", '<w:gridSpan w:val="2"/>')),
        tr(tc("", on), tc("总量\n（亿元）"), tc("增速")),
        tr(tc("宜春", down), tc("100.5"), tc("5.1%")),
        tr(tc("", on), tc("98.0"), tc("4.2%")),
    ]
    document = read(tmp_path, p("表1 生产总值") + p("单位：亿元") + table(*rows, grid=3))
    assert texts(document, BlockKind.CAPTION) == ["表1 生产总值", "单位：亿元"]
    shown = [(b.text, b.row.header, b.row.columns) for b in document.blocks if b.row]
    assert shown == [
        ("地区 | 2024年", True, (0, 1)),
        (" | 总量 （亿元） | 增速", True, (0, 1, 2)),
        ("宜春 | 100.5 | 5.1%", False, (0, 1, 2)),
        ("宜春 | 98.0 | 4.2%", False, (0, 1, 2)),
    ]
    cells = document.blocks[4]
    assert [cells.text[a:b] for a, b in cells.row.cells] == ["宜春", "100.5", "5.1%"] if cells.row else False


def test_a_title_and_a_remark_within_a_table(tmp_path: Path) -> None:
    wide = '<w:gridSpan w:val="2"/>'
    rows = [tr(tc("职工年休假天数表", wide)), tr(tc("工龄"), tc("天数"))]
    rows += [tr(tc("已满1年"), tc("5天")), tr(tc("已满10年"), tc("10天")), tr(tc("注：不含法定假日。", wide))]
    document = read(tmp_path, table(*rows))
    assert [(b.kind, b.text) for b in document.blocks] == [
        (BlockKind.CAPTION, "职工年休假天数表"),
        (BlockKind.TABLE_ROW, "工龄 | 天数"),
        (BlockKind.TABLE_ROW, "已满1年 | 5天"),
        (BlockKind.TABLE_ROW, "已满10年 | 10天"),
        (BlockKind.TEXT, "注：不含法定假日。"),
    ]


def test_a_form_has_no_header_and_breaks_in_column_names_go(tmp_path: Path) -> None:
    form = table(tr(tc("姓名"), tc("张三")), tr(tc("性别"), tc("男")))
    names = table(
        tr(tc("序号"), tc("职位\n名称")),
        tr(tc("1"), tc("科员\n文秘")),
        tr(tc("序号"), tc("职位\n名称")),
        tr(tc("2"), tc("干事")),
    )
    document = read(tmp_path, form + p("间") + names)
    rows = [(b.text, b.row.header, b.row.table) for b in document.blocks if b.row]
    assert rows == [
        ("姓名 | 张三", False, 0),
        ("性别 | 男", False, 0),
        ("序号 | 职位名称", True, 1),
        ("1 | 科员 文秘", False, 1),
        ("序号 | 职位名称", True, 1),
        ("2 | 干事", False, 1),
    ]


def test_layout_tables_are_paragraphs_and_nested_tables_are_tables(tmp_path: Path) -> None:
    inner = table(tr(tc("项目"), tc("金额")), tr(tc("甲"), tc("12万元")), tr(tc("乙"), tc("3万元")))
    box = f"<w:tbl><w:tr><w:tc>{p('说明一段')}{inner}{p('完')}</w:tc></w:tr></w:tbl>"
    document = read(tmp_path, box)
    assert [b.kind for b in document.blocks] == [BlockKind.TEXT, *[BlockKind.TABLE_ROW] * 3, BlockKind.TEXT]


def test_notes_are_bound_to_their_marks(tmp_path: Path) -> None:
    ref = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = f"<w:p>{run.format('依法')}{ref.format(7)}{run.format('处理。')}{ref.format(3)}</w:p>"
    body += '<w:p><w:r><w:t>尾</w:t><w:endnoteReference w:id="1"/></w:r></w:p>'
    body += '<w:p><w:r><w:t>自</w:t></w:r><w:r><w:footnoteReference w:customMarkFollows="1" w:id="9"/><w:t>*</w:t></w:r></w:p>'
    notes = "".join(
        f'<w:footnote w:id="{k}">{p(t)}</w:footnote>'
        for k, t in ((3, "第二"), (7, "第一"), (5, "无标记"), (9, "* 手写"))
    )
    document = read(
        tmp_path, body, {"word/footnotes.xml": notes, "word/endnotes.xml": f'<w:endnote w:id="1">{p("末")}</w:endnote>'}
    )
    assert [(b.text, [(r.offset, r.label) for r in b.refs]) for b in document.blocks if b.refs] == [
        ("依法处理。", [(2, "1"), (5, "2")]),
        ("尾", [(1, "i")]),
        ("自", [(1, "*")]),
    ]
    assert [(b.label, b.text) for b in document.blocks if b.kind is BlockKind.NOTE] == [
        ("1", "第一"),
        ("2", "第二"),
        ("*", "手写"),
        ("i", "末"),
    ]


def test_insertions_are_body_deletions_and_comments_are_not(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>按</w:t></w:r><w:del><w:r><w:delText>200%</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>300%</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom>"
        '<w:r><w:t>支付</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>'
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p><w:p><w:r><w:t>后半</w:t></w:r></w:p>"
    )
    document = read(
        tmp_path, body, {"word/comments.xml": "<w:comment><w:p><w:r><w:t>150%</w:t></w:r></w:p></w:comment>"}
    )
    assert texts(document) == ["按300%支付", "前半后半"]
    assert "150%" not in document.text
    assert [notice[:9] for notice in document.notices] == ["1 comment", "1 tracked"]


def test_hidden_words_placeholders_and_pronunciation_are_furniture(tmp_path: Path) -> None:
    body = p("看得见") + "<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r>"
    body += '<w:r><w:rPr><w:rStyle w:val="gone"/></w:rPr><w:t>文</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>乙</w:t></w:r></w:p>'
    body += (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + p("单击此处输入文字。")
        + "</w:sdtContent></w:sdt>"
    )
    body += "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>yǐn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>引</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    document = read(tmp_path, body, {"word/styles.xml": STYLES})
    assert texts(document) == ["看得见", "甲乙", "引"]
    assert furniture(document) == [("hidden", "密文"), ("placeholder", "单击此处输入文字。"), ("ruby", "yǐn")]


def test_text_boxes_once_after_their_paragraph_and_word_art(tmp_path: Path) -> None:
    inner = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    drawing = f"<w:drawing><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing>"
    both = f'<mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback><w:pict><v:shape>'
    both += f"<v:textbox>{inner}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    art = '<w:pict><v:shape><v:textpath string="市政府文件"/></v:shape></w:pict>'
    document = read(tmp_path, f"<w:p><w:r><w:t>段</w:t>{both}<w:t>落</w:t></w:r></w:p><w:p><w:r>{art}</w:r></w:p>")
    assert texts(document) == ["段落", "框内", "市政府文件"]


def field(code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = f"<w:r><w:t>{result}</w:t></w:r>" if result else ""
    return f"{mark.format('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{mark.format('separate')}{shown}{mark.format('end')}"


def test_fields_show_their_result_and_never_swallow_text(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = f"<w:p><w:r><w:t>见第</w:t></w:r>{field(' REF a ', '3')}<w:r><w:t>页</w:t></w:r></w:p>"
    body += f"<w:p>{begin}<w:r><w:instrText> EQ \\o\\ac(○,3)</w:instrText></w:r>{end}<w:r><w:t>项</w:t></w:r></w:p>"
    body += f"<w:p>{begin}<w:r><w:t>没有收尾</w:t></w:r></w:p>" + p("之后")
    box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>'
    body += f"<w:p>{box}<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>{end}<w:r><w:t>是</w:t></w:r></w:p>"
    body += '<w:p><w:fldSimple w:instr="AUTHOR"><w:r><w:t>某局</w:t></w:r></w:fldSimple></w:p>'
    assert texts(read(tmp_path, body)) == ["见第3页", "③项", "没有收尾", "之后", "☒是", "某局"]


def test_a_table_of_contents_is_furniture_with_its_head(tmp_path: Path) -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    body = (
        p("目　录")
        + f"<w:p>{mark.format('begin')}<w:r><w:instrText>TOC \\o</w:instrText></w:r>{mark.format('separate')}"
    )
    body += (
        f"<w:r><w:t>总则</w:t><w:tab/><w:t>1</w:t></w:r></w:p><w:p><w:r><w:t>附则 5</w:t></w:r>{mark.format('end')}</w:p>"
        + p("正文")
    )
    body += p("总则 1", style("toc1"))
    document = read(tmp_path, body, {"word/styles.xml": STYLES})
    assert texts(document) == ["正文"]
    assert [text for kind, text in furniture(document) if kind == "table of contents"] == [
        "目　录",
        "总则 1",
        "附则 5",
        "总则 1",
    ]


def test_breaks_symbols_hyphens_and_equations(tmp_path: Path) -> None:
    def one(inner: str) -> str:
        return f"<w:p><w:r>{inner}</w:r></w:p>"

    t = "<w:t>{}</w:t>".format
    body = one(t("某市人民政府") + "<w:br/>" + t("2024年1月1日"))
    body += one(
        t("这一行因为页面的宽度而断开，后面接着的是同一句话里余下的一些文字，它们") + "<w:br/>" + t("本是一句。")
    )
    body += one(
        '<w:sym w:font="Wingdings" w:char="F0FE"/>' + t("同意") + "<w:noBreakHyphen/>" + t("甲\u00ad乙\u200b丙\u00a0丁")
    )
    body += one(t("　　缩进") + "<w:tab/>" + t("后"))
    frac = "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    body += f"<w:p><w:r><w:t>x=</w:t></w:r><m:oMath>{frac}<m:r><m:t>c</m:t></m:r></m:oMath></w:p>"
    assert texts(read(tmp_path, body)) == [
        "某市人民政府",
        "2024年1月1日",
        "这一行因为页面的宽度而断开，后面接着的是同一句话里余下的一些文字，它们本是一句。",
        "☑同意-甲乙丙 丁",
        "缩进 后",
        "x=(a+b)/2c",
    ]


def test_signs_of_equations_that_are_drawn(tmp_path: Path) -> None:
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    root = f"<m:rad><m:deg/><m:e>{run('ab')}</m:e></m:rad>"
    total = f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("k")}</m:sub><m:e>{run("x")}</m:e></m:nary>'
    choose = f'<m:d><m:e><m:f><m:fPr><m:type m:val="noBar"/></m:fPr><m:num>{run("n")}</m:num><m:den>{run("k")}</m:den></m:f></m:e></m:d>'
    assert texts(read(tmp_path, f"<w:p><m:oMath>{root}{total}{choose}</m:oMath></w:p>")) == ["√(ab)∑kx(n k)"]


def test_a_heading_with_a_break_is_one_and_a_dropped_initial_runs_on(tmp_path: Path) -> None:
    body = f"<w:p><w:pPr>{style('1')}</w:pPr><w:r><w:t>关于做好</w:t><w:br/><w:t>工作的通知</w:t></w:r></w:p>"
    body += '<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr><w:r><w:t>改</w:t></w:r></w:p>' + p("革开放")
    assert texts(read(tmp_path, body, {"word/styles.xml": STYLES})) == ["关于做好工作的通知", "改革开放"]


def test_headers_and_footers_once_each(tmp_path: Path) -> None:
    parts = {"word/header1.xml": p("内部资料"), "word/header2.xml": p("内部资料"), "word/footer1.xml": p("— 1 —")}
    more = [("h1", "header", "header1.xml"), ("h2", "header", "header2.xml"), ("f1", "footer", "footer1.xml")]
    document = read(tmp_path, p("正文"), parts, more=more)
    assert furniture(document) == [("header", "内部资料"), ("footer", "— 1 —")]


def test_broken_relations_and_lost_ones_are_read_over(tmp_path: Path) -> None:
    more = [("x", "image", "NULL"), ("y", "hyperlink", "../../../etc/passwd"), ("z", "styles", "nowhere.xml")]
    document = read(tmp_path, p("总则", style("1")), {"word/styles.xml": STYLES}, more=more)
    assert document.blocks[0].kind is BlockKind.HEADING


def test_strict_files_and_files_without_relations(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", p("总则", style("1")), {"word/styles.xml": STYLES})
    strict = tmp_path / "strict.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            if name == "word/_rels/document.xml.rels":
                continue
            raw = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name.replace("/", "\\") if name == "word/styles.xml" else name, raw)
    assert [(b.kind, b.text) for b in check(read_docx(strict)).blocks] == [(BlockKind.HEADING, "总则")]


def test_properties_are_facts_unless_they_are_defaults(tmp_path: Path) -> None:
    core = (
        "<dc:title>年休假办法</dc:title><dc:creator>人社部;Administrator</dc:creator>"
        "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created><dcterms:modified>2024-05-06T01:02:03Z</dcterms:modified>"
    )
    facts = read(tmp_path, p("正文"), core=core).facts
    assert [(f.name, f.value, f.where) for f in facts] == [
        ("title", "年休假办法", "Word core properties"),
        ("authors", "人社部", "Word core properties"),
        ("modified", "2024-05-06", "Word core properties"),
    ]


def test_the_largest_centred_lines_at_the_top_are_a_title_but_for_a_red_letterhead(tmp_path: Path) -> None:
    centre, large = '<w:jc w:val="center"/>', '<w:sz w:val="44"/>'
    body = p("某市人民政府文件", centre, '<w:sz w:val="72"/><w:color w:val="FF0000"/>')
    body += (
        p("关于印发办法", centre, large)
        + p("的通知", centre, large)
        + p("各县区人民政府：", "", '<w:sz w:val="32"/>') * 3
    )
    facts = read(tmp_path, body).facts
    assert [(f.name, f.value) for f in facts] == [("title", "关于印发办法的通知")]


def test_strange_values_are_read_over(tmp_path: Path) -> None:
    for strange in ("①", "９" * 5000, "-1", "1.5"):
        run = f'<w:sz w:val="{strange}"/><w:color w:val="{strange}"/>'
        properties = (
            f'<w:outlineLvl w:val="{strange}"/><w:numPr><w:ilvl w:val="{strange}"/><w:numId w:val="1"/></w:numPr>'
        )
        cells = table(
            tr(tc("甲", f'<w:gridSpan w:val="{strange}"/>'), tc("乙"), properties=f'<w:gridBefore w:val="{strange}"/>')
        )
        numbers = lists(level(0, "decimal", "%1.", more=f'<w:lvlRestart w:val="{strange}"/>'))
        document = read(tmp_path, p("字", properties, run) + cells, numbers)
        assert document.text.endswith("甲 | 乙")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"<html><body>x</body></html>", "rename it to .html"),
        (b"{\\rtf1 x}", "RTF"),
        (b"%PDF-1.4", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "save it as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + b"\0" * 22 + b"\x11\0\0\0word/document.xml", "cut off"),
        (b"just words", "nothing that is known"),
    ],
)
def test_what_is_no_word_file_is_told_in_a_line(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=words):
        read_docx(path)


def test_entities_bombs_and_depth_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    bodies = {
        "declares entities": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document>&x;</w:document>',
        "unpacks to far more": " " * (9 << 20),
        "no sound XML": "<a>" * 5000,
    }
    for words, document in bodies.items():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", document)
        with pytest.raises(SourceError, match=words):
            read_docx(path)


def test_a_damaged_side_part_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = word(tmp_path / "d.docx", p("正文"), {"word/styles.xml": "<w:oops>"})
    document = check(read_docx(path))
    assert texts(document) == ["正文"]
    assert document.notices == ("word/styles.xml in the file is damaged and was left out",)


def test_a_file_of_pictures_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"1 pictures and no words: save it as \.pdf"):
        read_docx(word(tmp_path / "d.docx", "<w:p><w:r><w:drawing/></w:r></w:p>"))


def test_python_docx_files_too(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    made.add_heading("总则", 1)
    made.add_paragraph("第一项", style="List Number")
    made.add_paragraph("点", style="List Bullet")
    made.save(str(tmp_path / "p.docx"))
    document = check(read_docx(tmp_path / "p.docx"))
    assert [(b.kind, b.text) for b in document.blocks] == [
        (BlockKind.HEADING, "总则"),
        (BlockKind.LIST_ITEM, "1. 第一项"),
        (BlockKind.LIST_ITEM, "点"),
    ]
    assert document.facts == ()
