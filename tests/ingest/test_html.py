# ruff: noqa: E501 (pages are written as they are served)
"""Pages of governments, offices and news sites, written as they are met; expected values were read off by hand."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingest.blocks import Block, BlockKind, Document
from rag.ingest.readers.html.mhtml import looks_like_mhtml, read_mhtml
from rag.ingest.readers.html.reader import looks_like_html, read_html
from rag.text.dates import date_in

_PROSE = "各区县人民政府应当加强对本行政区域内养老服务工作的领导，将养老服务经费列入财政预算，并按规定向社会公开。"
_MORE = "民政部门会同财政、卫生健康等部门建立联席会议制度，每季度至少召开一次会议，研究解决养老服务中的问题。"


def _read(tmp_path: Path, page: str | bytes, name: str = "page.html") -> Document:
    path = tmp_path / name
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    document = read_html(path)
    _check(document)
    return document


def _check(document: Document) -> None:
    """Blocks are their spans, in order, apart, with newlines between."""
    at = 0
    for block in document.blocks:
        assert block.text == "".join(document.text[start:end] for start, end in block.spans)
        assert block.spans[0][0] >= at
        assert not document.text[at : block.spans[0][0]].strip("\n")
        assert block.text.strip()
        assert all(0 <= ref.offset <= len(block.text) for ref in block.refs)
        if block.row:
            assert len(block.row.cells) == len(block.row.columns)
            assert " | ".join(block.text[start:end] for start, end in block.row.cells) == block.text
        at = block.spans[-1][1]
    assert not document.text[at:].strip("\n")


def _told(path: Path) -> str:
    """Return what is said of a file that can't be read, empty where it can; in 20 seconds, in one line."""
    began = time.perf_counter()
    said = ""
    try:
        _check(read_html(path))
    except SourceError as error:
        said = str(error)
    assert time.perf_counter() - began < 20
    assert "\n" not in said
    return said


def _texts(document: Document, *kinds: BlockKind) -> list[str]:
    skipped = (BlockKind.FURNITURE, BlockKind.METADATA)
    return [block.text for block in document.blocks if (block.kind in kinds if kinds else block.kind not in skipped)]


def _furniture(document: Document) -> dict[str, str]:
    return {block.text: block.furniture for block in document.blocks if block.kind is BlockKind.FURNITURE}


def _facts(document: Document, name: str) -> list[str]:
    return [fact.value for fact in document.facts if fact.name == name]


def _rows(document: Document) -> list[Block]:
    return [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]


def _page(body: str, head: str = "<title>关于加强养老服务的通知_某市人民政府</title>") -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


NOTICE = _page(
    f"""
<div class="header"><div class="logo"><h1><a href="/">某市人民政府</a></h1></div>
<ul class="nav"><li><a href="/a">首页</a></li><li><a href="/b">政务公开</a></li><li><a href="/c">政务服务</a></li></ul></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/x">政策文件</a></div>
<table class="info"><tr><td><b>索 引 号：</b></td><td>0147-2023-001</td><td><b>发文机关：</b></td><td>某市人民政府办公室</td></tr>
<tr><td><b>成文日期：</b></td><td>2023年03月28日</td><td><b>发文字号：</b></td><td>某政办发〔2023〕5号</td></tr></table>
<h1>关于加强养老服务的通知</h1>
<div class="pages-date">2023-04-01 10:20 来源：某市民政局 【字体：<a>大</a> <a>中</a> <a>小</a>】 打印 浏览次数：<span>35</span></div>
<div id="zoom">
<p style="text-align:center"><strong>一、总体要求</strong></p>
<p>　　{_PROSE}</p><!-- <p>已废止：不得收费。</p> -->
<p style="text-align:center"><strong>二、保障措施</strong></p>
<p>　　{_MORE}<span style="display:none">此处不显示</span></p>
<p style="text-align:right">某市人民政府办公室<br>2023年3月28日</p>
<script>var a = "不是文字";</script>
</div>
<p>责任编辑：张三</p><p>上一篇：<a href="/1">关于春节放假的通知</a></p>
<div class="footer"><p>版权所有：某市人民政府 备案号：某ICP备12345号</p></div>
"""
)


