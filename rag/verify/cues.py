"""Words that turn a sentence's sense: negation, doubt, degree, direction, condition, whose claim it is.

All lists are matched in folded text (`rag.text.folding.fold`).
"""

import re
from collections.abc import Mapping

__all__ = ["CUES", "count", "opposed", "say_the_same"]

CUES: Mapping[str, re.Pattern[str]] = {
    "negation": re.compile(
        r"不(?!仅|但|只|断|同|久|过|少|论|管|得不|妨|禁|可或缺|丹|锈)|(?<![沉淹埋吞出覆])没(?!收|落|入)有?|未(?!来|必)|无(?!论|人|疑|线|锡|穷|形|机|产|数|限)"
        r"|(?<!除)非(?!常|洲|遗|物质|凡|法律)|并非|(?<![是能可])否(?!则|定|认)|勿|(?<![特分个区类级性差辨鉴告识])别(?!的|人|墅|名|称|克|针)|毫无|难以|拒绝|禁止|停止|取消"
        r"|\b(?:not?|never|none|nor|neither|without|cannot|hardly|fail(?:s|ed)?|un(?:able|likely))\b|n't\b"
    ),
    "doubt": re.compile(
        r"可能|也许|或许|大概|似乎|估计|预计|有望|力争|计划|拟|据说|据称|传闻|疑似|恐|倾向|或将|一定程度|往往|通常|一般|有时|左右|约|近(?=\d)|大约"
        r"|\b(?:may|might|could|perhaps|probably|possibly|likely|about|around|approximately|nearly|expected|plan(?:s|ned)?|often|usually|sometimes)\b"
    ),
    "certainty": re.compile(
        r"必然|必定|一定(?!程度)|肯定|毫无疑问|无疑|确保|完全|彻底|绝对|始终|总是|一律|一直|恰好|正好|从来|永远|已经|必须|唯一|只有|仅有|均|全部|所有|一切|任何|每一"
        r"|\b(?:certainly|definitely|surely|always|must|all|every|only|completely|entirely|already|undoubtedly)\b"
    ),
    "some": re.compile(
        r"部分|一些|有的|有些|少数|个别|多数|大多|许多|不少|若干|某些|主要|几乎|超过|不足|至少|最多|高达|以上|以下|以内"
        r"|\b(?:some|part|few|many|most|several|mainly|almost|over|under|less|more|least)\b"
    ),
    "condition": re.compile(
        r"如果|若(?!干)|假如|假设|倘若|只要|只有|除非|一旦|即使|哪怕|尽管|虽然|当.{1,12}时|前提|在.{1,12}情况下|\b(?:if|unless|when|although|though|provided)\b"
    ),
    "claim": re.compile(
        r"认为|以为|声称|宣称|据称|据说|有人说|传言|谣言|误认为|误以为|主张|相信|希望|建议|要求|呼吁|并不意味|不等于|不代表|不是说|错误|误解|谬误|不实"
        r"|\b(?:claim(?:s|ed)?|believe(?:s|d)?|think|thought|argue(?:s|d)?|said|alleg\w+|suggest\w*|hope(?:s|d)?|propos\w+|false|myth)\b"
    ),
    "cause": re.compile(
        r"因为|由于|因此|因而|所以|导致|致使|使得|引起|造成|带来|促使|从而|源于|得益于|归因于|取决于|是.{1,6}的原因"
        r"|\b(?:because|therefore|caus\w+|due|lead(?:s)?|led|result\w*|thus|hence)\b"
    ),
    "comparison": re.compile(
        r"比|高于|低于|多于|少于|大于|小于|强于|弱于|优于|劣于|超过|不如|不及|早于|晚于|\b(?:than|exceed\w*|compared)\b"
    ),
    "negated contrast": re.compile(r"不(?:仅|但|只|单|光)|不是|并非|而非|而不是|rather than|not only"),
}

