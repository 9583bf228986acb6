"""What the rows of a table are: its title and unit, the rows that name its columns, its body, remarks under it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind, NoteRef, TableRow
from rag.schema import Span

__all__ = ["BETWEEN", "Cell", "Row", "TableBlock", "arrange", "is_remark", "is_unit"]

BETWEEN = " | "
_MOST_HEADER_ROWS = 5
_LONGEST_REPEATED = 60  # characters of a cell over several rows: longer ones stand in their first row only
_LONGEST_NAME = 40  # characters of the name of a column
_MOST_LOOKED_AT = 200  # rows of the body, to find out what its columns hold

_STEMS = frozenset("甲乙丙丁戊")  # by which columns are numbered before figures are
_DIGIT = re.compile(r"\d")
# A figure, a date, a percentage: what stands in columns, not above them. Matches "1,234.5", "12.3%", "−5", "¥30.00",
# "2019年8月", "5天"; not "2022年", "1月", "第1组", "A1区", "0，1划分".
_FIGURE = re.compile(
    r"[-+−–±<>≤≥≈约(（]*[¥￥$€£]?\s*\d[\d,. /:：~～—–\-]*\s*[%‰％℃]?[)）]?"
    r"(?:个?工作日|天|周?岁(?:以[上下])?|[十百千万亿]*(?:元|人次?|吨|亩|户|千瓦时|立方米|平方米|平方公里|公里|公顷|美元|公斤|个|件|台|套|家|所|名|次|项|倍)?"
    r"|小时|分钟?|[kcm]?m[²2³3]?|kg|ha|t|h|d)"
    r"|\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"
)
# A stretch of time, which names a column: 2023, 2023年, 2024年1-6月, 1月, 2季度.
_YEAR = re.compile(
    r"(?:19|20)\d\d\s*(?:年|年度|年末|年底)?(?:[1-9]\d?[-—–至~]?\d*月|[一二三四]季度|上半年|下半年|前三季度)?(?:[A-Za-z/（(].{0,12})?"
    r"|\d{1,2}\s*月份?(?:末|底)?|[1-4]\s*季度"
)
_UNIT = re.compile(r"[(（]?\s*(?:(?:计量|货币|金额|数量|统计)?单位|Units?)\s*[:：].{1,30}", re.IGNORECASE)
_ONLY_UNIT = re.compile(r"[(（\[][^)）\]]{1,12}[)）\]]|%|[\u4e00-\u9fff]{1,4}/[\u4e00-\u9fff]{1,3}")
_REMARK = re.compile(
    r"(?:附?注|备注|说明|资料来源|数据来源|来源|Notes?|Sources?|Remarks?)\s*(?:\d{0,2}\s*[:：.]|[一二三四五六七八九十\d][、.．])",
    re.IGNORECASE,
)
# Words with which the names of columns end.
_NAME = re.compile(
    r"(?:序号|编号|代码|编码|名称|项目|内容|类别|类型|种类|分类|级别|等级|指标|单位|备注|说明|时间|日期|年份|年度|月份|期限|定义|地区|区域|省份|"
    r"城市|姓名|性别|要求|标准|条件|依据|部门|机关|机构|学校|专业|学历|职务|职位|岗位|人数|数量|金额|价格|比例|比重|增速|增长|成绩|分数|"
    r"排名|方式|地址|地点|电话|联系人|负责人|来源|范围|对象|材料|程序|流程|措施|情况|结果|状态|用途|规格|型号|"
    r"no\.?|id|acronym|definition|details|name|item|type|title|date|year|code|description|value|unit|notes?|remarks?|category|status|amount|total|"
    r"number|count|region|country|province|city|source|level|rate|percent|key|field|column)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; one that goes on from the row above holds the same text and is `continued`."""

    text: str
    column: int  # from 0
    span: int = 1  # columns
    rows: int = 1  # as far as it goes down from here
    refs: tuple[NoteRef, ...] = ()
    continued: bool = False
    breaks: tuple[int, ...] = ()  # blanks in the text that stand where the cell begins a new line


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells in the order of their columns, empty ones too."""

    cells: tuple[Cell, ...]
    marked: bool = False  # the format says that it names the columns
    bold: bool = False  # all its words are
    hidden: bool = False
    filled: tuple[Cell, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filled", tuple(cell for cell in self.cells if cell.text and not cell.continued))


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A block of a table."""

    text: str
    kind: BlockKind
    row: TableRow | None = None
    refs: tuple[NoteRef, ...] = ()
    hidden: bool = False