def test_a_notice_is_read_without_the_furniture_of_its_site(tmp_path: Path) -> None:
    document = _read(tmp_path, NOTICE)
    assert _texts(document) == [
        "关于加强养老服务的通知",
        "一、总体要求",
        _PROSE,
        "二、保障措施",
        _MORE,
        "某市人民政府办公室",
        "2023年3月28日",
    ]
    assert [block.level for block in document.blocks if block.text[:2] in ("一、", "二、")] == [2, 2]
    furniture = _furniture(document)
    assert furniture["当前位置：首页 > 政策文件"] == "breadcrumb"
    assert furniture["此处不显示"] == "hidden"
    assert furniture["责任编辑：张三"] == "editor"
    assert furniture["上一篇：关于春节放假的通知"] == "pager"
    assert furniture["版权所有：某市人民政府 备案号：某ICP备12345号"] == "footer"
    assert "已废止" not in document.text
    assert "不是文字" not in document.text


def test_what_the_page_states_are_facts(tmp_path: Path) -> None:
    document = _read(tmp_path, NOTICE)
    assert _facts(document, "title")[0] == "关于加强养老服务的通知"
    assert _facts(document, "issuer") == ["某市人民政府办公室"]
    assert _facts(document, "number") == ["某政办发〔2023〕5号"]
    assert _facts(document, "written") == ["2023-03-28"]
    assert _facts(document, "published") == ["2023-04-01"]
    assert _facts(document, "source") == ["某市民政局"]
    assert _facts(document, "index") == ["0147-2023-001"]
    assert _furniture(document)["【字体：大 中 小】 打印"] == "font size"
    assert "2023-04-01 10:20 来源：某市民政局" in _texts(document, BlockKind.METADATA)


def test_meta_elements_and_linked_data_are_facts(tmp_path: Path) -> None:
    head = """<title>Rules | Agency</title><meta name="PubDate" content="2023-08-16 10:33:59">
    <meta name="ContentSource" content="统计局"><meta property="article:modified_time" content="2024-01-02T08:00:00Z">
    <meta name="keywords" content="a,b"><script type="application/ld+json">
    {"@context": "https://schema.org", "@type": "Article", "headline": "Rules", "datePublished": "2023-08-15",
     "author": [{"name": "A. Writer"}]}</script><script type="application/ld+json">{broken "schema.org"</script>"""
    document = _read(tmp_path, _page(f"<main><h1>Rules</h1><p>{_PROSE}</p></main>", head))
    assert _facts(document, "published") == ["2023-08-16", "2023-08-15"]
    assert _facts(document, "modified") == ["2024-01-02"]
    assert _facts(document, "source") == ["统计局"]
    assert _facts(document, "authors") == ["A. Writer"]
    assert _facts(document, "language") == []


def test_figures_cut_by_spans_are_whole_and_notes_are_known(tmp_path: Path) -> None:
    page = _page(
        """<div id="zoomcon"><p class=MsoNormal><span>初步核算，全年<font>地区生产总值</font></span><span>[2]</span><span>320</span><span>74.7</span>
<span>亿元，比上年增长<span>4.7</span>%，达到预期目标，为历史最好水平，全省上下共同努力。<o:p></o:p></span></p>
<p>全年旅客运输量<sup>[1]</sup>16891.4万人，下降34.2%，其中铁路旅客运输量占比超过一半，公路占三成。</p>
<p>注释：</p><p>[1]旅客运输量为初步数。</p><p>[2]地区生产总值按现价计算。</p></div>"""
    )
    document = _read(tmp_path, page)
    first, second = document.blocks[0], document.blocks[1]
    assert first.text.startswith("初步核算，全年地区生产总值[2]32074.7 亿元，比上年增长4.7%")
    assert [(ref.label, first.text[: ref.offset][-3:]) for ref in first.refs] == [("2", "[2]")]
    assert second.text.startswith("全年旅客运输量16891.4万人")
    assert [(ref.label, ref.offset) for ref in second.refs] == [("1", len("全年旅客运输量"))]
    notes = [(block.label, block.text) for block in document.blocks if block.kind is BlockKind.NOTE]
    assert notes == [("1", "旅客运输量为初步数。"), ("2", "地区生产总值按现价计算。")]


