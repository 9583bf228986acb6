"""Tell what belongs to the site from what belongs to the document: by element, and by the words of a line."""

import re
from functools import lru_cache

from rag.ingest.readers.html.tree import Element, find, text_of

__all__ = ["Measures", "furniture_of_element", "furniture_of_line", "measure_all"]

_CONTROLS = {
    **dict.fromkeys(("select", "textarea", "datalist"), "form"),
    **dict.fromkeys(("noscript", "canvas", "object", "iframe", "video", "audio", "svg"), "fallback"),
    "button": "button",
}
_TAGS = {"nav": "navigation", "footer": "footer", "aside": "sidebar", "dialog": "dialog", "menu": "navigation"}
_ROLES = dict.fromkeys(("navigation", "menu", "menubar", "tablist"), "navigation") | {
    "contentinfo": "footer",
    "search": "search and log in",
    "banner": "head of the site",
    "dialog": "dialog",
    "alertdialog": "dialog",
}
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_\d-])"))
    for kind, words in (
        ("breadcrumb", r"bread-?crumbs?|crumbs?|dqwz|weizhi|wz|location|position|curr?ent-?(?:position|location)|mbx|path|govuk-breadcrumbs__\w+"),
        ("navigation", r"nav\w{0,6}|main-?nav|menu\w{0,4}|navigation|navbar|skip-?(?:link|nav|to)\w*|toc|table-of-contents|site-?map|tabs?-?(?:nav|hd|title)"),
        ("share", r"\w{0,3}share\w{0,8}|bdsharebuttonbox|social\w*|fenxiang|jiathis\w*|weibo|wechat|weixin"),
        ("font size", r"font-?size\w*|ziti|zihao|fontsizer|fs-?(?:big|small)|change-?font"),
        ("print and close", r"print\w*|dayin|close\w*|toolbar|tools?|[a-z]{0,8}btn\w{0,8}|gotop|back-?to-?top|totop|fav(?:orite)?s?"),
        ("footer", r"foot(?!note)\w{0,6}|footer\w*|bottom|copyright\w*|copy-?right|banquan|beian|site-?info"),
        ("related", r"related\w*|relate\w*|recommend\w*|xgxw|xgwj|xgjd|tuijian|hot-?(?:news|list)|you-?may-?like|more-?from|reldocuments"),
        ("sidebar", r"side-?bar\w*|aside|side(?:-?(?:left|right|nav|menu))?|left-?(?:nav|menu|bar)|right-?(?:nav|menu|bar)|quick-?bar|float\w*-?bar"),
        ("pager", r"pager|pagination|page-?(?:nav|num)|prev|next|prev-?next|pre-?next|up-?down|shangxia"),
        ("search and log in", r"search\w*|login\w*|sousuo|denglu|sign-?in|user-?(?:bar|info)"),
        ("code to scan", r"\w*qr-?code\w*|\w*ewm|erweima|saoma|scan\w*"),
        ("advertisement", r"ads?|advert\w*|guanggao|promo\w*"),
        ("notice of the site", r"cookie\w*|gdpr|usa-banner\w*|alert-warning|modal\w*|popup\w*|dialog\w*|survey|feedback\w*|gem-c-feedback\w*"),
        ("comments of readers", r"comments?|comment-?list|pinglun|disqus\w*|guestbook"),
    )
)  # fmt: skip
_MUCH = 200  # characters of text that are no links: more than furniture has, except footers and banners
_OF_PROSE = frozenset("p span font b strong em i u td th tr li".split())  # scripts give such elements any class
_NEVER = frozenset(("html", "body", "h1", "h2", "td", "p"))
_LONG_KINDS = frozenset(("footer", "notice of the site", "comments of readers", "related", "sidebar"))

