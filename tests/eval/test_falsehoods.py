"""Made sentences: the same ones for the same seed, and of every kind what it says."""

from collections import Counter

from eval.falsehoods import FALSE_KINDS, OF_ANOTHER, TRUE_KINDS, Made, make
from rag.text.sentences import sentence_spans

ARTICLES = [
    [
        "2020年，华光公司收入增长12%，其中出口约30万台，位于杭州的工厂贡献很大。由于成本下降，利润提高了5%。公司没有裁员。",
        "研究所是一家重要的机构。实验室拥有260名员工。专家认为，市场可能继续扩大。如果需求减少，企业就应当及时调整生产计划。",
    ],
    [
        "2021年，长江公司收入下降8%，其中进口约20万台，位于武汉的工厂贡献较小。上海推动长三角发展。《论语》是一部经典。",
        "社区服务包括养老、托育、家政、餐饮和维修。近年来，居民的需求不断增长。政府并未取消补贴，而是扩大了范围，效果显著。",
    ],
]


def test_the_same_seed_makes_the_same_and_another_makes_others() -> None:
    assert list(make(ARTICLES, 3)) == list(make(ARTICLES, 3))
    assert list(make(ARTICLES, 3)) != list(make(ARTICLES, 4))


def test_most_kinds_are_made_and_none_unknown() -> None:
    made = [m for seed in range(8) for m in make(ARTICLES, seed)]
    kinds = {m.kind for m in made}
    assert kinds <= {*TRUE_KINDS, *FALSE_KINDS, OF_ANOTHER}
    assert len(kinds) >= 18
    assert all(m.supported == (m.kind in TRUE_KINDS) for m in made)


def test_a_falsified_sentence_is_none_of_its_paragraph() -> None:
    for seed in range(5):
        for made in make(ARTICLES, seed):
            sentences = [made.paragraph[a:b] for a, b in sentence_spans(made.paragraph)]
            assert made.supported or made.sentence not in sentences, made


def test_a_sentence_is_cut_out_of_its_condition() -> None:
    made = {m.sentence for seed in range(8) for m in make(ARTICLES, seed) if m.kind == "cut so that its sense turns"}
    assert "企业就应当及时调整生产计划。" in made


def test_a_changed_number_changes_one_number() -> None:
    changed = [m for m in make(ARTICLES, 1) if m.kind == "number changed"]
    assert changed
    for made in changed:
        assert _nearest(made) == 1


def _nearest(made: Made) -> int:
    """Count the characters in which a sentence differs from the nearest of its paragraph."""
    near = [s + "。" for s in made.paragraph.split("。") if len(s) + 1 == len(made.sentence)]
    return min(sum((Counter(made.sentence) - Counter(s)).values()) for s in near)