def test_linked_footnotes_lose_their_mark_and_their_link_back(tmp_path: Path) -> None:
    page = _page(
        """<main><h1>Guide</h1><p>Agencies must use HTTPS.<sup><a href="#fn1">1</a></sup> All services are covered, with no exception.</p>
<p>Word writes notes so.<a href="#_ftn2" name="_ftnref2">[2]</a> And goes on after them in the same line.</p>
<ol class="footnotes"><li id="fn1">See the memo. <a href="#fnref1">↩</a></li></ol>
<div id="ftn2"><p><a name="_ftn2" href="#_ftnref2">[2]</a> A second note.</p></div></main>"""
    )
    document = _read(tmp_path, page)
    one = next(block for block in document.blocks if block.text.startswith("Agencies"))
    assert one.text == "Agencies must use HTTPS. All services are covered, with no exception."
    assert [(ref.offset, ref.label) for ref in one.refs] == [(len("Agencies must use HTTPS."), "1")]
    notes = [(block.label, block.text) for block in document.blocks if block.kind is BlockKind.NOTE]
    assert notes == [("1", "See the memo."), ("2", "A second note.")]


def test_a_raised_mark_in_brackets_is_a_reference_whether_its_note_is_there_or_not(tmp_path: Path) -> None:
    block = _read(tmp_path, _page(f"<p>增长4.7<sup>[2]</sup>%，{_PROSE}</p>")).blocks[0]
    assert block.text == f"增长4.7%，{_PROSE}"
    assert [(ref.offset, ref.label) for ref in block.refs] == [(len("增长4.7"), "2")]


def test_raised_figures_never_make_another_figure(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        _page(
            "<p>投资10<sup>4</sup>万元，面积35m<sup>2</sup>，CO<sub>2</sub>排放10<sup>-3</sup>吨，长5m<sup>2</sup>30户。</p>"
        ),
    )
    assert document.blocks[0].text == "投资10⁴万元，面积35m2，CO2排放10⁻³吨，长5m²30户。"


def test_line_breaks_part_paragraphs_only_where_the_page_means_it(tmp_path: Path) -> None:
    wrapped = "本办法所称养老服务机构是指依法办理登记为老年人提供全日集\n<br>中住宿和照料护理服务的机构，其设立、运营和监督管理应当适用\n<br>本办法的规定。"
    page = _page(
        f"<div><h1>养老服务<br>管理办法</h1>第一段文字到此为止，后面另起。<br><br>第二段文字。<br>　　第三段文字。<br>"
        f"（一）第一项内容；<br>（二）第二项内容。<p>{wrapped}</p><p>某市民政局<br>2024年5月1日</p></div>"
    )
    assert _texts(_read(tmp_path, page)) == [
        "养老服务管理办法",
        "第一段文字到此为止，后面另起。",
        "第二段文字。",
        "第三段文字。",
        "（一）第一项内容；",
        "（二）第二项内容。",
        "本办法所称养老服务机构是指依法办理登记为老年人提供全日集中住宿和照料护理服务的机构，其设立、运营和监督管理应当适用本办法的规定。",
        "某市民政局",
        "2024年5月1日",
    ]