_LINES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("breadcrumb", r"^(?:您?(?:现在|当前|目前|的|所在|所处|在)*(?:的)?(?:所在)?(?:位置|栏目)(?:是|为)?\s*[:：>»]|(?:网站)?(?:首页|主页|Home)\s*[>›»/＞→\\|-]|you are here)"),
        ("font size", r"^[【\[\s]*(?:打印)?\s*(?:选择|正文)?(?:字体|字号)(?:大小)?\s*[:：]?\s*[【\[]?\s*(?:大|小|默认|放大|缩小|正常|T\||[+-]|加大|A[-+])[^。]{0,20}$|^[【\[]?\s*大\s*\|?\s*中\s*\|?\s*小\s*[】\]]?$|^(?:A\s*){2,3}[+-]?$"),
        ("share", r"^(?:微信|微博|新浪微博|腾讯微博|QQ空间|Qzone|朋友圈|人人网|豆瓣|Facebook|Twitter|LinkedIn|WhatsApp|[\s,，、|])+$"),
        ("share", r"^(?:分享(?:到|至|本页|本文|按钮)?|转发(?:到)?|一键分享|share(?: (?:this|on|via)\b.{0,40})?)\s*[:：]?[^。]{0,30}$"),
        ("print and close", r"^[【\[（(\s|]*(?:(?:我要打印|打\s*印(?:本页|此页|文章|页面)?|关\s*闭(?:本页|此页|窗口|页面)?|收\s*藏(?:本页|本文)?|返回(?:顶部|首页|上一页|列表|目录)|保存|下载PDF|朗读|我要纠错|纠错|复制链接|加入收藏|设为首页|无障碍(?:阅读|浏览)?|关怀版|长者(?:版|模式)|繁體(?:版|中文)?|简体(?:版|中文)?|举报|点赞|print(?: this page)?|close|back to top|top)[】\]）)【\[（(\s|]*)+$"),
        ("counter", r"^[【\[(（]?\s*(?:本文)?(?:已)?(?:浏览|阅读|点击|访问|查看|被浏览|浏览量|阅读量|访问量|点击量|点击率|人气|views?)\s*(?:次数|量|数|率|人次)?\s*[:：]?\s*[\d,]*\s*(?:次|人次|人)?\s*[】\])）]?$"),
        ("code to scan", r"^(?:请?(?:用|使用)?(?:手机|微信|支付宝)?扫[一描码].{0,25}|.{0,12}二维码.{0,8}|手机(?:版|端|扫码).{0,10})$"),
        ("pager", r"^[【\[（(]?\s*(?:上|下|前|后)\s*一\s*(?:篇|条|页|则|章|个)(?:文章|新闻|信息)?\s*[】\]）)]?\s*(?:[:：>›«»<].*|.{0,60})$|^(?:previous|next)(?: (?:page|article|post))?\s*[:：»›]?.{0,80}$|^(?:首页|尾页|末页|共\s*\d+\s*页|第?\s*\d+\s*/\s*\d+\s*页?)(?:\s.*)?$"),
        ("related", r"^[【\[]?\s*(?:相关(?:阅读|链接|稿件|新闻|文章|报道|信息|推荐|附件下载|文件|解读|政策)|关联(?:稿件|文件|阅读)|延伸阅读|推荐阅读|热点推荐|猜你喜欢|热门(?:文章|推荐|新闻)|更多(?:新闻|内容)?|related (?:content|links|articles|topics)|explore the topic|see also)\s*[】\]]?\s*[:：]?$"),
        ("editor", r"^[【\[（(]?\s*(?:纠错\W{0,2})?(?:责任编辑|责编|编辑|责任校对|校对|审核|审签|初审|复审|终审|一审|二审|三审|录入|监制|网络编辑|值班编辑|编审|统筹)\s*[:：/].{0,60}$"),
        ("footer", r"^(?:版权所有|copyright|©|主办(?:单位)?\s*[:：]|承办(?:单位)?\s*[:：]|技术支持\s*[:：]|网站(?:标识码|地图)|政府网站标识码|.{0,12}ICP备|.{0,6}公网安备|联系我们$|关于我们$|隐私(?:政策|声明)$|本站(?:声明|地址)|建议使用.{0,40}浏览器)"),
        ("notice of the site", r"^(?:您访问的链接即将离开.{0,60}|(?:是否)?继续访问|放弃|取消|确定|[x×✖]|(?:正在)?加载中.{0,6}|loading.{0,6}|暂无(?:数据|内容|评论))$"),
    )
)  # fmt: skip


_REGISTERED = re.compile(r"ICP[备证](?:案号?)?[:：]?\s*[\d-]{5}|公网安备\s*\d|网站标识码[:：]?\s*\w{6}")
_SENTENCE = re.compile(r"[，。；、！？]|\w[,.;](?:\s|$)")


