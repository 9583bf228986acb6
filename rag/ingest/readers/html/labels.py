"""What the page shows of the document beside its text: "索引号：…", "来源：… 发布时间：…", tables of such pairs."""

import re
from dataclasses import replace

from rag.ingest.blocks import BlockKind, Fact
from rag.ingest.readers.html.facts import DATES
from rag.ingest.readers.html.piece import OUTSIDE, Piece
from rag.text.dates import date_in

__all__ = ["facts_of_page"]

_LABELS = {
    "title": "标题 信息名称 文件名称 公文名称 公文标题 文件标题 信息标题 政策名称 名称",
    "number": "文号 发文字号 发文文号 文件编号 公文文号 公文字号 文件字号 文件号",
    "issuer": "发文机关 发文单位 发布机构 发布机关 发布单位 公开机构 发文机构 制发机关 制定机关 发布部门 颁布单位 公开单位 公开责任部门 责任部门 from publishedby issuedby agency",
    "written": "成文日期 成文时间 发文日期 发文时间 签发日期 签发时间 制发日期 生成日期 生成时间 印发日期 印发时间",
    "published": "发布日期 发布时间 公开日期 公开时间 公布日期 公布时间 发稿时间 发表时间 发布 日期 时间 published datepublished publicationdate",
    "modified": "更新时间 更新日期 修改时间 最后更新 updated lastupdated datemodified",
    "in_force": "生效日期 生效时间 施行日期 施行时间 实施日期 实施时间 执行日期",
    "repealed": "失效日期 失效时间 废止日期 废止时间",
    "status": "有效性 效力状态 时效性 文件有效性 文件状态 是否有效",
    "source": "来源 信息来源 文章来源 稿件来源 稿源 新闻来源 发布来源 出处 source",
    "authors": "作者 记者 撰稿 author authors",
    "keywords": "主题词 关键词 主题分类 主题类别 信息分类 分类 类别",
    "index": "索引号 信息索引号 索引编号 索引",
    "": "公开方式 公开时限 公开范围 公开形式 公开类别 公开属性 公开程序 组配分类 服务对象 所属栏目 栏目 文种 公文种类 文件类型 体裁分类 "
    "载体类型 信息格式 语种 公开期限 记录形式 效力级别 内容概述 内容分类 体裁",
    "font size": "字体 字号 字体大小 文字大小 选择字体 文章字体 字体显示",
    "counter": "浏览次数 阅读次数 点击次数 访问次数 浏览量 阅读量 访问量 点击量 点击率 点击数 浏览 阅读 点击 人气 已阅读",
    "share": "分享到 分享至 分享 转发",
    "editor": "责任编辑 编辑 责编 审核 校对 审签 录入",
}
_NAMES = {label: name for name, labels in _LABELS.items() for label in labels.split()}
_FURNITURE = frozenset(("font size", "counter", "share", "editor"))
# Also words of service guides and forms ("时间：周一至周五"): they state something only beside another label.
_WEAK = frozenset(
    "标题 名称 时间 日期 发布 分类 类别 索引 浏览 阅读 点击 分享 编辑 审核 校对 栏目 体裁 from agency source author".split()
)
_ALL = sorted(_NAMES, key=len, reverse=True)
_LABEL = re.compile(
    r"(?:^|(?<=[\s|【\[(（》:：\d\u3000\u2002\u2003]))("
    + "|".join("[ \u3000\u2002\u2003]*".join(map(re.escape, label)) for label in _ALL)
    + r")\s*[:：]",
    re.I,
)
_SOLE = re.compile(r"[\s:：\u3000\u2002\u2003]+")
_DATE_FIRST = re.compile(
    r"^[【\[(（]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?:\s*日)?[\sT]*(?:\d{1,2}:\d\d(?::\d\d)?)?\s*[】\])）]?"
)
_SIZES = re.compile(r"[【\[]?\s*(?:大\s*中\s*小|打\s*印|关\s*闭|收\s*藏|分享(?:到|至)?|繁体|我要纠错|T\|T)")
_READ = (BlockKind.TEXT, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.HEADING)
_LONGEST_VALUE = 120
_NEAR = 12  # lines above or below the prose
_EDGE = " \t\u3000\u2002\u2003|【】[]()（）;；,，"


def label_name(text: str) -> str | None:
    """Return the name of the fact that a label stands for; None where it is no label."""
    return _NAMES.get(_SOLE.sub("", text).lower())


