"""What kind of thing a question asks for, and which signs of such things a sentence bears."""

import re
from enum import StrEnum
from functools import lru_cache

from rag.text.folding import fold

__all__ = ["SIGNS", "SIGNS_OF", "Asked", "asked_for", "bears", "defines", "focus", "signs"]


class Asked(StrEnum):
    """The kind of thing that is asked for."""

    DEFINITION = "definition"
    TIME = "time"
    AMOUNT = "amount"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    REASON = "reason"
    COMPARISON = "comparison"
    OPINION = "opinion"
    LIST = "list"
    MEANS = "means"
    OTHER = "other"


# All patterns are applied to folded text (`rag.text.folding.fold`): simplified, lower case, half-width marks.
_ENDS = r"[?\s]*$"
_BARE = r"^(?!.*(?:怎|如何|为[何啥什]|什么|哪|谁|几|多少|吗|是否)).*"  # 2022年棉花产量: a noun at the end asks
_DEFINITION = (
    rf"^(?:请问)?(?:什么(?:是|叫做?)|何[谓为])|(?:是|指的?是?|叫)什么(?:意思|含义|东西)?{_ENDS}|的?(?:定义|含义|概念)(?:是什么)?{_ENDS}"
    r"|^what (?:is|are)(?: an?| the)? [\w\s\-\"']{2,40}\?*$|^define\b|\bmeans?\?*$|meaning of"
)
_ORGANISATIONS = r"公司|机构|企业|大学|学校|学院|研究所|部门|单位|组织|政党|党派|球队|俱乐部|乐队|银行|出版社|电视台|协会|委员会|集团"
_PATTERNS = {
    Asked.TIME: rf"{_BARE}(?:时间|日期|年份|时段){_ENDS}|何时|何年|何月|几时|哪一?[年月日天]|哪个?(?:年|世纪|时|朝代)|几[年月日号点](?!来)|(?:什么|哪个|哪段?)(?:时候|时间|时期|年代|朝代|日子)"
    r"|多久|多长时间|多少[年天]|世纪\?*$|\bwhen\b|what (?:year|date|time|day|month|century|period)|which (?:year|day|month|century)|how long",
    Asked.AMOUNT: rf"{_BARE}(?:数量|人数|人口|增长率|增速|涨幅|营收|收入|利润|[产销存交付投运需]+量|总量|总额|票价|售价|价格|面积|规模|占比|比例|比重|贡献率|普及率|gdp){_ENDS}|多少|几[个成倍种次位名座条岁人家部届所层]|占比(?:是|为|有|达|多|几)|比例(?:是|为)|百分之几|多[大高长重远快深宽](?!\w*的影响)"
    r"|(?:人数|数量|规模|面积|高度|长度|价格|金额|增速|增长率|概率)(?:是|为|有|达)"
    r"|how (?:many|much|large|high|tall|far|old|big|fast)|what (?:percent|share|proportion|number|amount|rate|fraction)",
    Asked.PERSON: rf"{_BARE}(?:导演|主演|编剧|作者|冠军|亚军|得主|市长|省长|部长|主席|负责人|创始人|发明人){_ENDS}|谁|哪[一几两三]?[位名]|何人|作者是|什么人|哪[一]?个?(?:人物|歌手|演员|皇帝|总统|作家|导演|选手|球员)|叫什么名字|\bwho\b|whose|whom",
    Asked.PLACE: rf"{_BARE}(?:地点|举办地|所在地|位置|产地|路线){_ENDS}|哪里|哪儿|何处|何地|哪[一个]*(?:国|省|市|州|县|区|城|地|岛|洲|村|镇|座)|什么(?:地方|位置|地区|国家|城市)|在哪|哪边|\bwhere\b"
    r"|(?:what|which) (?:country|city|state|place|region|province|town|area|river|continent)",
    Asked.ORGANISATION: rf"(?:哪[一两几个家所支间些]*|什么)(?:{_ORGANISATIONS})"
    r"|(?:what|which) (?:company|organi[sz]ation|university|school|team|agency|institution|party|group)",
    Asked.REASON: r"(?<![称名作认分成视])为什么|为何|为啥|何以|什么(?:原因|理由|缘故)|原因(?:是|有)|怎么会|因为什么|的目的|意义|\bwhy\b|reason|because of what|what caused|purpose",
    Asked.COMPARISON: r"区别|差别|差异|不同|相比|对比|比较|异同|哪个更|更.{1,6}还是|difference|differ|compare|versus|\bvs\b",
    Asked.OPINION: r"(?:如何|怎么|怎样)(?:看|评价|认为|看待)|(?:认为|指出|强调|表示|主张|提出)(?:了?什么|哪些|的是|应)|观点|看法|态度|主张是"
    r"|what (?:did|does|do) .*\b(?:say|think|argue|believe|propose)\b|opinion|\bviews? (?:of|on)\b",
    Asked.MEANS: r"如何|怎样|怎么|怎麽|(?:什么|哪些|哪种)(?:方式|方法|手段|途径|措施|办法|举措|路径)|通过什么|靠什么|\bhow\b|what (?:measures|ways|steps|methods)",
    Asked.LIST: r"哪些|哪几|哪两|哪三|有什么|包括什么|分别|几(?:个方面|大|类|种)|which .*s\b|\blist\b|what are",
}
_QUESTIONS = (
    (
        Asked.LIST,
        re.compile(
            r"哪些(?!年|人)(?!.*(?:公司|机构))|包括什么|包括哪|分别(?:是|为|有)|哪[几两三四五六七八九十][个项点条类种样步]"
            r"|什么(?:材料|资料|证件|证明|手续|条件)|^what are (?:the )?(?:\w+ )?\w+s\b|what (?:documents|materials|papers)"
        ),
    ),
    *((kind, re.compile(pattern)) for kind, pattern in _PATTERNS.items()),
    (Asked.DEFINITION, re.compile(_DEFINITION)),
)