def is_unit(text: str) -> bool:
    """Say whether a line states the unit of a table: 单位：万元."""
    return len(text) <= 60 and bool(_UNIT.match(text))


def is_remark(text: str) -> bool:
    """Say whether a line is a remark under a table: 注：, 资料来源：."""
    return bool(_REMARK.match(text))


def arrange(rows: Sequence[Row], table: int, *, data: bool = False) -> list[TableBlock]:
    """Make the blocks of a table: captions, rows that name columns, the other rows, remarks.

    `data` says that the file is a table as a whole (a sheet): its first full row names the columns, if it can.
    """
    rows = [row for row in rows if any(cell.text for cell in row.cells)]
    columns = max((cell.column + cell.span for row in rows for cell in row.cells), default=0)
    first = _titles(rows, columns)
    depth = _header_rows(rows[first:], columns, data)
    names = [_texts(row) for row in rows[first : first + depth]]
    repeated = 0  # rows of a header that is repeated, as on a new page
    blocks: list[TableBlock] = []
    for k, row in enumerate(rows):
        alone = len(row.filled) == 1
        if k < first:
            blocks += [
                TableBlock(cell.text, BlockKind.CAPTION, refs=cell.refs, hidden=row.hidden) for cell in row.filled
            ]
        elif alone and k >= first + depth and _REMARK.match(row.filled[0].text):
            blocks.append(TableBlock(row.filled[0].text, BlockKind.TEXT, refs=row.filled[0].refs, hidden=row.hidden))
        else:
            repeated = repeated + 1 if repeated < depth and _texts(row) == names[repeated] else 0
            if k - first < depth - 1 and not any(cell.span > 1 for cell in row.cells):
                row = _spread(row)
            blocks.append(_row_block(row, table, k - first, k < first + depth or repeated > 0))
    return blocks


def _spread(row: Row) -> Row:
    """Let the names of groups of columns reach to the next name: the empty cells after them go."""
    kept = [cell for k, cell in enumerate(row.cells) if cell.text or not any(one.text for one in row.cells[:k])]
    return Row(tuple(kept), row.marked, row.bold, row.hidden)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _row_block(row: Row, table: int, number: int, header: bool) -> TableBlock:
    """Join the cells of a row, and note where each stands."""
    text = ""
    spans: list[Span] = []
    refs: list[NoteRef] = []
    for k, cell in enumerate(row.cells):
        text += BETWEEN if k else ""
        shown = "" if cell.continued and (header or len(cell.text) > _LONGEST_REPEATED) else cell.text
        gone = _narrow_breaks(shown, cell.breaks) if header else []
        shown = "".join(c for n, c in enumerate(shown) if n not in gone) if gone else shown
        if not cell.continued:
            places = ((ref.offset - sum(n < ref.offset for n in gone), ref.label) for ref in cell.refs)
            refs += [NoteRef(len(text) + offset, label) for offset, label in places]
        spans.append((len(text), len(text) + len(shown)))
        text += shown
    place = TableRow(table, number, header, tuple(spans), tuple(cell.column for cell in row.cells))
    return TableBlock(text, BlockKind.TABLE_ROW, place, tuple(refs), row.hidden)


def _narrow_breaks(text: str, breaks: tuple[int, ...]) -> list[int]:
    """Return the breaks in the name of a column that only its width made: those between two Chinese characters."""
    inside = (n for n in breaks if 0 < n < len(text) - 1)
    return [n for n in inside if "\u3400" <= text[n - 1] <= "\u9fff" and "\u3400" <= text[n + 1] <= "\u9fff"]


def _titles(rows: Sequence[Row], columns: int) -> int:
    """Count the rows at the top that are no rows of the table: its title, its unit, who made it when."""
    for k, row in enumerate(rows):
        filled = row.filled
        unit = len(filled) <= 3 and any(is_unit(cell.text) for cell in filled)
        if not (unit or len(filled) == 1) or columns < 2:
            return k if columns >= 2 else 0
        if len(filled) == 1 and filled[0].rows > 1 and filled[0].span < columns:
            return k
    return 0


