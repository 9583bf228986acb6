"""Make sentences that a paragraph says, in other ways, and sentences that it does not say, in many ways.

Each maker takes a paragraph and gives a sentence, or nothing where the paragraph offers no occasion. All chance comes
from a generator with a given seed.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.text.sentences import sentence_spans

__all__ = ["FALSE_KINDS", "OF_ANOTHER", "TRUE_KINDS", "Made", "Maker", "Source", "make", "names_of", "sentences_of"]

OF_ANOTHER = "of another article"
_CUT = "cut so that its sense turns"  # its words do stand in the paragraph
_ELSEWHERE = 0.1  # share of the sentences that are also said of any other paragraph
_NUMBER = re.compile(r"(?<![A-Za-z\d.,－\-])\d+(?:\.\d+)?(?![A-Za-z\d,]|\.\d)")
_LIST = re.compile(r"[\u4e00-\u9fff]{2,8}(?:、[\u4e00-\u9fff]{2,8})+")
_CONNECTIVE = re.compile(
    r"^(?:因此|所以|此外|同时|其中|另外|不过|然而|总之|例如|比如|首先|其次|最后|目前|近年来|当前|如今|后来|随后|于是)，"
)
_MODIFIERS = (  # words that only heighten
    r"(?:进一步|积极|不断|十分|非常|更加|持续|深入|较为|极其|切实|逐步|广泛|充分|大力|着力|全面|有效|显著|特别|相当)(?=[\u4e00-\u9fff]{2})"
    r"|(?:重要|著名|主要|独特|优秀|良好|巨大|新|完整|坚实|强大|丰富|美丽|古老|传统|特殊|具体|相关|有关)的(?=[\u4e00-\u9fff]{2})"
)
_BEARING = (  # words that bear on the rest: what restricts it, when, how sure
    r"(?<=[\u4e00-\u9fff])(?:\d+岁(?:及以上|以上)?|老年|农村|城镇|部分|低收入|少数|到\d{4}年|截至\d{4}年|\d{4}年底?|有待|亟需|亟待|尚需|避免|防止|破解|打破|缓解|解决|消除|可以|能够|应当|必须|需要|主要|往往|通常|力争|计划|"
    r"超过|不足|至少|大约|约|近|第[一二三四五六]|最|国内|国外|全国|首个|初步|基本)(?=[\u4e00-\u9fff\d])"
)
_LEANS = re.compile(
    r"^(?:并|而|也|还|但|却|从而|其|这|该|使|以|则|就|又|更|才|所|致|令|且|或|及|同时|因此|所以|然而|不过|后|此|它|他|她)"
)
_TURNS = re.compile(
    r"不|没|未|无|非|如果|若|只|除非|虽|尽管|即使|认为|称|说|据|可能|或|因|由于|所以|导致|使|比|但|却|然而|反|为了|以便|当|假|希望|计划|预计|分别|前者|后者|其中|以上|以下"
)
_SWAPS = {  # words that say the same
    "由于": "因为", "约": "大约", "大约": "约", "目前": "当前", "许多": "很多", "仅": "只", "以及": "和", "位于": "坐落于", "称为": "叫做",
    "并且": "而且", "因此": "所以", "成立于": "创立于", "获得": "取得", "首次": "第一次", "利用": "运用", "加快": "加速", "提高": "提升",
}  # fmt: skip
_OPPOSITE = {
    "增长": "下降", "增加": "减少", "提高": "降低", "提升": "下降", "上升": "下降", "扩大": "缩小", "加快": "放缓", "高于": "低于", "多于": "少于", "超过": "不足",
    "以上": "以下", "之前": "之后", "支持": "反对", "允许": "禁止", "成功": "失败", "开始": "结束", "促进": "阻碍", "推动": "阻碍", "改善": "恶化", "缓解": "加剧",
    "最大": "最小", "最高": "最低", "最早": "最晚", "第一": "最后", "国内": "国外", "城市": "农村", "东部": "西部", "南部": "北部", "北部": "南部", "西部": "东部", "加强": "削弱",
    "增强": "减弱", "有利于": "不利于", "进口": "出口", "出口": "进口", "加入": "退出", "下降": "上升", "减少": "增加", "降低": "提高", "左侧": "右侧", "夏季": "冬季", "白天": "夜间",
    "优势": "劣势", "上游": "下游", "年轻": "年老", "便宜": "昂贵", "坚持": "放弃", "建成": "拆除", "新增": "减少", "领先": "落后",
}  # fmt: skip
_HARDER = {
    "可能": "必然", "有望": "已经", "部分": "全部", "大多数": "所有", "多数": "所有", "许多": "所有", "一些": "所有", "计划": "已经", "预计": "已经", "主要": "完全", "往往": "总是",
    "通常": "总是", "一般": "一律", "有时": "一直", "力争": "已经", "拟": "已", "或许": "一定", "也许": "一定", "几乎": "完全", "少数": "所有", "大部分": "全部", "至少": "恰好",
}  # fmt: skip
_UNITS = {
    "亿": "万",
    "万": "亿",
    "%": "个百分点",
    "年": "个月",
    "元": "美元",
    "公里": "米",
    "米": "公里",
    "倍": "成",
    "吨": "公斤",
    "人": "户",
    "个": "组",
    "天": "周",
    "小时": "分钟",
}
_NEGATED = (
    *(
        ("是", "不是"),
        ("有", "没有"),
        ("能够", "不能"),
        ("可以", "不可以"),
        ("会", "不会"),
        ("将", "将不"),
        ("应", "不应"),
        ("已经", "尚未"),
        ("已", "未"),
        ("被", "未被"),
    ),
    *(
        (v, f"并未{v}")
        for v in "推动 促进 提高 成为 获得 参加 加入 实现 形成 完成 达到 采用 发现 出现 成立 发展 建立 包括 属于 位于 担任 接受 使用 提出 要求 加强 完善 推进 打造 支持".split()
    ),
)
_ROLES = re.compile(
    r"^([^，。；：、（）“”《》的]{2,12}?)(推动|促进|带动|影响|决定|击败|收购|领导|超过|高于|低于|大于|属于|导致|造成|引发|取代|支持|帮助|服务|管理|控制|隶属于|优于|带来|赋能|支撑|源于|依赖)([^，。；：、（）“”《》]{2,14})(?=[，。；])"
)
_SUBJECT = re.compile(
    r"^([^，。；：、（）“”《》]{2,14}?)(是|为|位于|成立于|出生于|毕业于|达到|包括|采用|获得|拥有|担任|建于|属于|来自|参加|需要|能够|成为)([^的].+)$"
)
_ENTITIES = {
    "title": re.compile(r"《[^》]{2,20}》"),
    "person": re.compile(r"(?<=[，。、：；由与和])[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪][\u4e00-\u9fff]{1,2}(?=[，、与和在是任出为于曾])"),
    "foreign": re.compile(r"[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}(?=[，。、的是在与和于])"),
    "place": re.compile(r"(?<=[在于到至从往，。、])[\u4e00-\u9fff]{2,4}[省市县区州国镇村岛山河湖](?=[，。、的是在与和于])"),
    "organisation": re.compile(r"(?<=[，。、在由与和])[\u4e00-\u9fff]{2,8}(?:公司|大学|学院|委员会|银行|研究所|协会|集团|俱乐部)"),
    "latin": re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]{2,14}(?![A-Za-z])"),
    "country": re.compile(r"中国|美国|日本|英国|法国|德国|韩国|俄罗斯|印度|意大利|西班牙|加拿大|澳大利亚|巴西|荷兰|瑞典|波兰|土耳其|埃及|墨西哥"),
    "city": re.compile(r"北京|上海|广州|深圳|天津|重庆|武汉|成都|南京|杭州|香港|澳门|台北|东京|伦敦|巴黎|纽约|柏林|罗马|莫斯科"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A paragraph with its sentences, one beside it, and names of the whole collection to exchange its own with."""

    text: str
    sentences: tuple[str, ...]
    beside: tuple[str, ...]  # sentences of a paragraph beside it
    names: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Made:
    """A sentence to be checked against a paragraph."""

    kind: str
    supported: bool
    sentence: str
    paragraph: str