class Measures:
    """How much of an element's shown text there is, and how much of it are links."""

    __slots__ = ("headings", "here", "linked", "links", "prose", "text")

    def __init__(self) -> None:
        self.text = 0  # characters without blanks
        self.linked = 0
        self.links = 0
        self.here = 0  # links to a place in the page itself
        self.headings = 0
        self.prose = 0  # characters of texts that read as parts of sentences, no links

    @property
    def plain(self) -> int:
        """Characters that are no links."""
        return self.text - self.linked

    @property
    def worth(self) -> float:
        """How much of a document there is: menus without links are long, and hold no sentences."""
        return self.prose + 0.25 * self.plain


def measure_all(root: Element) -> dict[int, Measures]:
    """Measure every element, by its order; hidden text and that of forms and buttons does not count."""
    found: dict[int, Measures] = {}
    elements = list(find(root))
    skipped: set[int] = set()
    linked: set[int] = set()
    for element in elements:  # parents come before their children
        found[element.order] = Measures()
        above = element.parent.order if element.parent else -1
        if (
            above in skipped
            or element.hidden
            or element.tag in ("head", "script", "select", "button", "noscript", "option")
        ):
            skipped.add(element.order)
        if above in linked or (
            element.tag == "a" and ("href" in element.attributes or "onclick" in element.attributes)
        ):
            linked.add(element.order)
    for element in reversed(elements):
        own = found[element.order]
        if element.order not in skipped:
            texts = ["".join(child.split()) for child in element.children if isinstance(child, str)]
            size = sum(map(len, texts))
            own.text += size
            if element.order in linked:
                own.linked += size
            else:
                own.prose += sum(len(text) for text in texts if len(text) >= 30 or _SENTENCE.search(text))
            own.links += element.tag == "a"
            own.here += element.tag == "a" and element.get("href").startswith("#") and len(element.get("href")) > 1
            own.headings += element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        if element.parent is not None:
            above_it = found[element.parent.order]
            above_it.text += own.text
            above_it.linked += own.linked
            above_it.links += own.links
            above_it.here += own.here
            above_it.headings += own.headings
            above_it.prose += own.prose
    return found


def furniture_of_element(element: Element, own: Measures, *, inside: bool) -> str:
    """Name the furniture that an element is; empty: none. `inside`: it lies within the main element.

    A class says little ("nav-content" may hold the page), so it counts where there is little text that is no link.
    """
    tag = element.tag
    if tag in _CONTROLS:
        return _CONTROLS[tag]
    if own.plain > 2 * _MUCH and own.plain > own.linked and _TAGS.get(tag) not in ("footer", "sidebar"):
        return ""
    if tag in _TAGS and not (inside and (tag == "aside" or (tag == "menu" and own.plain > _MUCH))):
        return _TAGS[tag]
    role = element.get("role")
    if role in _ROLES and not (role == "banner" and any(child.tag in ("h1", "h2") for child in find(element))):
        return _ROLES[role]
    if (
        not own.headings
        and not inside
        and (tag.endswith(("-header", "-footer", "-nav")) or (tag == "header" and _is_top(element)))
    ):
        return "head of the site" if tag.endswith("header") else "navigation" if tag.endswith("nav") else "footer"
    if own.text == 0 or not element.attributes:
        return ""
    if tag in _NEVER or (inside and (tag in _OF_PROSE or own.plain > 40 + own.linked)):
        return ""
    for kind in _kinds_of(element.names):
        limit = _MUCH if kind not in _LONG_KINDS or inside else 2 * _MUCH
        if own.plain <= limit and not (own.headings and _holds_title(element)):
            return kind
    return ""


@lru_cache(maxsize=4096)
def _kinds_of(names: str) -> tuple[str, ...]:
    """Return the kinds of furniture that classes, id and role of an element name."""
    return tuple(kind for kind, pattern in _NAMES if pattern.search(names)) if names.strip() else ()


def _is_top(element: Element) -> bool:
    return element.parent is not None and element.parent.tag == "body"


def _holds_title(element: Element) -> bool:
    return any(child.tag == "h1" and text_of(child, 200) for child in find(element))


def furniture_of_line(text: str) -> str:
    """Name the furniture that a line is by its words; empty: none."""
    if len(text) <= 300 and _REGISTERED.search(text):
        return "registration of the site"
    if len(text) > 160:
        return "footer" if re.match(r"版权所有|copyright", text, re.I) and "备" in text else ""
    for kind, pattern in _LINES:
        if pattern.match(text):
            return kind
    return ""
