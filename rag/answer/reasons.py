"""Why the articles do not answer: one constant for each reason, with its Chinese."""

from collections.abc import Sequence

__all__ = [
    "DECLINED",
    "NOTHING_FOUND",
    "NOT_SURE",
    "TOO_FAR",
    "UNSUPPORTED",
    "differ",
    "in_chinese",
    "more_items",
    "not_indexed",
    "not_there",
    "not_translated",
    "superseded",
]

NOTHING_FOUND = "the articles hold nothing on this"
TOO_FAR = "the nearest paragraphs do not say what is asked"
NOT_SURE = "these sentences come nearest, and may not answer it"
_NOT_THERE = "the articles found do not tell of "

# Notices of an answer that quotes because a language model's draft could not be shown.
DECLINED = "模型说没有找到答案，以下是文章原文 · the model found no answer; these are the articles' own words"
UNSUPPORTED = (
    "模型写的句子没有段落支持，未予显示，以下是文章原文 · "
    "what the model wrote had no support and is not shown; these are the articles' own words"
)

_CHINESE = {
    NOTHING_FOUND: "文章中没有相关内容",
    TOO_FAR: "最接近的段落没有说到所问的内容",
    NOT_SURE: "这几句最接近所问，但未必是答案",
}


def in_chinese(reason: str) -> str:
    """Give the Chinese of a reason; the reason itself where it is none of these."""
    if reason.startswith(_NOT_THERE):
        return f"找到的文章没有写到{reason.removeprefix(_NOT_THERE)}"
    return _CHINESE.get(reason, reason)


def not_there(named: str) -> str:
    """Tell that nothing found is of a place or a year that the question names."""
    return f"{_NOT_THERE}{named}"


def superseded(version: str, newer: str) -> str:
    """Tell that the answer is from a state of a document that another has taken the place of."""
    return f"依据的是{version}的文本，现行的是{newer} · quoted from the text of {version}; in force is {newer}"


def differ(titles: Sequence[str]) -> str:
    """Tell that articles give different figures of one thing."""
    named = "、".join(f"《{title}》" for title in dict.fromkeys(titles))
    return f"各篇数字不一（{named}），一并列出 · the articles differ in figures, all are shown"


def more_items(count: int, shown: int) -> str:
    """Tell that a list goes on."""
    return f"共 {count} 项，列出 {shown} 项，其余见原文 · {shown} of {count} items shown, see the source for the others"


def not_translated(why: str) -> str:
    """Tell that the sentences stand in their own language alone."""
    return f"没有得到译文 · no translation: {why}"


def not_indexed(sources: Sequence[str]) -> str:
    """Tell that sources are no longer what the answer was taken from."""
    named = "、".join(sources[:3]) + ("……" if len(sources) > 3 else "")
    return (
        f"{len(sources)} 个文件在建立索引以后改过（{named}），回答依据的是改动以前的内容；请运行 yinju index · "
        f"{len(sources)} changed since they were indexed, the answer rests on what they said before: run `yinju index`"
    )