Maker = Callable[[Source, random.Random], str | None]


def make(paragraphs: Sequence[Sequence[str]], seed: int) -> Iterator[Made]:
    """Make one sentence of every kind that each paragraph offers; `paragraphs` article by article."""
    texts = [text for article in paragraphs for text in article]
    names = names_of(texts)
    chance = random.Random(seed)
    for number, article in enumerate(paragraphs):
        for n, text in enumerate(article):
            near = article[n + 1 if n + 1 < len(article) else n - 1] if len(article) > 1 else texts[number - 1]
            source = Source(text, sentences_of(text), sentences_of(near), names)
            if not source.sentences or near == text:
                continue
            for supported, makers in ((True, TRUE_KINDS), (False, FALSE_KINDS)):
                for kind, maker in makers.items():
                    sentence = maker(source, chance)
                    if sentence and (supported or kind == _CUT or sentence not in text):
                        yield Made(kind, supported, sentence, text)
                        if chance.random() < _ELSEWHERE:
                            other = chance.choice(texts)
                            if sentence.rstrip("。") not in other and other != text:
                                yield Made(OF_ANOTHER, False, sentence, other)


def names_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """Give the names in texts, by kind."""
    return {kind: sorted({n for t in texts for n in pattern.findall(t)}) for kind, pattern in _ENTITIES.items()}