def test_a_table_has_rows_with_their_header_title_unit_and_merged_cells(tmp_path: Path) -> None:
    page = _page(
        f"""<p>{_PROSE}</p><p align=center><b>表1 主要指标</b></p><p align=right>单位：万元</p>
<table border=1><tr><td rowspan=2>地区</td><td rowspan=2>指标</td><td colspan=2>金额</td></tr><tr><td>2022年</td><td>2023年</td></tr>
<tr><td rowspan=2>甲县</td><td>收入</td><td>10</td><td>12</td></tr><tr><td>支出</td><td>8</td><td>9</td></tr>
<tr><td colspan=2>合计</td><td>18</td><td></td></tr><tr><td colspan=4>注：数据为初步数。</td></tr></table>"""
    )
    document = _read(tmp_path, page)
    assert _texts(document, BlockKind.CAPTION) == ["表1 主要指标", "单位：万元"]
    rows = [(block.text, block.row.header, block.row.columns) for block in _rows(document) if block.row]
    assert rows == [
        ("地区 | 指标 | 金额", True, (0, 1, 2)),
        (" |  | 2022年 | 2023年", True, (0, 1, 2, 3)),
        ("甲县 | 收入 | 10 | 12", False, (0, 1, 2, 3)),
        ("甲县 | 支出 | 8 | 9", False, (0, 1, 2, 3)),
        ("合计 | 18 | ", False, (0, 2, 3)),
    ]
    assert document.blocks[-1].text == "注：数据为初步数。"


def test_a_page_of_gov_uk(tmp_path: Path) -> None:
    page = _page(
        """<div id="global-cookie-message" class="gem-c-cookie-banner govuk-clearfix" role="region"><p>We use some essential
cookies to make this website work. We would like to set additional cookies to understand how you use GOV.UK.</p>
<button>Accept additional cookies</button></div><a href="#content" class="govuk-skip-link">Skip to main content</a>
<header role="banner" class="gem-c-layout-super-navigation-header"><a href="/">GOV.UK</a></header>
<div class="govuk-breadcrumbs"><ol><li><a href="/">Home</a></li><li><a href="/x">Data</a></li></ol></div>
<main id="content"><h1 class="gem-c-title__text">Using open standards</h1>
<dl class="gem-c-metadata"><dt>Published</dt><dd>16 August 2023</dd><dt>From:</dt><dd>Central Digital and Data Office</dd></dl>
<nav aria-label="Contents"><ol><li><a href="#a">Why</a></li><li><a href="#b">How</a></li></ol></nav>
<div class="govspeak"><h2 id="a">Why</h2><p>Government organisations must use open standards for all new services.
They make services work together, and cost less.</p><ul><li>fewer copies</li><li>one format</li></ul>
<h2 id="b">How</h2><p>Read the <a href="/y">open standards principles</a> and plan the change, as the code of practice says.</p></div></main>
<footer role="contentinfo"><h2>Support links</h2><a href="/help">Help</a></footer>""",
        """<title>Using open standards - GOV.UK</title><meta name="govuk:first-published-at" content="2021-02-03T00:15:00+00:00">
<meta name="govuk:public-updated-at" content="2023-08-16T09:30:00+01:00">""",
    )
    document = _read(tmp_path, page)
    assert [(block.kind, block.text) for block in document.blocks if block.kind is not BlockKind.FURNITURE] == [
        (BlockKind.HEADING, "Using open standards"),
        (BlockKind.METADATA, "Published | 16 August 2023"),
        (BlockKind.METADATA, "From: | Central Digital and Data Office"),
        (BlockKind.HEADING, "Why"),
        (
            BlockKind.TEXT,
            "Government organisations must use open standards for all new services. They make services work together, and cost less.",
        ),
        (BlockKind.LIST_ITEM, "fewer copies"),
        (BlockKind.LIST_ITEM, "one format"),
        (BlockKind.HEADING, "How"),
        (BlockKind.TEXT, "Read the open standards principles and plan the change, as the code of practice says."),
    ]
    assert _facts(document, "title")[:2] == ["Using open standards", "Using open standards"]
    assert _facts(document, "published") == ["2023-08-16", "2021-02-03"]
    assert _facts(document, "modified") == ["2023-08-16"]
    assert _facts(document, "issuer") == ["Central Digital and Data Office"]


def test_classes_that_scripts_give_to_paragraphs_do_not_make_them_furniture(tmp_path: Path) -> None:
    page = _page(
        f"""<div class="skipAutoFix"><p class="skipAutoFix">{_PROSE}<span class="print skip-nav">2015</span>年，全县</p>
<p class="nav">{_MORE}</p></div>"""
    )
    assert _texts(_read(tmp_path, page)) == [f"{_PROSE}2015年，全县", _MORE]


