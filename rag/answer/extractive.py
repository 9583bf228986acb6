"""Answer in the articles' own words: the sentences that the plan found to answer."""

from collections.abc import Iterator, Sequence

from rag.generate.passages import DECLINES
from rag.markers import escaped, marker
from rag.schema import Evidence, Turn

__all__ = ["ExtractiveGenerator"]


class ExtractiveGenerator:
    """Quotes, and adds nothing."""

    name = "extractive"
    fingerprint = "extractive-4"
    only_quotes = True

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        """Stream the sentences that are to be quoted, each once, with its marker."""
        quotes = sorted((q.order, e.rank, e.paragraph.text[slice(*q.span)]) for e in evidence for q in e.quotes)
        said: set[str] = set()
        for _, rank, sentence in quotes:
            if sentence not in said:
                said.add(sentence)
                yield f"{escaped(sentence)}{marker(rank)}\n"
        if not said:
            yield DECLINES[0]
