"""Each guard catches its kind of falsehood, and lets what is fairly said through."""

import pytest

from rag.embed.contextual import ContextualEncoder
from rag.embed.registry import load_encoder
from rag.schema import Article, Evidence, Paragraph
from rag.verify.binding import Binder
from rag.verify.claims import claim_of
from rag.verify.guards import Broken, broken_guard
from rag.verify.meaning import compared

ARTICLE = Article("a", "s.txt", "甲市关于稳定就业的通知", date="2024-03-15")


@pytest.fixture(scope="module")
def encoder() -> ContextualEncoder:
    found = load_encoder("bundled")
    assert found is not None
    return found


def guard_of(encoder: ContextualEncoder, text: str, claim: str, question: str = "") -> Broken | None:
    binder = Binder(lambda _: ARTICLE, encoder)
    evidence = [Evidence(Paragraph("p", "a", "s.txt", text, ((0, len(text)),)), 1, 0.5)]
    said = claim_of(claim, question, text)
    grounds = binder.bound(said, evidence)
    assert grounds is not None
    return broken_guard(compared(said, grounds, binder))


FALSE = [
    ("figure", "补贴标准为每人每月300元。", "每人每月补贴350元。"),
    ("figure", "新增就业1.2万人。", "新增就业1.2万户。"),
    ("figure", "全年增长5.2%。", "全年增长5.2个百分点。"),
    ("date", "本办法自2024年5月1日起施行。", "该办法从2024年6月1日开始施行。"),
    ("limit", "办理时间不超过3个工作日。", "办理时间不少于3个工作日。"),
    ("limit", "共有约300家企业参加。", "参加的企业有300家。"),
    ("place", "甲市在成都市设立服务站。", "甲市在绵阳市设立了服务站。"),
    ("name", "依照《就业促进法》执行。", "依照《劳动合同法》执行。"),
    ("condition", "一旦出现泄漏，工作人员必须立即撤离现场。", "工作人员必须立即撤离现场。"),
    ("condition", "申请人提供虚假材料的，三年内不得再次申请。", "三年内不得再次申请。"),
    ("condition", "除法律另有规定外，公民可以查询档案。", "公民可以查询档案。"),
    ("condition", "A fee of 30 pounds is charged unless the applicant is under 18.", "A fee of 30 pounds is charged."),
    ("negation added", "企业可以申请延期缴纳。", "企业不可以申请延期缴纳。"),
    ("negation dropped", "个人账户不得提前支取。", "个人账户得提前支取。"),
    ("possibility dropped", "房价可能继续上涨。", "房价继续上涨。"),
    ("plan dropped", "全市计划新建学校12所。", "全市新建了12所学校。"),
    ("all added", "参训职工获得培训补贴。", "全部参训职工获得培训补贴。"),
    ("some dropped", "部分小微企业获得减免。", "小微企业获得减免。"),
    ("only added", "个人可以在大厅申请。", "个人只可以在大厅申请。"),
    ("duty added", "鼓励原产权单位出资。", "原产权单位必须出资。"),
    ("principle dropped", "县级原则上每年检查一次。", "县级每年检查一次。"),
    ("attribution dropped", "专家认为房价偏高。", "房价偏高。"),
]
FAIR = [
    ("补贴标准为每人每月300元。", "每个人一个月能领300元。"),
    ("新增就业1.2万人。", "新增12000人就业。"),
    ("本办法自2024年5月1日起施行。", "The measures take effect on May 1, 2024."),
    ("自受理之日起20日内办结。", "办理时限为20日。"),
    ("一旦出现泄漏，工作人员必须立即撤离现场。", "出现泄漏时工作人员必须立刻离开。"),
    ("个人账户不得提前支取。", "个人账户里的钱不能提前取出来。"),
    ("全市计划新建学校12所。", "全市计划建12所新学校。"),
    ("财力困难的县，省级财政原则上每平方米补助60元。", "财力困难的县，省级财政原则上一平方米补60元。"),
    ("同一企业只能申领一次。", "每家企业最多领一次。"),
]


@pytest.mark.parametrize(("guard", "text", "claim"), FALSE)
def test_a_guard_catches_its_kind(encoder: ContextualEncoder, guard: str, text: str, claim: str) -> None:
    broken = guard_of(encoder, text, claim)
    assert broken is not None
    assert broken.guard == guard


@pytest.mark.parametrize(("text", "claim"), FAIR)
def test_what_is_fairly_said_breaks_no_guard(encoder: ContextualEncoder, text: str, claim: str) -> None:
    assert guard_of(encoder, text, claim) is None


def test_a_condition_that_the_question_names_is_kept(encoder: ContextualEncoder) -> None:
    text = "一旦出现泄漏，工作人员必须立即撤离现场。"
    assert guard_of(encoder, text, "工作人员必须立即撤离现场。", "出现泄漏怎么办？") is None


def test_the_year_may_be_that_of_the_article(encoder: ContextualEncoder) -> None:
    assert guard_of(encoder, "全年新增就业1.2万人。", "2024年新增就业1.2万人。") is None
    assert guard_of(encoder, "全年新增就业1.2万人。", "2023年新增就业1.2万人。") == Broken("date", "2023年")