def facts_of_page(pieces: list[Piece], first: int, last: int) -> tuple[list[Piece], list[Fact]]:
    """Make metadata of the lines and tables that state facts outside the running text (pieces `first` to `last`)."""
    made: list[Piece] = []
    facts: list[Fact] = []
    tables = _fact_tables(pieces)
    waiting = ""  # the name for which the next piece is the value
    for number, piece in enumerate(pieces):
        name, waiting = waiting, ""
        placed = piece.furniture if piece.furniture in OUTSIDE else ""  # by its place alone: what it says counts more
        if (piece.furniture and not placed) or piece.kind not in _READ:
            made.append(piece)
        elif piece.cells:
            if piece.table in tables:
                piece.kind, piece.furniture = BlockKind.METADATA, ""
                facts += _pairs(piece.cells)
                piece.text, piece.cells = piece.shown, []
            made.append(piece)
        elif first <= number <= last or len(piece.text) > 300:
            made.append(piece)
        elif (
            name
            and len(piece.text) <= _LONGEST_VALUE
            and label_name(piece.text) is None
            and not _LABEL.match(piece.text)
        ):
            piece.kind, piece.furniture = BlockKind.METADATA, ""
            facts += _fact(name.strip(), piece.text)
            made.append(piece)
        elif piece.text.rstrip().endswith(("：", ":")) and (found := label_name(piece.text)) is not None:
            if found in _FURNITURE:
                piece.furniture = found
            else:
                piece.kind, piece.furniture, waiting = BlockKind.METADATA, "", found or " "
            made.append(piece)
        else:
            parts, stated = _split(piece, near=first - _NEAR <= number < first)
            if parts != [piece]:
                for part in parts:
                    part.furniture = "" if part.furniture == placed else part.furniture
            made += parts
            facts += stated
    return made, facts


def _fact_tables(pieces: list[Piece]) -> set[int]:
    """Return the tables of which most rows are pairs of a known label and a value."""
    rows: dict[int, list[bool]] = {}
    strong: dict[int, int] = {}
    for piece in pieces:
        if piece.cells and (not piece.furniture or piece.furniture in OUTSIDE):
            filled = [cell for cell in piece.cells if cell]
            pairs = _pairs(piece.cells, known_only=False)
            rows.setdefault(piece.table, []).append(2 * len(pairs) >= len(filled) > 0)
            strong[piece.table] = strong.get(piece.table, 0) + sum(bool(fact.where) for fact in pairs)
    return {
        table
        for table, found in rows.items()
        if len(found) <= 20 and sum(found) >= 0.6 * len(found) and strong.get(table, 0) >= 2
    }


def _pairs(cells: list[str], *, known_only: bool = True) -> list[Fact]:
    """Return the facts in a row: label, value, label, value; or cells that hold both."""
    facts: list[Fact] = []
    for number, cell in enumerate(cells):
        name = label_name(cell) if cell else None
        if name is not None and number + 1 < len(cells) and label_name(cells[number + 1]) is None:
            facts += _fact(name, cells[number + 1]) or ([] if known_only else [Fact(name, "", "")])
        elif cell and (match := _LABEL.match(cell)):
            found = _NAMES[_SOLE.sub("", match[1]).lower()]
            facts += _fact(found, cell[match.end() :]) or ([] if known_only else [Fact(found, "", "")])
    return facts


def _fact(name: str, value: str) -> list[Fact]:
    value = value.strip(_EDGE + ":：")
    if name in DATES:
        value = date_in(value)
    if not name or name in _FURNITURE or not value or len(value) > 300:
        return []
    return [Fact(name, value, "stated on the page")]


def _states(match: re.Match[str], text: str) -> bool:
    """Check whether a label in a line is one that no other text has."""
    label = _SOLE.sub("", match[1]).lower()
    value = text[match.end() : match.end() + 40]
    if _NAMES[label] in DATES:
        return bool(date_in(value)) or not value.strip(_EDGE)
    return label not in _WEAK


def _split(piece: Piece, *, near: bool) -> tuple[list[Piece], list[Fact]]:
    """Cut a line such as "来源：… 发布时间：… 【字体：大 中 小】" into what it states and what is furniture."""
    text = piece.text
    matches = list(_LABEL.finditer(text))
    opening = text[: matches[0].start()] if matches else text
    dated = _DATE_FIRST.match(text)
    if dated and not near and not matches:
        dated = None
    begins = not opening.strip(_EDGE) or (dated is not None and not text[dated.end() : len(opening)].strip(_EDGE))
    if not begins or (not matches and (dated is None or "年" in dated[0])):
        return [piece], []
    starts = [(match.start(), match.end(), _NAMES[_SOLE.sub("", match[1]).lower()]) for match in matches]
    if dated:
        starts.insert(0, (0, 0, "published"))
    elif starts:
        starts[0] = (0, starts[0][1], starts[0][2])
    if not dated and not any(_states(match, text) for match in matches):
        return [piece], []
    facts: list[Fact] = []
    cuts: list[tuple[int, str]] = []  # where a part begins, and its furniture
    for number, (start, end, name) in enumerate(starts):
        stop = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        opened = len(text[:start].rstrip()) - len(text[:start].rstrip().rstrip("【[（("))
        cuts.append((len(text[:start].rstrip()) - opened if opened else start, name if name in _FURNITURE else ""))
        sizes = _SIZES.search(text, end, stop)
        if sizes and name not in _FURNITURE:
            cuts.append((sizes.start(), "font size"))
            stop = sizes.start()
        facts += _fact(name, text[end:stop])
    parts: list[Piece] = []
    for number, (start, kind) in enumerate(cuts):
        stop = cuts[number + 1][0] if number + 1 < len(cuts) else len(text)
        if parts and parts[-1].furniture == kind and not kind:
            parts[-1].text += " " * bool(text[start - 1 : start].isspace()) + text[start:stop].strip()
        elif text[start:stop].strip():
            parts.append(
                replace(
                    piece, text=text[start:stop].strip(), kind=BlockKind.METADATA, furniture=kind, label="", level=0
                )
            )
    return parts, facts