def test_labels_and_values_in_lines_of_their_own(tmp_path: Path) -> None:
    page = _page(
        f"""<dl class="meta"><dd><label>索 引 号：</label><div>0147/2023-003</div></dd><dd><label>发布机构：</label><div>某市统计局</div></dd>
<dd><label>发文日期：</label><div>2023-03-31</div></dd></dl><h1>2022年公报</h1><div class=article-content><p>{_PROSE}</p></div>""",
        "<title>2022年公报 | 某市</title>",
    )
    document = _read(tmp_path, page)
    assert _facts(document, "index") == ["0147/2023-003"]
    assert _facts(document, "issuer") == ["某市统计局"]
    assert _facts(document, "written") == ["2023-03-31"]
    assert len(_texts(document, BlockKind.METADATA)) == 6


def test_the_line_of_the_editor_ends_the_document_but_not_one_that_goes_on_beside_it(tmp_path: Path) -> None:
    teaser = "某网文化频道一同实地走访六大书院，深入挖掘书院文化中蕴含的丰富内涵，感受传统文化的魅力所在，欢迎收看。"
    page = _page(
        f"""<h1>关于加强养老服务的通知</h1><div><p>{_PROSE}</p><p>{_MORE * 3}</p><p>（责任编辑：张三）</p><p>{_PROSE[2:]}</p></div>
<div><h2>推荐阅读</h2><div><p>{teaser}</p></div></div>"""
    )
    document = _read(tmp_path, page)
    assert _texts(document) == ["关于加强养老服务的通知", _PROSE, _MORE * 3, _PROSE[2:]]
    assert _furniture(document)[teaser] == "after the document"


def test_a_title_in_two_lines_is_one(tmp_path: Path) -> None:
    head = "<title>关于2024年部分节假日安排的通知_政府文件_某市</title>"
    page = _page(f"<div id=zoom><p align=center>关于2024年<br>部分节假日安排的通知</p><p>{_PROSE}</p></div>", head)
    document = _read(tmp_path, page)
    assert _texts(document) == ["关于2024年 部分节假日安排的通知".replace(" ", ""), _PROSE]
    assert _facts(document, "title")[0] == "关于2024年部分节假日安排的通知"


def test_labels_in_running_text_and_guides_are_no_facts(tmp_path: Path) -> None:
    page = _page(
        f"<h1>办事指南</h1><p>{_PROSE}</p><p>来源：自来水应当符合标准。</p><p>{_MORE}</p><p>时间：周一至周五</p>"
    )
    document = _read(tmp_path, page)
    assert "来源：自来水应当符合标准。" in _texts(document)
    assert "时间：周一至周五" in _texts(document)
    assert not _facts(document, "source")


def test_a_merged_figure_or_remark_is_not_repeated(tmp_path: Path) -> None:
    page = _page(
        f"""<p>{_PROSE}</p><table><tr><th>项目</th><th>标准</th></tr><tr><td>甲</td><td rowspan=2>120</td></tr>
<tr><td>乙</td></tr></table>"""
    )
    assert [block.text for block in _rows(_read(tmp_path, page))] == ["项目 | 标准", "甲 | 120", "乙 | "]


def test_a_table_for_layout_is_read_as_paragraphs(tmp_path: Path) -> None:
    page = _page(
        f"""<table><tr><td><a href=1>首页</a> <a href=2>新闻</a> <a href=3>公告</a> <a href=4>服务</a></td><td>
<table><tr><td><h2>关于加强养老服务的通知</h2></td></tr><tr><td><p>{_PROSE}</p><p>{_MORE}</p></td></tr></table></td></tr></table>"""
    )
    document = _read(tmp_path, page)
    assert not _rows(document)
    assert _texts(document) == ["关于加强养老服务的通知", _PROSE, _MORE]


