"""Suggest questions that paragraphs answer: from definitions, figures, authors and sections, by rule."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from rag.index.library import Library
from rag.schema import Evidence, Paragraph
from rag.text.sentences import sentence_spans

__all__ = ["suggestions"]

_LOOKED_AT = 3  # paragraphs
_NAME = r"[\u4e00-\u9fffA-Za-z0-9“”+·]"
_DEFINED = re.compile(rf"^[“]?({_NAME}{{2,12}}?)[”]?(?:是指|指的是|，是指)")
_FIGURE = re.compile(
    rf"(?:^|[，；。])((?:\d{{4}}年，?)?{_NAME}{{4,22}}?)(?<![将约])(?:(?:已|(?:预计|即)?将)?(?:超过|达到|达|约为|为|占比为|占比|突破|有))(?:约|近)?\d[\d.,]*(?:亿|万|%|个|人|年|元|家|项)"
)
_LEANS = re.compile(r"^(?:其|该|这|此|它|他|她|并|而|也|还|但|以|从|到|在|对|由|为|将|与|和|及|则|就|共|均|都|又)")
_DOING = re.compile(
    r"^(?:加强|强化|推动|推进|促进|提升|提高|完善|健全|优化|培育|构建|建立|打造|发展|扩大|深化|落实|保障|激发|释放|营造|加快|夯实|创新|引导|拓展)"
)


def suggestions(evidence: Sequence[Evidence], library: Library) -> Iterator[str]:
    """Give questions that the first paragraphs of the evidence may answer, one of each in turn, none twice."""
    asked = [list(_questions(e.paragraph, library)) for e in evidence[:_LOOKED_AT]]
    in_turn = chain.from_iterable(zip_longest(*asked))
    yield from dict.fromkeys(question for question in in_turn if question)


def _questions(paragraph: Paragraph, library: Library) -> Iterator[str]:
    article = library.article_of(paragraph)
    for start, end in sentence_spans(paragraph.text):
        sentence = paragraph.text[start:end]
        defined = _DEFINED.search(sentence)
        if defined and not _LEANS.match(defined[1]):
            yield f"什么是{defined[1]}？"
        figure = _FIGURE.search(sentence)
        if figure and not _LEANS.match(figure[1]):
            yield f"{figure[1]}是多少？"
    section = paragraph.section.strip()
    if 4 <= len(section) <= 24:
        yield f"怎样{section}？" if _DOING.match(section) else f"关于“{section}”，文章怎么说？"
    if article.author_note:
        yield from (f"{author}是谁？" for author in article.authors[:1])
