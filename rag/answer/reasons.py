"""Why the articles do not answer: one constant for each reason, with its Chinese."""

__all__ = ["ALL_WITHHELD", "NOTHING_FOUND", "TOO_FAR", "in_chinese"]

NOTHING_FOUND = "the articles hold nothing on this"
TOO_FAR = "the nearest paragraphs do not say what is asked"
ALL_WITHHELD = "no drafted sentence is supported by its paragraph"

_CHINESE = {
    NOTHING_FOUND: "文章中没有相关内容",
    TOO_FAR: "最接近的段落没有说到所问的内容",
    ALL_WITHHELD: "拟出的句子都没有段落支持",
}


def in_chinese(reason: str) -> str:
    """Give the Chinese of a reason; the reason itself where it is none of these."""
    return _CHINESE.get(reason, reason)