def sentences_of(text: str) -> tuple[str, ...]:
    """Give the sentences of a text that can be changed: Chinese, neither very short nor very long."""
    found = (text[a:b] for a, b in sentence_spans(text))
    return tuple(s for s in found if 12 <= len(s) <= 160 and len(re.findall(r"[\u4e00-\u9fff]", s)) >= 8)


def _first(source: Source, chance: random.Random, change: Callable[[str], str | None]) -> str | None:
    """Give the first changed sentence, in an order by chance."""
    for sentence in chance.sample(source.sentences, len(source.sentences)):
        changed = change(sentence)
        if changed and changed != sentence:
            return changed
    return None


def _at_one_place(pattern: str, instead: Callable[[str], str]) -> Maker:
    """Put something else in one of the places that match, chosen by chance."""
    compiled = re.compile(pattern)

    def maker(source: Source, chance: random.Random) -> str | None:
        def change(sentence: str) -> str | None:
            places = list(compiled.finditer(sentence))
            if not places:
                return None
            m = chance.choice(places)
            return sentence[: m.start()] + instead(m.group()) + sentence[m.end() :]

        return _first(source, chance, change)

    return maker


def _dropping(pattern: str) -> Maker:
    return _at_one_place(pattern, lambda _: "")


def _any_of(words: Mapping[str, str]) -> Maker:
    return _at_one_place("|".join(sorted(map(re.escape, words), key=len, reverse=True)), words.__getitem__)


# What the paragraph says -----------------------------------------------------------------------------------------


def _verbatim(source: Source, chance: random.Random) -> str | None:
    return chance.choice(source.sentences)


