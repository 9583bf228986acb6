"""PDFs that the test itself writes, and the blocks that a reader of the page would see."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SourceError
from rag.ingest.blocks import Block, BlockKind, Document, NoteRef
from rag.ingest.readers.characters import clean, mend
from rag.ingest.readers.pdf import reader as pdf_module
from rag.ingest.readers.pdf.reader import read_pdf
from tests.ingest.sheets import BOLD, HEIGHT, LATIN, SONG, WIDTH, Sheets

LEFT = 70.0
# 43 characters of 10.5 points fill the line from 70 to 521.5 points.
FULL = "为贯彻落实党中央国务院关于进一步加强生态环境保护工作的决策部署改善声环境质量保障公众健康现就"[:43]


def check(document: Document) -> None:
    """Check that blocks point into the text, do not overlap, and leave nothing but line ends between them."""
    end = 0
    for block in document.blocks:
        assert block.text == "".join(document.text[a:b] for a, b in block.spans)
        for a, b in block.spans:
            assert a >= end
            assert not document.text[end:a].strip("\n")
            end = b
        for a, b in block.row.cells if block.row else ():
            assert 0 <= a <= b <= len(block.text)
        assert all(0 <= ref.offset <= len(block.text) for ref in block.refs)
    assert not document.text[end:].strip("\n")


def read(path: Path) -> Document:
    document = read_pdf(path)
    check(document)
    assert document.extracted
    return document


def texts(document: Document, kind: BlockKind | None = None) -> list[str]:
    return [b.text for b in document.blocks if (b.kind is kind if kind else b.kind is not BlockKind.FURNITURE)]


def furniture(document: Document) -> list[tuple[int, str, str]]:
    return [(b.page, b.furniture, b.text) for b in document.blocks if b.kind is BlockKind.FURNITURE]


def find(document: Document, words: str) -> Block:
    return next(b for b in document.blocks if words in b.text)


@pytest.fixture
def sheets(tmp_path: Path) -> Sheets:
    return Sheets(tmp_path / "文件.pdf")


def test_lines_of_a_paragraph_are_joined_and_indents_begin_new_ones(sheets: Sheets) -> None:
    sheets.line(LEFT + 21, 100, FULL[:41])
    sheets.line(LEFT, 116, FULL)
    sheets.line(LEFT, 132, "有关事项通知如下。")
    sheets.line(LEFT + 21, 148, "本标准自2012年7月1日起实施。")
    document = read(sheets.save())
    assert texts(document) == [FULL[:41] + FULL + "有关事项通知如下。", "本标准自2012年7月1日起实施。"]
    assert document.blocks[0].prose
    assert {b.page for b in document.blocks} == {1}


def test_words_are_divided_by_blanks_and_hyphens_at_line_ends_are_mended(sheets: Sheets) -> None:
    lines = [
        "Verifiers shall store memorized secrets in a form that is resis-",
        "tant to offline attacks and shall use a well-known salt of a memory-",
        "hard function, as memory-hard functions cost the attacker more.",
    ]
    sheets.column(LEFT, 100, lines, font=LATIN)
    document = read(sheets.save())
    assert texts(document) == [
        "Verifiers shall store memorized secrets in a form that is resistant to offline attacks and shall use "
        "a well-known salt of a memory-hard function, as memory-hard functions cost the attacker more."
    ]


def test_a_paragraph_runs_on_in_the_next_column_and_on_the_next_page(sheets: Sheets) -> None:
    words = "the verifier shall compare the secret".split()
    line = " ".join(words)  # about 160 points
    left = [f"{n} {line}" for n in "abcdefghij"]
    right = [f"{n} {line}" for n in "klmnopqrst"]
    sheets.column(60, 100, left, font=LATIN)
    sheets.column(320, 100, right, font=LATIN)
    sheets.page()
    sheets.column(60, 100, ["u " + line, "which ends here."], font=LATIN)
    document = read(sheets.save())
    assert texts(document) == [" ".join([*left, *right, "u " + line, "which ends here."])]


def test_titles_over_both_columns_come_first(sheets: Sheets) -> None:
    sheets.line(150, 60, "A Title Over Both Of The Columns", 18, BOLD)
    line = "a line of text that fills its column well"
    sheets.column(60, 100, [f"Left {n} {line}" for n in range(8)] + ["left ends."], font=LATIN)
    sheets.column(320, 100, [f"Right {n} {line}" for n in range(8)] + ["right ends."], font=LATIN)
    document = read(sheets.save())
    assert document.blocks[0].kind is BlockKind.HEADING
    assert document.blocks[0].text == "A Title Over Both Of The Columns"
    whole = document.text
    assert whole.index("Left 7") < whole.index("left ends.") < whole.index("Right 0")


def pages_with_furniture(sheets: Sheets, count: int = 4) -> Document:
    for n in range(1, count + 1):
        sheets.line(400 if n % 2 else LEFT, 50, "GB 12523—2011", 9)
        sheets.line(LEFT + 21, 100, f"第{'一二三四五六'[n]}部分的内容见附录。")
        sheets.column(LEFT + 21, 130, ["本页只有这一段话和下一段话。", "下一段话。"], pitch=40)
        sheets.line(290, 800, f"— {n} —", 9)
        sheets.page()
    return read(sheets.save())


def test_running_heads_and_page_numbers_are_furniture(sheets: Sheets) -> None:
    document = pages_with_furniture(sheets)
    assert [f for f in furniture(document) if f[1] == "running head"] == [
        (n, "running head", "GB 12523—2011") for n in (1, 2, 3, 4)
    ]
    assert [f for f in furniture(document) if f[1] == "page number"] == [
        (n, "page number", f"— {n} —") for n in (1, 2, 3, 4)
    ]
    assert len(texts(document)) == 12


def test_a_sentence_cut_by_a_page_with_head_and_number_between_is_one_block(sheets: Sheets) -> None:
    for n in (1, 2):
        sheets.line(LEFT, 50, "环境噪声排放标准", 9)
        sheets.line(290, 800, str(n), 9)
        if n == 1:
            sheets.line(LEFT + 21, 744, FULL[:41])
            sheets.line(LEFT, 760, FULL)
        else:
            sheets.line(LEFT, 100, "有关事项通知如下，请认真执行。")
        sheets.page()
    document = read(sheets.save())
    assert texts(document) == [FULL[:41] + FULL + "有关事项通知如下，请认真执行。"]
    assert len(furniture(document)) == 4
    assert document.blocks[1].page == 1


def test_numbered_headings_and_clauses(sheets: Sheets) -> None:
    sheets.line(180, 80, "建筑施工场界环境噪声排放标准", 16)
    sheets.line(LEFT, 130, "5 测量方法", 12)
    sheets.line(LEFT, 160, "5.1 测量仪器", 12)
    sheets.line(LEFT, 190, "5.1.1 " + FULL[:38])
    sheets.line(LEFT, 206, "其性能应不低于规定的要求。")
    sheets.line(LEFT, 222, "5.1.2 测量时传声器加防风罩。")
    sheets.line(LEFT + 21, 238, "a) 第一种情形；")
    sheets.line(LEFT + 21, 254, "b) 第二种情形。")
    document = read(sheets.save())
    found = [(b.kind.value, b.level, b.label, b.text) for b in document.blocks]
    assert found == [
        ("heading", 1, "", "建筑施工场界环境噪声排放标准"),
        ("heading", 2, "5", "5 测量方法"),
        ("heading", 3, "5.1", "5.1 测量仪器"),
        ("text", 0, "5.1.1", "5.1.1 " + FULL[:38] + "其性能应不低于规定的要求。"),
        ("text", 0, "5.1.2", "5.1.2 测量时传声器加防风罩。"),
        ("list_item", 1, "a)", "a) 第一种情形；"),
        ("list_item", 1, "b)", "b) 第二种情形。"),
    ]


def test_a_ruled_table_with_its_caption(sheets: Sheets) -> None:
    sheets.line(180, 95, "表 1  建筑施工场界环境噪声排放限值  单位：dB（A）")
    sheets.grid([100, 250, 400], [105, 123, 141], [["昼  间", "夜  间"], ["70", "55"]])
    sheets.line(LEFT, 180, "4.2 夜间噪声最大声级超过限值的幅度不得高于15dB（A）。")
    document = read(sheets.save())
    caption, header, row, clause = document.blocks
    assert caption.kind is BlockKind.CAPTION
    assert header.row is not None
    assert row.row is not None
    assert (header.text, header.row.header, header.row.table, header.row.row) == ("昼 间 | 夜 间", True, 0, 0)
    assert (row.text, row.row.header, row.row.row) == ("70 | 55", False, 1)
    assert [row.text[a:b] for a, b in row.row.cells] == ["70", "55"]
    assert row.row.columns == (0, 1)
    assert clause.label == "4.2"


def test_a_cell_over_two_rows_stands_in_both(sheets: Sheets) -> None:
    xs, ys = [100.0, 200.0, 350.0, 450.0], [100.0, 118.0, 136.0, 154.0]
    for y in ys:
        sheets.rule(xs[0] if y != 136 else xs[1], y, xs[-1], y)
    for x in xs:
        sheets.rule(x, ys[0], x, ys[-1])
    for y, row in (
        (113, ["项目", "时间", "限值"]),
        (131, ["", "2005年前建设", "1"]),
        (149, ["", "2006年起建设", "0.5"]),
    ):
        for x, cell in zip(xs, row, strict=False):
            sheets.line(x + 4, y, cell)
    sheets.line(104, 140, "总磷")
    document = read(sheets.save())
    assert texts(document) == ["项目 | 时间 | 限值", "总磷 | 2005年前建设 | 1", "总磷 | 2006年起建设 | 0.5"]


def three_line_page(sheets: Sheets, rows: list[list[str]], header: bool, top: float, end: bool) -> None:
    xs = [110.0, 220.0, 330.0, 440.0]
    y = top
    if header:
        sheets.rule(100, y, 490, y)
        for x, name in zip(xs, ["地区", "户籍人口", "男性", "女性"], strict=True):
            sheets.line(x, y + 15, name)
        sheets.rule(100, y + 22, 490, y + 22)
        y += 22
    for row in rows:
        y += 20
        for x, cell in zip(xs, row, strict=True):
            sheets.line(x, y, cell)
    if end:
        sheets.rule(100, y + 8, 490, y + 8)


def test_a_table_without_upright_lines_goes_on_over_the_page(sheets: Sheets) -> None:
    sheets.line(200, 640, "表2 分区户籍人口")
    three_line_page(
        sheets, [["福田区", "124.88", "60.48", "64.40"], ["罗湖区", "73.40", "35.61", "37.79"]], True, 650, False
    )
    sheets.page()
    three_line_page(
        sheets, [["南山区", "122.12", "62.50", "59.62"], ["宝安区", "91.01", "44.94", "46.07"]], True, 90, True
    )
    sheets.line(LEFT + 21, 220, "以上数据来自年报。")
    document = read(sheets.save())
    rows = [b for b in document.blocks if b.row]
    assert [(b.row.table, b.row.row, b.row.header, b.text) for b in rows if b.row] == [
        (0, 0, True, "地区 | 户籍人口 | 男性 | 女性"),
        (0, 1, False, "福田区 | 124.88 | 60.48 | 64.40"),
        (0, 2, False, "罗湖区 | 73.40 | 35.61 | 37.79"),
        (0, 3, False, "南山区 | 122.12 | 62.50 | 59.62"),
        (0, 4, False, "宝安区 | 91.01 | 44.94 | 46.07"),
    ]
    assert furniture(document) == [(2, "repeated table header", "地区 | 户籍人口 | 男性 | 女性")]
    assert [b.page for b in rows] == [1, 1, 1, 2, 2]


def test_columns_of_figures_without_any_line_are_a_table(sheets: Sheets) -> None:
    xs = [100.0, 220.0, 330.0, 440.0]
    for n, row in enumerate(
        [
            ["年份", "总量", "男性", "女性"],
            ["2019", "10.1", "5.0", "5.1"],
            ["2020", "11.2", "5.9", "5.3"],
            ["2021", "12.3", "6.2", "6.1"],
        ]
    ):
        for x, cell in zip(xs, row, strict=True):
            sheets.line(x, 100 + 18 * n, cell)
    document = read(sheets.save())
    assert texts(document, BlockKind.TABLE_ROW) == [
        "年份 | 总量 | 男性 | 女性", "2019 | 10.1 | 5.0 | 5.1", "2020 | 11.2 | 5.9 | 5.3", "2021 | 12.3 | 6.2 | 6.1",
    ]  # fmt: skip


def test_a_ruled_table_whose_rows_have_no_line_between_them(sheets: Sheets) -> None:
    sheets.grid([100, 200, 300, 400], [100, 118, 190], [["地区", "总量", "比重"]])
    for n, row in enumerate([["福田区", "124.88", "60.48"], ["罗湖区", "73.40", "35.61"], ["南山区", "", "62.50"]]):
        for x, cell in zip([104.0, 204.0, 304.0], row, strict=True):
            sheets.line(x, 135 + 20 * n, cell)
    assert texts(read(sheets.save())) == [
        "地区 | 总量 | 比重", "福田区 | 124.88 | 60.48", "罗湖区 | 73.40 | 35.61", "南山区 |  | 62.50",
    ]  # fmt: skip


def test_wrapped_cells_stay_whole(sheets: Sheets) -> None:
    sheets.grid([60, 200, 530], [100, 190], [])
    sheets.column(64, 114, ["互操作性这一项的", "含义在右边说明，", "请对照着看一看。"], pitch=14)
    sheets.column(204, 114, [FULL[:30], FULL[5:35], FULL[10:40], "说明到此为止。"], pitch=16)
    assert texts(read(sheets.save())) == [
        "互操作性这一项的含义在右边说明，请对照着看一看。 | " + FULL[:30] + FULL[5:35] + FULL[10:40] + "说明到此为止。"
    ]


def test_a_title_on_two_pages_is_no_running_head(sheets: Sheets) -> None:
    for _ in range(2):
        sheets.line(150, 80, "农村环境整治三年行动方案", 22)
        sheets.column(LEFT + 21, 300, ["这是封面和扉页上的一句话。", "再有一句话。", "还有一句话。"], pitch=40)
        sheets.page()
    assert texts(read(sheets.save())).count("农村环境整治三年行动方案") == 2


def test_a_box_with_one_cell_is_no_table(sheets: Sheets) -> None:
    sheets.grid([60, 530], [90, 140], [["这是一个方框里的一段话。"]])
    document = read(sheets.save())
    assert [b.kind for b in document.blocks] == [BlockKind.TEXT]


def test_footnotes_are_bound_to_their_marks(sheets: Sheets) -> None:
    sheets.line(LEFT + 21, 100, "2021年，全市常住人口")
    x = LEFT + 21 + sheets.canvas.stringWidth("2021年，全市常住人口", SONG, 10.5)
    sheets.line(x, 95, "1", 6)
    sheets.line(x + 4, 100, "1761.48万人，面积的单位是m")
    x += 4 + sheets.canvas.stringWidth("1761.48万人，面积的单位是m", SONG, 10.5)
    sheets.line(x, 95, "2", 6)
    sheets.column(LEFT + 21, 130, ["正文的第二段话。", "正文的第三段话。"], pitch=40)
    sheets.rule(LEFT, 740, LEFT + 140, 740)
    sheets.line(LEFT, 753, "1 ", 5)
    sheets.line(LEFT + 6, 756, "注：此数据不包含特别合作区。", 8)
    document = read(sheets.save())
    note = document.blocks[-1]
    assert (note.kind, note.label, note.text) == (BlockKind.NOTE, "1", "注：此数据不包含特别合作区。")
    first = document.blocks[0]
    assert first.text == "2021年，全市常住人口1761.48万人，面积的单位是m2"  # an exponent stays
    assert first.refs == (NoteRef(12, "1"),)


def test_a_table_of_contents_is_furniture(sheets: Sheets) -> None:
    sheets.line(280, 80, "目  次", 14)
    for n, name in enumerate(["1 适用范围", "2 术语和定义", "3 测量方法"]):
        sheets.line(LEFT, 120 + 20 * n, f"{name}{'.' * 90}{n + 1}")
    sheets.line(LEFT + 21, 220, "本标准由环境保护部解释。")
    document = read(sheets.save())
    assert {f[1] for f in furniture(document)} == {"table of contents"}
    assert texts(document) == ["本标准由环境保护部解释。"]


def test_text_drawn_twice_is_read_once(sheets: Sheets) -> None:
    for shift in (0, 0.3, 0.6):
        sheets.line(LEFT + shift, 100, "加粗的标题是描了三次的文字")
    sheets.line(LEFT, 130, "谢谢，11月11日。")
    assert texts(read(sheets.save())) == ["加粗的标题是描了三次的文字", "谢谢，11月11日。"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_pages_are_read_upright(sheets: Sheets, degrees: int) -> None:
    sheets.canvas.setPageRotation(degrees)
    sheets.line(LEFT + 21, 400, FULL[:41])
    sheets.line(LEFT, 416, "有关事项通知如下。")
    assert texts(read(sheets.save())) == [FULL[:41] + "有关事项通知如下。"]


def test_text_drawn_across_the_page_is_turned_and_a_watermark_is_furniture(sheets: Sheets) -> None:
    canvas = sheets.canvas
    canvas.saveState()
    canvas.translate(WIDTH, 0)
    canvas.rotate(90)
    sheets.line(LEFT, 900 - WIDTH, "横着放的一段很长的文字，整页都是这样印刷的。")
    canvas.restoreState()
    canvas.saveState()
    canvas.translate(200, 300)
    canvas.rotate(45)
    canvas.setFont(SONG, 40)
    canvas.drawString(0, 0, "样稿")
    canvas.restoreState()
    document = read(sheets.save())
    assert texts(document) == ["横着放的一段很长的文字，整页都是这样印刷的。"]
    assert furniture(document) == [(1, "turned text", "样稿")]


def test_an_invisible_text_layer_is_used(sheets: Sheets) -> None:
    text = sheets.canvas.beginText(LEFT, HEIGHT - 100)
    text.setFont(SONG, 10.5)
    text.setTextRenderMode(3)
    text.textLine("扫描页下面的文字层有这些字，" * 3)
    sheets.canvas.drawText(text)
    assert texts(read(sheets.save())) == ["扫描页下面的文字层有这些字，" * 3]


def test_what_the_file_states_of_itself(sheets: Sheets) -> None:
    sheets.canvas.setTitle("Microsoft Word - 排放标准.doc")
    sheets.canvas.setAuthor("张三；李四")
    sheets.line(LEFT, 100, "正文一段。")
    facts = [(f.name, f.value) for f in read(sheets.save()).facts]
    assert facts[:3] == [("title", "排放标准"), ("authors", "张三"), ("authors", "李四")]
    assert {name for name, _ in facts} == {"title", "authors", "created", "modified"}


def test_bookmarks_make_headings(sheets: Sheets) -> None:
    sheets.canvas.bookmarkPage("a")
    sheets.canvas.addOutlineEntry("总体要求", "a", level=0)
    sheets.line(LEFT, 100, "总体要求")
    sheets.line(LEFT + 21, 130, "坚持稳中求进工作总基调。")
    document = read(sheets.save())
    assert (document.blocks[0].kind, document.blocks[0].level) == (BlockKind.HEADING, 1)


def test_glyph_names_become_characters() -> None:
    assert clean("⼀⼆⺠⻬⻚") == "一二民齐页"
    assert clean("ﬁle eﬀort") == "file effort"
    assert clean("\uf98e度") == "年度"
    assert clean("１２ａ①㈠½") == "１２ａ①㈠½"  # nothing else is changed
    assert mend("\u200b") == ""


def encrypted(path: Path, user: str) -> Path:
    from reportlab.lib.pdfencrypt import StandardEncryption

    sheets = Sheets(path, encrypt=StandardEncryption(user, ownerPassword="owner"))
    sheets.line(LEFT, 100, "加密的文件。")
    return sheets.save()


def test_an_empty_password_opens_a_file_and_another_is_told(tmp_path: Path) -> None:
    assert texts(read(encrypted(tmp_path / "a.pdf", ""))) == ["加密的文件。"]
    with pytest.raises(SourceError, match="encrypted with a password"):
        read_pdf(encrypted(tmp_path / "b.pdf", "geheim"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>login</body></html>", "web page"),
        (b"PK\x03\x04rest", "zip file"),
        (b"%PDF-1.7\nnothing more", "broken PDF"),
        (b"some words", "another kind of file"),
    ],
)
def test_what_is_no_pdf_is_told_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=words) as caught:
        read_pdf(path)
    assert "\n" not in str(caught.value)


def scan(sheets: Sheets, image: Any) -> None:
    from reportlab.lib.utils import ImageReader

    sheets.canvas.drawImage(ImageReader(image), 0, 0, WIDTH, HEIGHT)


def test_scans_without_the_extra_are_told(sheets: Sheets, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    monkeypatch.setattr(pdf_module, "recognizer", lambda: None)
    picture = Image.new("RGB", (300, 400), "white")
    scan(sheets, picture)
    sheets.page()
    sheets.line(LEFT, 100, "有文字的一页。")
    sheets.page()
    document = read(sheets.save())
    assert texts(document) == ["有文字的一页。"]
    assert document.notices == ("page 1 has no text, only pictures: to read scans run `pip install 'yinju[ocr]'`",)
    only = Sheets(sheets.path.with_name("b.pdf"))
    scan(only, picture)
    with pytest.raises(SourceError, match=r"no text.*pip install 'yinju\[ocr\]'"):
        read_pdf(only.save())


def test_no_character_is_lost(sheets: Sheets) -> None:
    drawn = Counter[str]()
    for n in range(3):
        for k in range(30):
            text = f"第{n}页第{k}行，" + FULL[k : k + 12] + "abc"[n]
            drawn.update(text)
            sheets.line(40 + (k % 2) * 270, 60 + (k // 2) * 31 + n, text, 9 + k % 4)
        sheets.page()
    document = read(sheets.save())
    written = Counter(document.text)
    assert {c: n for c, n in drawn.items() if written[c] < n} == {}


def test_the_letters_of_a_ligature_stay_together(sheets: Sheets) -> None:
    """A glyph that the file maps to two letters: pdfium gives both the same place."""
    path = sheets.path
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange "
        b"<00> <FF> endcodespacerange 2 beginbfchar <41> <00660066> <42> <0061> endbfchar endcmap end end"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length 38>>stream\nBT /F 12 Tf 20 50 Td (BABABABA) Tj ET \nendstream",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    ]
    data = b"%PDF-1.4\n"
    places = []
    for n, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(data),
    )
    path.write_bytes(data)
    assert texts(read(path)) == ["affaffaffaff"]