def _header_rows(rows: Sequence[Row], columns: int, data: bool) -> int:
    """Count the rows that name the columns."""
    marked = next((k for k, row in enumerate(rows) if not row.marked), len(rows))
    if 0 < marked < len(rows) and marked <= _MOST_HEADER_ROWS:
        return marked
    if len(rows) < 2 or not _names_columns(rows[0], rows[1:], columns, data):
        # Names of groups of columns, cells not merged, may stand above the names of the columns.
        groups = 1 < len(rows[0].filled) < 0.6 * columns and not _has_figures(rows[0]) if rows else False
        below = _header_rows(rows[1:], columns, False) if groups and len(rows) > 2 else 0
        return below + 1 if 0 < below < _MOST_HEADER_ROWS and len(rows[1].filled) > len(rows[0].filled) else 0
    down = max((cell.rows for cell in rows[0].filled), default=1)
    depth = down if down < min(_MOST_HEADER_ROWS, len(rows)) and not any(map(_has_figures, rows[1:down])) else 1
    while depth < min(_MOST_HEADER_ROWS, len(rows) - 1) and _goes_on(rows, depth):
        depth += 1
    return depth


def _goes_on(rows: Sequence[Row], depth: int) -> bool:
    """Say whether one more row belongs to the header: it divides a column, names units, or numbers the columns."""
    row = rows[depth]
    texts = [cell.text for cell in row.filled]
    if len(texts) < 2:
        return False
    if all(_ONLY_UNIT.fullmatch(text) for text in texts):
        return True
    digits = [int(text) for text in texts if text.isdecimal() and len(text) < 4]
    letters = sum(text in _STEMS for text in texts)
    if digits and len(digits) + letters == len(texts) > 2:
        return digits == list(range(1, len(digits) + 1)) and depth + 1 < len(rows)
    wide = [cell for cell in rows[depth - 1].filled if cell.span > 1]
    if not wide or _has_figures(row):
        return False
    return any(a.column <= cell.column < a.column + a.span for cell in row.filled for a in wide)


def _has_figures(row: Row) -> bool:
    return any(_is_figure(cell.text) for cell in row.filled)


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text)) and not _YEAR.fullmatch(text)


def _names_columns(row: Row, body: Sequence[Row], columns: int, data: bool) -> bool:
    """Say whether a row names what stands below it, told from what stands below it."""
    texts = [cell.text for cell in row.filled]
    if len(texts) < 2 or any(len(text) > _LONGEST_NAME or text.endswith(("。", "：", ":")) for text in texts):
        return False
    if _has_figures(row) or sum(cell.span for cell in row.cells if cell.text) < 0.6 * columns:
        return False
    body = [one for one in body[:_MOST_LOOKED_AT] if len(one.filled) > 1]
    if not body:
        return False
    if texts[0] in ("序号", "编号", "No.", "No") or (row.bold and not any(one.bold for one in body)):
        return True
    named = sum(bool(_NAME.search(text)) for text in texts)
    if data and len(set(texts)) == len(texts):
        return True
    if any(_YEAR.fullmatch(text) for text in texts) and not _YEAR.fullmatch(texts[0]):
        return True
    if any(_holds_figures(cell, body) for cell in row.filled):
        return columns > 2 or len(body) > 1
    if columns == 2:
        return named == 2
    return named > 0.5 * len(texts) or (columns > 2 and _shorter(row, body))


def _holds_figures(name: Cell, body: Sequence[Row]) -> bool:
    """Say whether most cells below a name hold figures and the name does not."""
    below = [cell.text for row in body for cell in row.filled if cell.column == name.column]
    figures = sum(bool(_DIGIT.search(text)) and (_is_figure(text) or len(text) < 20) for text in below)
    return (
        (not _DIGIT.search(name.text) or bool(_YEAR.match(name.text)))
        and len(below) > 0
        and figures >= 0.7 * len(below)
    )


def _shorter(row: Row, body: Sequence[Row]) -> bool:
    """Say whether the cells of a row are much shorter than those below them, as names are."""
    shorter = 0
    for cell in row.filled:
        below = [len(other.text) for one in body for other in one.filled if other.column == cell.column]
        shorter += bool(below) and len(cell.text) <= 10 and sum(below) / len(below) >= 2.5 * len(cell.text)
    return shorter * 2 >= len(row.filled)
