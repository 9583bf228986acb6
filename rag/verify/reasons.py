"""Why a drafted sentence is withheld, in words; each with its Chinese."""

__all__ = ["MEANS_ELSE", "not_in_source", "withheld_in_chinese"]

MEANS_ELSE = "no passage says this"
_WHAT = {
    "figure": ("the figure {} is not in the source", "数字 {} 不在出处里"),
    "date": ("the date {} is not in the source", "日期 {} 不在出处里"),
    "limit": ("“{}” is another limit than the source's", "“{}”的限度与出处不同"),
    "place": ("the place {} is not in the source", "地名 {} 不在出处里"),
    "name": ("the name {} is not in the source", "名称 {} 不在出处里"),
    "added": ("“{}” is not said in the source", "出处没有说“{}”"),
    "dropped": ("“{}”, which the source says, is left out", "漏了出处里的“{}”"),
    "condition": ("the condition “{}” is left out", "漏了条件“{}”"),
}


def not_in_source(guard: str, words: str) -> str:
    """Tell which guard a claim breaks, and with which words."""
    return _WHAT[guard.split()[-1]][0].format(words)


def withheld_in_chinese(reason: str) -> str:
    """Give the Chinese of such a reason; the reason itself where it is none of these."""
    if reason == MEANS_ELSE:
        return "没有段落这样说"
    for english, chinese in _WHAT.values():
        before, after = english.split("{}")
        if reason.startswith(before) and reason.endswith(after):
            return chinese.format(reason[len(before) : len(reason) - len(after)])
    return reason