_PAIRS = (
    "增长 下降,增加 减少,增强 减弱,提高 降低,提升 下降,上升 下降,上涨 下跌,扩大 缩小,加快 放缓,加速 减速,加强 削弱,高于 低于,多于 少于,大于 小于,超过 不足,"
    "以上 以下,之前 之后,以前 以后,早于 晚于,优于 劣于,强于 弱于,支持 反对,赞成 反对,同意 拒绝,允许 禁止,鼓励 限制,肯定 否定,成功 失败,开始 结束,开放 封闭,"
    "进口 出口,买入 卖出,盈利 亏损,收入 支出,顺差 逆差,集中 分散,统一 分裂,有利 不利,积极 消极,主动 被动,直接 间接,公开 秘密,合法 非法,增 减,升 降,涨 跌,高 低,多 少,"
    "大 小,强 弱,快 慢,长 短,新 旧,好 坏,优 劣,早 晚,前 后,上 下,左 右,东 西,南 北,内 外,男 女,首 末,最大 最小,最高 最低,最多 最少,最早 最晚,"
    "第一 最后,城市 农村,国内 国外,乐观 悲观,稳定 波动,紧 松,深化 弱化,促进 阻碍,推动 阻碍,有助于 不利于,缓解 加剧,改善 恶化,激发 抑制,释放 抑制,创造 破坏,"
    "聚集 分散,丰富 匮乏,充足 短缺,重视 忽视,保留 取消,建立 撤销,成立 解散,加入 退出,当选 落选,获胜 落败,胜 负,"
    "increase decrease,increases decreases,increased decreased,rise fall,rises falls,rose fell,grow shrink,grew shrank,higher lower,more less,more fewer,before after,"
    "above below,over under,support oppose,supports opposes,supported opposed,first last,largest smallest,highest lowest,import export,imports exports,north south,east west,"
    "success failure,begin end,began ended,open closed,improve worsen,improves worsens,promote hinder,promotes hinders,allow forbid,allowed forbidden,accept reject,accepted rejected"
)


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split(","):
        one, other = pair.split()
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES: Mapping[str, frozenset[str]] = _opposites()
_LONGEST = max(map(len, _OPPOSITES))

# Words of one line may stand for each other: they bind or count, and name nothing.
_ALIKE = """
因为 由于 因 缘于|因此 因而 所以 故 故此 于是|并且 而且 且 并|和 与 及 以及 跟 同|或 或者|但 但是 然而 不过 可是 却|如果 若 假如 倘若|虽然 尽管 虽|即 也就是 就是
约 大约 约为 大概 左右|目前 当前 现在 现时 如今 眼下|许多 很多 众多 不少 诸多|仅 只 仅仅 只是|位于 坐落于 地处 坐落在 在|称为 叫做 称作 叫 称之为 被称为
获得 取得 得到 赢得 获|首次 第一次 首度|利用 运用 使用 采用 用|加快 加速|提高 提升|成立 创立 创办 建立 创建 设立|开始 起|通过 透过 经由 经过|对于 对 关于|为了 为
必须 必需 须|应 应该 应当|能 能够 可以 可|需 需要|是 为 系 乃|将 会 将会|已 已经|曾 曾经|正 正在|仍 仍然 还 依然|被 受 受到 遭|从 自|到 至 达 达到|于 在|其 他 她 它 他的 她的 它的 他们 它们 她们 该 这|并未 没有 未 没|不再 不
例如 比如 如 譬如|包括 包含 涵盖 含|促进 推动 推进|帮助 协助 助|增加 增多 增长|减少 下降 降低|指出 表示 认为 说 称 提出 强调|超过 逾 高于 多于 超|不足 低于 少于|共 总共 一共 共有|是指 指的是 指|位 名|个 名|也 亦|都 均 皆|很 非常 十分|大 巨大|主要 主要是
作为 身为|由 让|拥有 有 具有 具备|担任 出任 任|出生于 生于|毕业于 毕业自|去世 逝世 病逝|电视台 电视|举行 举办 召开|发布 公布 发表|之后 以后 后 随后|之前 以前 前|每年 年均|国家 全国|我国 中国
"""


def _alike() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _ALIKE.replace("\n", "|").split("|"):
        words = line.split()
        for word in words:
            found.setdefault(word, set()).update(w for w in words if w != word)
    return {word: frozenset(others) for word, others in found.items()}


_SAME: Mapping[str, frozenset[str]] = _alike()


def count(cue: str, folded: str) -> int:
    """Count the places of a cue in a folded text."""
    return len(CUES[cue].findall(folded))


def opposed(one: str, other: str) -> bool:
    """Say whether a word of one folded text is the opposite of a word of the other."""
    return any(theirs in other for mine in _words(one) for theirs in _OPPOSITES[mine] if mine not in other)


def say_the_same(one: str, other: str, before: str = "", after: str = "") -> bool:
    """Say whether one run of characters may stand for another, alone or with what is around: 坐落(于) is 位(于)."""
    return any((a + other + b) in _SAME.get(a + one + b, ()) for a in {"", before[-1:]} for b in {"", after[:1]})


def _words(folded: str) -> set[str]:
    if folded.isascii():
        return set(folded.split()) & _OPPOSITES.keys()
    return {folded[a : a + n] for n in range(1, _LONGEST + 1) for a in range(len(folded) - n + 1)} & _OPPOSITES.keys()