def test_lists_show_their_numbers_and_no_bullets(tmp_path: Path) -> None:
    page = _page(
        f"""<main><p>{_PROSE}</p><ol start=3><li>申请表<ul><li>原件</li></ul></li><li>4. 身份证</li></ol>
<ol type=a><li><p>first</p><p>more of it</p></li></ol></main>"""
    )
    items = [block for block in _read(tmp_path, page).blocks if block.kind is BlockKind.LIST_ITEM]
    assert [(block.text, block.level, block.label) for block in items] == [
        ("3. 申请表", 1, "3"),
        ("原件", 2, ""),
        ("4. 身份证", 1, "4"),
        ("a. first", 1, "a"),
        ("more of it", 1, ""),
    ]
    assert all(block.prose for block in items)


def test_lists_as_word_exports_them(tmp_path: Path) -> None:
    page = _page(
        f"""<p>{_PROSE}</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span><![endif]>居民户口簿；</p>
<p class=MsoListParagraph style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>复印件。</p>"""
    )
    items = [block for block in _read(tmp_path, page).blocks if block.kind is BlockKind.LIST_ITEM]
    assert [(block.text, block.level, block.label) for block in items] == [
        ("1. 居民户口簿；", 1, "1"),
        ("复印件。", 2, ""),
    ]


def test_a_service_guide_keeps_pairs_together_and_opens_its_tabs(tmp_path: Path) -> None:
    page = _page(
        """<h1>居住证办理</h1><ul class="tab-nav"><li>基本信息</li><li>申请材料</li></ul>
<div class="tab-con on"><table><tr><th>法定时限</th><td>15个工作日</td></tr><tr><th>收费标准</th><td>不收费</td></tr></table></div>
<div class="tab-con" style="display:none"><p>1.居民身份证；</p><p>2.居住地住址证明。</p></div>
<div id="old" style="display: none"><p>2.暂住证。</p></div>
<dl><dt>办理地点</dt><dd>政务服务中心二楼</dd></dl>""",
        "<title>居住证办理</title>",
    )
    document = _read(tmp_path, page)
    texts = _texts(document)
    assert "法定时限 | 15个工作日" in texts
    assert "收费标准 | 不收费" in texts
    assert "1.居民身份证；" in texts
    assert "办理地点 | 政务服务中心二楼" in texts
    assert "2.暂住证。" not in texts
    assert _furniture(document)["2.暂住证。"] == "hidden"


def test_hidden_by_a_style_sheet_or_only_read_aloud(tmp_path: Path) -> None:
    page = _page(
        f"<p>{_PROSE}<span class='sr-only'>（新窗口打开）</span></p><p class='gone'>旧规定已经作废。</p><p hidden>草稿。</p>",
        "<style>.gone, #x { display: none } @media print { p { display: none } }</style>",
    )
    document = _read(tmp_path, page)
    assert _texts(document) == [_PROSE]
    assert _furniture(document) == {"（新窗口打开）": "hidden", "旧规定已经作废。": "hidden", "草稿。": "hidden"}


def test_struck_out_words_ruby_and_pictures_are_beside_the_text(tmp_path: Path) -> None:
    page = _page(
        f"<p>收费<del>20元</del>10元。<ruby>饕<rp>(</rp><rt>tāo</rt><rp>)</rp></ruby>餮{_PROSE}<img alt='示意图' src=a.png></p>"
    )
    document = _read(tmp_path, page)
    assert _texts(document) == [f"收费10元。饕餮{_PROSE}"]
    assert _furniture(document) == {"20元": "struck out", "tāo": "ruby", "示意图": "image"}


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("gb18030", "gb2312"), ("gb18030", "utf-8"), ("utf-8", "gbk"), ("big5", "big5"), ("utf-16", ""), ("utf-16-le", ""),
     ("utf-8-sig", ""), ("gb18030", ""), ("gb18030", "iso-8859-1"), ("big5", "")],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, declared: str) -> None:
    text = (
        "各區縣人民政府應當加強對本行政區域內養老服務工作的領導，將養老服務經費列入財政預算。"
        if encoding == "big5"
        else _PROSE
    )
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = f"<html><head>{meta}<title>t</title></head><body><p>{text * 3}</p></body></html>"
    assert _texts(_read(tmp_path, page.encode(encoding))) == [text * 3]