def _shortened(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        options = [re.sub(r"（[^（）]*）|\([^()]*\)", "", sentence), _CONNECTIVE.sub("", sentence)]
        parts = sentence[:-1].split("，")
        for cut in range(1, len(parts)):
            dropped, kept = "，".join(parts[cut:]), "，".join(parts[:cut])
            if not _TURNS.search(dropped + parts[cut - 1]) and len(kept) >= 10 and _closed(kept):
                options.append(kept + "。")
            dropped, kept = "，".join(parts[:cut]), "，".join(parts[cut:])
            if not _TURNS.search(dropped + kept) and len(kept) >= 10 and not _LEANS.match(kept) and _closed(kept):
                options.append(kept + "。")
        listed = _LIST.search(sentence)
        if listed and not re.search(r"分别|[两二三四五六七八九十\d]", sentence):
            items = listed.group().split("、")
            if len(items) > 2:
                del items[chance.randrange(1, len(items) - 1)]
                options.append(sentence[: listed.start()] + "、".join(items) + sentence[listed.end() :])
        options = [o for o in options if o != sentence]
        return chance.choice(options) if options else None

    return _first(source, chance, change)


def _reordered(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        listed = _LIST.search(sentence)
        if listed and "分别" not in sentence and chance.random() < 0.5:
            items = listed.group().split("、")
            inner = items[1:-1] if len(items) > 3 else []  # the first and the last may hold words that bind the list
            if len(inner) > 1:
                inner.reverse()
                whole = "、".join([items[0], *inner, items[-1]])
                return sentence[: listed.start()] + whole + sentence[listed.end() :]
        parts = sentence[:-1].split("，")
        if len(parts) == 2 and not _TURNS.search(sentence) and not _LEANS.match(parts[1]) and _closed(*parts):
            return f"{parts[1]}，{parts[0]}。"
        return None

    return _first(source, chance, change)


def _joined(source: Source, chance: random.Random) -> str | None:
    pairs = [(a, b) for a, b in zip(source.sentences, source.sentences[1:], strict=False) if len(a + b) < 160]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return f"{a.rstrip('。！？')}{chance.choice('，；')}{b}"


def _introduced(source: Source, chance: random.Random) -> str | None:
    lead = chance.choice(["文章指出，", "文中提到，", "根据文章，", "据文中介绍，", "文章说，", "具体来说，", ""])
    return lead + (_shortened(source, chance) or chance.choice(source.sentences))


def _other_figures(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        for pattern, form in (
            (r"(\d+(?:\.\d+)?)%", r"百分之\1"),
            (r"百分之(\d+(?:\.\d+)?)", r"\1%"),
            (r"(?<![\d.])(?!19|20)(\d{1,3})(\d{3})(?![\d年.])", r"\1,\2"),
        ):
            changed = re.sub(pattern, form, sentence, count=1)
            if changed != sentence:
                return changed
        return None

    return _first(source, chance, change)


# What it does not say --------------------------------------------------------------------------------------------


def _other_number(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        places = list(_NUMBER.finditer(sentence))
        if not places:
            return None
        m = chance.choice(places)
        old = m.group()
        at = chance.choice([n for n, c in enumerate(old) if c.isdigit()])
        digit = chance.choice([d for d in "123456789" if d != old[at]])
        new = old[:at] + digit + old[at + 1 :]
        return None if new in source.text else sentence[: m.start()] + new + sentence[m.end() :]

    return _first(source, chance, change)


def _swapped_numbers(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        places = list(_NUMBER.finditer(sentence))
        pairs = [
            (a, b)
            for i, a in enumerate(places)
            for b in places[i + 1 :]
            if a.group() != b.group()
            and b.start() - a.end() > 3
            and sentence[a.end() : a.end() + 1] == sentence[b.end() : b.end() + 1]
        ]
        if not pairs:
            return None
        a, b = chance.choice(pairs)
        return sentence[: a.start()] + b.group() + sentence[a.end() : b.start()] + a.group() + sentence[b.end() :]

    return _first(source, chance, change)


def _number_from_elsewhere(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        places = list(_NUMBER.finditer(sentence))
        others = [m.group() for m in _NUMBER.finditer(source.text) if m.group() not in sentence]
        if not places or not others:
            return None
        m = chance.choice(places)
        return sentence[: m.start()] + chance.choice(others) + sentence[m.end() :]

    return _first(source, chance, change)


def _other_name(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        found = [(kind, m) for kind, pattern in _ENTITIES.items() for m in pattern.finditer(sentence)]
        if not found:
            return None
        kind, m = chance.choice(found)
        here = sorted({n for n in _ENTITIES[kind].findall(source.text) if n not in sentence})
        pool = here if here and chance.random() < 0.5 else [n for n in source.names[kind] if n not in source.text]
        return sentence[: m.start()] + chance.choice(pool) + sentence[m.end() :] if pool else None

    return _first(source, chance, change)


def _negated(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        options = [
            sentence[: m.start()] + negated + sentence[m.end() :]
            for plain, negated in _NEGATED
            for m in re.finditer(
                rf"(?<![不没未无非只但就还也或若总乃越最于要即都而，]){plain}(?![不没无机社议计关效限])", sentence
            )
        ]
        return chance.choice(options) if options else None

    return _first(source, chance, change)


def _negation_dropped(source: Source, chance: random.Random) -> str | None:
    pattern = re.compile(
        r"没有(?=[\u4e00-\u9fff])|并不|并非|未能|尚未|并未|不(?=[是能会可要应再愿允足易必需适属])|未(?=[\u4e00-\u9fff]{2})(?!来)"
    )
    instead = {"并非": "是", "未能": "能", "尚未": "已", "并未": "已"}

    def change(sentence: str) -> str | None:
        places = [
            m
            for m in pattern.finditer(sentence)
            if not re.match(r"不(?:可或缺|得不|能不|是.*而是)", sentence[m.start() :])
        ]
        if not places:
            return None
        m = chance.choice(places)
        return sentence[: m.start()] + instead.get(m.group(), "") + sentence[m.end() :]

    return _first(source, chance, change)


def _roles_swapped(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        m = _ROLES.search(sentence)
        return f"{m[3]}{m[2]}{m[1]}{sentence[m.end() :]}" if m and m[1] != m[3] else None

    return _first(source, chance, change)


def _cause_turned(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        m = re.search(r"(因为|由于)([^，。；]{3,30})，(?:所以|因此|因而|故|使得?|导致)?([^，。；]{4,40})", sentence)
        if m:
            return f"{sentence[: m.start()]}{m[1]}{m[3]}，{m[2]}{sentence[m.end() :]}"
        m = re.search(r"^([^，。；]{3,20})(导致|造成|引起|带来|使得|促使)([^，。；]{3,30})", sentence)
        return f"{m[3]}{m[2]}{m[1]}{sentence[m.end() :]}" if m else None

    return _first(source, chance, change)


def _addition(source: Source, chance: random.Random) -> str | None:
    clauses = [
        c
        for s in source.beside
        for c in s[:-1].split("，")
        if 5 <= len(c) <= 30 and not _LEANS.match(c) and c not in source.text
    ]
    if not clauses:
        return None
    sentence, clause = chance.choice(source.sentences), chance.choice(clauses)
    if chance.random() < 0.3:
        parts = sentence[:-1].split("，")
        parts.insert(chance.randrange(1, len(parts) + 1), clause)
        return "，".join(parts) + sentence[-1]
    return f"{sentence[:-1]}，{chance.choice(['', '并且', '同时', '从而'])}{clause}。"


def _from_beside(source: Source, chance: random.Random) -> str | None:
    return chance.choice(source.beside) if source.beside else None


def _cut_short(source: Source, chance: random.Random) -> str | None:
    def change(sentence: str) -> str | None:
        for pattern in (
            r"^.{0,12}(?:如果|假如|若|一旦|只有|除非|倘若)[^，。]{2,40}，(?:那么|就|则|才|便|也)?([^，。][^。]{6,})。?$",
            r"^.{0,20}(?:并不意味着?|不等于|不代表|并不是说|误以为|误认为|谎称|否认|怀疑|反对)([^，。]{6,}.*)$",
            r"^.{0,20}(?:计划|希望|建议|呼吁|要求|提议|打算|试图|争取|力争)([^，。]{6,}.*)$",
            r"^[^。；]{0,60}?(?:不应当?|不宜|不可|不能|不要|不得|避免|防止|禁止|杜绝|严禁|不再|拒绝|无法|难以|没能|未能|不必|不愿)([^，。；]{6,40}[，。；].*)$",
            r"^[^，。；]{4,60}(?:的|时|后|情况下|前提下|条件下)，((?:由|可以|应当|处|依法|不再|免除|可)[^。]{6,}。)$",
            r"^(.{0,15})(?:并不是|并非|不是)([^，。]{3,20})，(?:而是|是).*$",
        ):
            m = re.search(pattern, sentence)
            if m:
                kept = m[1] if m.lastindex == 1 else f"{m[1]}是{m[2]}"
                return kept if kept.endswith(("。", "！", "？")) else kept + "。"
        return None

    return _first(
        source, chance, lambda s: c if (c := change(s)) and len(c) >= 8 and c not in source.sentences else None
    )


def _items_fused(source: Source, chance: random.Random) -> str | None:
    """Join the beginning of one item of a list with the end of the next: 降低成本、激发意愿 → 降低意愿."""

    def change(sentence: str) -> str | None:
        m = re.search(
            r"([\u4e00-\u9fff]{2})([\u4e00-\u9fff]{2,5})、([\u4e00-\u9fff]{2})([\u4e00-\u9fff]{2,5})(?=[，。；、])",
            sentence,
        )
        return f"{sentence[: m.start()]}{m[1]}{m[4]}{sentence[m.end() :]}" if m and m[1] != m[3] else None

    return _first(source, chance, change)


def _speaker_moved(source: Source, chance: random.Random) -> str | None:
    """Put other words into a speaker's mouth."""
    speakers = [
        m[1] for s in source.sentences if (m := re.match(r"^([^，。]{2,20}(?:指出|强调|认为|表示|提出|称))，", s))
    ]
    others = [s for s in source.sentences if not re.search(r"指出|强调|认为|表示|提出|称", s)]
    return f"{chance.choice(speakers)}，{chance.choice(others)}" if speakers and others else None


def _spliced(source: Source, chance: random.Random) -> str | None:
    parts = [part for s in source.sentences for part in (s, *re.split(r"(?<=[，；])", s)) if part]
    found = [m for part in parts if (m := _SUBJECT.match(part)) and not _LEANS.match(m[1])]
    pairs = [(a, b) for a in found for b in found if a[1] != b[1] and a[1] not in b[0] and b[1] not in a[0]]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return f"{a[1]}{b[2]}{b[3].rstrip('，；。')}。"


def _closed(*texts: str) -> bool:
    """Say whether every quotation and bracket of each text is closed."""
    return all(t.count(a) == t.count(b) for t in texts for a, b in ("“”", "（）", "《》", "「」", "『』"))


TRUE_KINDS: Mapping[str, Maker] = {
    "word for word": _verbatim,
    "shortened": _shortened,
    "reordered": _reordered,
    "two sentences joined": _joined,
    "introduced": _introduced,
    "modifiers dropped": _dropping(_MODIFIERS),
    "figures in another form": _other_figures,
    "a word for its like": _any_of(_SWAPS),
}
FALSE_KINDS: Mapping[str, Maker] = {
    "number changed": _other_number,
    "number from elsewhere in the paragraph": _number_from_elsewhere,
    "numbers swapped": _swapped_numbers,
    "unit changed": _at_one_place(rf"(?<=\d)(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})", _UNITS.__getitem__),
    "name exchanged": _other_name,
    "negation added": _negated,
    "negation dropped": _negation_dropped,
    "direction turned": _any_of(_OPPOSITE),
    "doubt made certain": _any_of(_HARDER),
    "roles swapped": _roles_swapped,
    "cause turned round": _cause_turned,
    "addition": _addition,
    "from the paragraph beside": _from_beside,
    _CUT: _cut_short,
    "subject of one, predicate of another": _spliced,
    "part that bears on the rest dropped": _dropping(_BEARING),
    "items of a list fused": _items_fused,
    "speaker moved": _speaker_moved,
}