_ASKING = re.compile(
    r".*(?:多少|什么|哪|如何|怎|几|谁|是否|吗|多久|多[大长高]).*|what|which|where|when|who|why|how|many|much|does|did|have|with|that|this|from|must|the|are|and"
)
_CN = "〇零一二三四五六七八九十百千万亿两半"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫"
)
# Whether a sign is there is all that is asked: where one character is enough, the pattern takes no run of them, and no
# brackets that are never closed are followed to the end of a text.
SIGNS = {
    "year": r"\d{4} ?年|\b(?:1\d|20)\d\d\b|世纪|年代|[〇零一二三四五六七八九]{4}年|century|\d0s\b|(?:公元|西元)前?|[一二三四五六七八九十]年|元年|时期|年间",
    "date": r"\d ?月|\d ?[日号]|[一二三四五六七八九十]月|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    "duration": rf"(?:\d|[{_CN}])(?:余|多)? ?(?:年(?!\d)|个?月|天|小时|分钟|秒|周|季)|\d (?:years?|months?|days?|hours?|minutes?|weeks?)\b",
    "figure": rf"\d|[{_CN}]{{2,}}",
    "counted": rf"(?:\d[,.]*|[{_CN}])\s?[多余]?[个名位座条次种家倍元米人件台辆部集章首所项支艘层岁届头只株公千克吨平英里户件亩%]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion)\b",
    "percent": rf"%|百分之|[{_CN}]分之|percent|per cent",
    "person": rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[,。、;:)》是的出任于与和在为及被将曾]|$)|作者|总书记|主席|总理|教授|研究员|院长|主任|先生|女士|皇帝|国王|总统|·",
    "place": r"位于|坐落|地处|出生于|来自|(?:在|于|至|到|从|往)[\u4e00-\u9fff]{1,8}(?:省|市|县|区|州|国|镇|乡|村|岛|山|河|湖|海|路|街|城|馆|宫|寺)",
    "place name": r"[\u4e00-\u9fff]{2}(?:省|市|县|区|州|国|镇|乡|村|岛|山|河|江|湖|海|路|街|城|洲|港|湾|站)|\b(?:in|at|near|from) (?:the )?\w+",
    "organisation": rf"[\u4e00-\u9fffa-z](?:{_ORGANISATIONS}|局|署|院|队|会|社|厂|军|政府|学会|联盟)|\b(?:university|company|institute|commission|agency|association|corporation|party)\b",
    "named": r"《[^》]{1,200}》|[“「『\"][^”」』\"]{1,20}[”」』\"]",
    "latin": r"[a-z]{2,}",
    "reason": r"因为|由于|因此|因而|所以|原因|为了|以便|以免|导致|致使|使得|缘于|鉴于|得益于|出于|有助于|有利于|必然要求|内在要求|关键所在|从而|\bbecause\b|\bdue to\b|\bsince\b|therefore|so that|in order to",
    "means": r"通过|采用|利用|运用|借助|以.{1,12}方式|方法|措施|办法|举措|推动|推进|加强|强化|建立|健全|完善|优化|加快|\bby \w+ing\b|through|using",
    "comparison": r"比|高于|低于|多于|少于|不同|区别|相比|不仅|而是|更|\bthan\b|whereas|unlike|differ",
    "opinion": r"认为|指出|表示|强调|提出|主张|看来|评价|批评|称|\bsaid\b|argue|believe|claim",
    "list": r"、[^、。]+、|一是|其一|一方面|首先|第一,|包括|以及|分为|分别|,[^,]+, and ",
    "naming": r"是指|指的是|即|称为|称作|又名|又称|简称|名为|叫做?|意为|意思|是一[种个座名位部家]|known as|called|refers? to|means",
    "copula": r"是|为|属|\b(?:is|was|are|were)\b",
    "bracket": r"\([^)]{2,200}\)",
}
SIGNS_OF = {  # one of them is borne by a sentence that holds such a thing
    Asked.TIME: ("year", "date", "duration"),
    Asked.AMOUNT: ("figure", "counted", "percent"),
    Asked.PERSON: ("person", "latin"),
    Asked.PLACE: ("place", "place name"),
    Asked.ORGANISATION: ("organisation", "latin"),
    Asked.REASON: ("reason",),
    Asked.MEANS: ("means",),
    Asked.LIST: ("list",),
    Asked.DEFINITION: ("naming", "copula"),
    Asked.COMPARISON: ("comparison",),
    Asked.OPINION: ("opinion",),
}
_SIGNS = tuple(re.compile(pattern) for pattern in SIGNS.values())