def test_a_page_of_two_encodings_or_cut_in_a_character_is_read_and_told(tmp_path: Path) -> None:
    mixed = _page(f"<p>{_PROSE * 9}</p>").encode().replace(b"</body>", f"<p>{_MORE}</p>".encode("gb18030") + b"</body>")
    for raw in (mixed, _page(f"<p>{_PROSE * 9}</p>").encode()[:-19]):
        document = _read(tmp_path, raw)
        assert _texts(document)[0].startswith(_PROSE * 8)
        assert "could not be read as utf-8" in document.notices[0]


def test_a_word_file_that_is_a_page_is_known_by_its_bytes() -> None:
    assert looks_like_html(b'<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>')
    assert looks_like_html("\ufeff\n<!-- a --><!DOCTYPE html><html>".encode())
    assert looks_like_html(b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>')
    assert looks_like_html("<html><body>".encode("utf-16"))
    assert looks_like_html(b"<table border=1><tr><td>1</td></tr></table><br>")
    assert not looks_like_html(b"%PDF-1.4 <html>")
    assert not looks_like_html(b"PK\x03\x04<html>")
    assert not looks_like_html(b"<?xml version='1.0'?><w:wordDocument><w:p/><w:p/>")
    assert not looks_like_html("# 标题\n\n<br> 正文".encode())


def test_a_page_saved_with_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "page.mht"
    head = 'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    body = _page(f"<p>{_PROSE}</p>").encode("gb18030")
    import base64

    part = "--b\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = head.encode() + part.encode() + base64.encodebytes(body) + b"\r\n--b--\r\n"
    path.write_bytes(raw)
    assert looks_like_mhtml(raw)
    assert not looks_like_mhtml(b"<html>")
    assert _texts(read_mhtml(path)) == [_PROSE]
    path.write_bytes(head.encode())
    with pytest.raises(SourceError, match="holds no page"):
        read_mhtml(path)


def test_a_page_of_links_and_one_shown_by_a_script_are_told(tmp_path: Path) -> None:
    links = "".join(f"<li><a href='/{n}'>关于第{n}批项目审批结果的公告</a></li>" for n in range(12))
    document = _read(tmp_path, _page(f"<div class=box><ul>{links}</ul></div>"))
    assert len(_texts(document)) == 12
    assert "mostly links" in document.notices[0]
    document = _read(tmp_path, _page(f"<div style='display:none'><p>{_PROSE}</p><p>{_MORE}</p></div>"))
    assert _texts(document) == [_PROSE, _MORE]
    assert "hidden until a script" in document.notices[0]


def test_bad_files_are_one_line(tmp_path: Path) -> None:
    for name, raw, words in [
        ("empty.html", b" \n", "is empty"),
        ("none.html", b"<html><body><script>x</script></body></html>", "no words"),
        ("frames.html", b"<html><frameset><frame src=a></frameset></html>", "1 frames"),
        ("deep.html", b"<div>" * 300_000, "nests its tags"),
        ("fmt.html", b"".join(b"<p><b a=%d>x" % n for n in range(5000)), "nests its tags"),
        ("attrs.html", b"<div " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">", "attributes"),
        ("many.html", b"<p>x" * 500_000, "more than 300,000 elements"),
        ("comments.html", b"<!--" * 1_000_000, "no words"),
        ("sheet.html", b"<style>" + b"@media{" * 50_000 + b"</style>", "no words"),
        ("binary.html", bytes(range(256)) * 50, ""),
    ]:
        path = tmp_path / name
        path.write_bytes(raw)
        assert words in _told(path)
    with pytest.raises(SourceError, match="can't be read"):
        read_html(tmp_path / "missing.html")


def test_deeply_nested_text_is_not_lost(tmp_path: Path) -> None:
    document = _read(tmp_path, _page("<div>" * 1000 + f"<p>{_PROSE}</p>" + "</div>" * 1000 + f"<p>{_MORE}</p>"))
    assert _texts(document) == [_PROSE, _MORE]


def test_no_visible_word_is_lost(tmp_path: Path) -> None:
    document = _read(tmp_path, NOTICE)
    seen = "".join(document.text.split())
    for word in (
        "某市人民政府",
        "首页",
        "政务公开",
        "政务服务",
        "索引号",
        "0147-2023-001",
        "打印",
        "浏览次数：35",
        "某ICP备12345号",
    ):
        assert word in seen


_TAGS = "div p span table tr td th ul ol li h2 b a section nav footer blockquote dl dt dd sup sub pre button del ruby rt aside".split()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["open", "close", "text", "text", "<br>"]), st.sampled_from(_TAGS)), max_size=40)
)
def test_every_word_of_any_markup_stands_in_the_text(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    markup, words = "", []
    for number, (what, tag) in enumerate(parts):
        if what == "text":
            words.append(f"词语{number}号")
            markup += words[-1]
        else:
            markup += {"open": f'<{tag} class="nav item">', "close": f"</{tag}>"}.get(what, what)
    path = tmp_path_factory.mktemp("any") / "page.html"
    path.write_text(f"<html><body><p>{_PROSE}</p>{markup}</body></html>", encoding="utf-8")
    document = read_html(path)
    _check(document)
    for word in words:
        assert word in document.text


def test_lines_in_a_box_are_not_taken_for_wrapped_ones(tmp_path: Path) -> None:
    page = _page(
        f"<h1>施工许可证核发</h1><p>{_PROSE}</p><table><tr><td class=head>办理时限</td></tr><tr><td><div>法定时限：申请材料齐全、符合法定形式之日起15个工作日内<br/>"
        "承诺时限：3个工作日内<br/></div></td></tr><tr><td class=head>收费标准</td></tr><tr><td>不收费</td></tr></table>"
    )
    assert _texts(_read(tmp_path, page))[2:] == [
        "办理时限",
        "法定时限：申请材料齐全、符合法定形式之日起15个工作日内",
        "承诺时限：3个工作日内",
        "收费标准",
        "不收费",
    ]


def test_a_word_file_saved_as_a_page_is_read_whatever_its_ending(tmp_path: Path) -> None:
    page = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=gb2312><title>通知</title>
<!--[if gte mso 9]><xml><o:Author>张三</o:Author></xml><![endif]--></head><body lang=ZH-CN><p class=MsoNormal align=center
style='text-align:center'><b>关于防汛工作的通知<o:p></o:p></b></p><p class=MsoNormal>{_PROSE}<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a></p>
<div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> 数据来自市气象局。</p></div></body></html>"""
    document = _read(tmp_path, page.encode("gb18030"), "通知.doc")
    assert _texts(document) == ["关于防汛工作的通知", _PROSE, "数据来自市气象局。"]
    assert document.blocks[1].refs[0].label == document.blocks[2].label == "1"


def test_patterns_of_furniture_stay_fast(tmp_path: Path) -> None:
    line = "打印||||" * 25 + "甲"
    assert line in _texts(_read(tmp_path, _page(f"<p>{_PROSE}</p><p>{line}</p><p>{_MORE}</p>")))


def test_corrupted_copies_are_read_or_told(tmp_path: Path) -> None:
    chance = random.Random(12)
    sources = [NOTICE.encode(), NOTICE.encode("gb18030").replace(b"utf-8", b"gb2312")]
    path = tmp_path / "corrupted.html"
    for number in range(500):
        raw = bytearray(sources[number % 2])
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(len(raw))
            match number % 3:
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randint(1, 200)]
                case _:
                    cut = chance.randrange(len(raw))
                    raw[at:at] = raw[cut : cut + chance.randint(1, 300)]
            if not raw:
                break
        path.write_bytes(bytes(raw))
        _told(path)


def test_dates() -> None:
    assert date_in("2023年3月28日 10:00") == "2023-03-28"
    assert date_in("20230328") == "2023-03-28"
    assert date_in("28 March 2023") == date_in("March 28, 2023") == "2023-03-28"
    assert date_in("2023-13-45") == date_in("周一至周五") == ""
