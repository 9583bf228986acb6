"""Layout rules on synthetic pages with known truth, and on small ones written by hand."""

import random
from collections.abc import Sequence

from eval.layout import Material, make_page, measure
from rag.ingest.blocks import Block, Role
from rag.ingest.layout import LaidOut, lay_out
from rag.ingest.paragraphs import Ingested

HEADINGS = """夯实粮食安全根基
激发县域消费活力
以制度创新释放改革红利
让老旧小区焕发新生机
推动绿色转型走深走实
把握科技创新主动权
健全多层次社会保障体系
厚植文化自信的沃土
提升基层治理效能
畅通城乡要素流动
构建开放型经济新体制
守住不发生系统性风险底线
培育壮大新质生产力
完善收入分配制度
补齐公共服务短板
加快建设交通强国""".split()
TITLES = """以高质量发展推进中国式现代化
读懂县域经济的活力密码
为民营企业发展营造良好环境
乡村全面振兴的实践路径
数据要素市场建设的几点思考
在保护中传承历史文脉
绿色金融助力低碳转型
从统一大市场看内需潜力""".split()


def blocks(*texts: str) -> list[Block]:
    out, at = [], 0
    for text in texts:
        out.append(Block(text, ((at, at + len(text)),)))
        at += len(text) + 2
    return out


def roles(page: LaidOut) -> Sequence[Role]:
    return [p.role for p in page.placed]


def test_synthetic_pages_meet_the_targets(page: Ingested) -> None:
    paragraphs = [p.text for p in page.paragraphs if p.kind == "body"]
    material = Material(paragraphs, TITLES, HEADINGS)
    chance = random.Random(11)
    scores = measure(make_page(material, chance) for _ in range(150))
    assert scores["breaks"].recall >= 0.97
    assert scores["breaks"].precision >= 0.99
    assert scores["heading"].f1 >= 0.95
    assert scores["byline"].f1 >= 0.95
    assert scores["note"].f1 == scores["quote"].f1 == 1


def test_a_wedged_quote_is_lifted_out() -> None:
    page = lay_out(
        blocks(
            "改革的关键一步",
            "王 明",
            "改革开放以来，各地积极探索，形成了许多可复制可推",
            "实践证明，唯有改革才有出路。",
            "——习近平2023年5月12日在深入推进京津冀协同发展座谈会上的讲话",
            "广的经验，为全国提供了样板。",
        )
    )
    assert roles(page)[2:] == [Role.BODY, Role.QUOTE, Role.ATTRIBUTION, Role.BODY]
    assert page.placed[5].continues == 2


def test_an_open_quotation_joins_whatever_the_words() -> None:
    page = lay_out(blocks("题目在这里", "李 红", "会议强调，“要坚持系统观念，统筹发展", "和安全”，这是根本要求。"))
    assert page.placed[3].continues == 2


def test_a_list_item_is_not_a_second_half() -> None:
    page = lay_out(
        blocks("报告", "前文没有结束就断开了而且没有句号也没有别的标点符号只是很长很长的一段文字", "一是加强领导。")
    )
    assert page.placed[2].continues == -1


def test_a_note_cut_in_two_is_one() -> None:
    page = lay_out(blocks("题目", "赵 明", "正文在此。", "（作者系某大学经济学院", "教授、博士生导师）"))
    assert page.placed[4].continues == 3
    assert roles(page)[3:] == [Role.NOTE, Role.NOTE]


def test_plain_text_without_title_or_byline_is_one_article() -> None:
    page = lay_out(blocks("第一段说了一件事。", "第二段说了另一件事。"))
    assert len(page.articles) == 1
    assert roles(page) == [Role.BODY, Role.BODY]
    assert page.articles[0].working_title == "第一段说了一件事"


def test_a_column_of_short_lines_is_text_not_headings() -> None:
    page = lay_out(blocks("诗一首", "李 白", "开头的话在此。", "床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"))
    assert roles(page)[3:] == [Role.BODY] * 4


def test_a_byline_at_the_end_signs_the_article() -> None:
    page = lay_out(blocks("短评一则", "这是全部正文，只有一段。", "王小明"))
    assert page.articles[0].authors == ("王小明",)


def test_subtitle_is_not_an_attribution() -> None:
    page = lay_out(blocks("走向共同富裕", "——读《论共同富裕》", "张 三", "正文在此。"))
    assert page.articles[0].title == "走向共同富裕——读《论共同富裕》"


def test_a_date_line_dates_the_page() -> None:
    page = lay_out(blocks("2025年9月23日 星期二", "题目一则", "王 明", "正文在此。"))
    assert page.articles[0].date == "2025年9月23日"


def test_each_article_has_its_own_date() -> None:
    page = lay_out(
        blocks(
            "2020年1月1日",
            "题目一则",
            "王 明",
            "正文一。",
            "（作者系教授）",
            "题目二则",
            "2021年5月5日",
            "李 红",
            "正文二。",
        )
    )
    assert [a.date for a in page.articles] == ["2020年1月1日", "2021年5月5日"]


def test_lines_without_marks_are_not_glued() -> None:
    lines = [
        "海淀区到年底仍未能完成全部老旧小区综合整治任务并将在明年继续推进",
        "朝阳区已经提前三个月完成全部老旧小区综合整治任务并且通过了验收",
    ]
    page = lay_out(blocks("题目一则", "王 明", "开头的话。", *lines, "丰台区正在推进。"))
    assert [p.continues for p in page.placed] == [-1] * 6
    page = lay_out(
        blocks(
            "A Title",
            "By Jane Roe",
            "Nobody knew what would come of it in the summer of the year 2024",
            "The city grew.",
        )
    )
    assert page.placed[3].continues == -1


def test_lists_of_facts_stay_evidence() -> None:
    page = lay_out(
        blocks("各市人口", "王 明", "人口如下。", "北京 2183万", "上海 2480万", "天津 1363万", "以上为常住人口。")
    )
    assert roles(page)[3:] == [Role.BODY] * 4
    page = lay_out(blocks("这是一段没有题目的话，说了一件事。", "总投资达到50亿元"))
    assert roles(page)[-1] is Role.BODY
    page = lay_out(blocks("题目一则", "王 明", "前言在此。", "（一）统筹规划设计，强化热线服务，提高来稿质量；"))
    assert roles(page)[-1] is Role.BODY
    page = lay_out(blocks("The report", "By Jane Roe", "The city grew by 5% in 2024.", "It will grow more."))
    assert roles(page)[2:] == [Role.BODY] * 2


def test_two_characters_without_a_title_above_are_no_name() -> None:
    page = lay_out(blocks("文化", "文化是城市的灵魂。"))
    assert page.articles[0].authors == ()
    assert page.articles[0].title == "文化"


def test_orphans_are_given_away_only_where_the_numbers_agree() -> None:
    page = lay_out(blocks("正文一。", "（作者系教授）", "正文二。", "（作者系研究员）", "残题", "王 明"))
    assert [a.authors for a in page.articles] == [(), ()]
    assert roles(page)[-2:] == [Role.FRAGMENT, Role.BYLINE]


def test_english_lines_run_on_when_they_go_on_in_lower_case() -> None:
    page = lay_out(
        blocks("A Title", "By Jane Roe", "The plan covers all the towns of the region and", "their suburbs.")
    )
    assert page.placed[3].continues == 2
    assert page.articles[0].authors == ("Jane Roe",)