# What of a thing is asked for: its 风险 in 有哪些风险, its 贡献率 in 的贡献率是多少. Nouns that any answer may do without are none.
_FOCUS = (
    re.compile(r"(?:什么|哪些|哪种|多大的?|多少)([\u4e00-\u9fff]{2,4})[?\s]*$"),
    re.compile(r"的([\u4e00-\u9fff]{2,5}?)(?:是|为|有|达)?(?:多少|什么|哪些|多大|多高|如何|怎样|怎么样|谁)[?\s]*$"),
)
_ANY_ANSWER = re.compile(
    r"作用|影响|意义|原因|内容|方面|措施|办法|问题|名字|名称|意思|含义|类型|种类|方式|方法|功能|用途|优势|特点|特征|特色|地方|地区|国家|城市|时候|时间|时期|人物|东西|事情|部分|"
    r"结果|后果|目的|好处|关系|区别|不同|变化|情况|条件|因素|要求|建议|观点|看法|任务|工作|活动|事件|职业|身份|职务|位置|地位|单位|机构|公司|学校|组织|角色|成就|贡献$|作品|颜色|形状|产品|技术|公里|平方|岁|元$|米$|人$"
)


def asks(word: str) -> bool:
    """Say whether a word only asks, folded: 多少, 什么, which."""
    return bool(_ASKING.fullmatch(word))


def focus(question: str) -> str:
    """Give what of a thing a question asks for, folded; "" where it names nothing that an answer must name too."""
    folded = fold(question).strip()
    found = next((m[1] for pattern in _FOCUS if (m := pattern.search(folded))), "")
    return "" if _ANY_ANSWER.search(found) else found


@lru_cache(maxsize=64)  # of one question it is asked many times
def asked_for(question: str) -> Asked:
    """Say what kind of thing a question asks for."""
    folded = fold(question).strip().replace("甚么", "什么")
    return next((kind for kind, pattern in _QUESTIONS if pattern.search(folded)), Asked.OTHER)


def signs(folded: str) -> tuple[bool, ...]:
    """Say which of SIGNS a folded sentence bears."""
    return tuple(bool(pattern.search(folded)) for pattern in _SIGNS)


def bears(kind: Asked, folded: str) -> bool:
    """Say whether a folded sentence bears a sign of a kind; True of a kind without signs."""
    wanted = SIGNS_OF.get(kind, ())
    return not wanted or any(re.search(SIGNS[sign], folded) for sign in wanted)


def defines(question: str, sentence: str) -> bool:
    """Say whether a sentence begins by saying what the subject of a question after a definition is."""
    subject = re.sub(_DEFINITION, "", fold(question).strip()).strip(" ？?“”\"'")
    begin = rf"^.{{0,4}}{re.escape(subject)}[”\"]?,?(?:就|通常|一般)?(?:是指|指的是|是|指|即| is | means )"
    return bool(subject) and bool(re.search(begin, fold(sentence)))
