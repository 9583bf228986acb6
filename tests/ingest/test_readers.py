"""Files into blocks: nothing lost, offsets exact, bad files told apart."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingest.blocks import Block
from rag.ingest.encodings import decode
from rag.ingest.folders import source_files
from rag.ingest.page_lines import page_blocks
from rag.ingest.paragraphs import ingest

TEXT = st.text(st.sampled_from("天地玄黄，。！ab1 \n\r\n\t“”（）——#*->`"), max_size=200)


def covered(blocks: list[Block]) -> list[int]:
    return [i for b in blocks for a, z in b.spans for i in range(a, z)]


@given(TEXT)
def test_text_loses_nothing_and_spans_are_exact(text: str) -> None:
    blocks = page_blocks(text)
    found = covered(blocks)
    assert len(found) == len(set(found))
    assert {i for i, c in enumerate(text) if not c.isspace()} <= set(found)
    assert all("".join(text[a:z] for a, z in b.spans) == b.text for b in blocks)


def test_front_matter_states_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: 数字\nauthor: 王明, 李红\ndate: 2025-01-02\ntags: x\n---\n\n正文在此。\n", encoding="utf-8"
    )
    found = ingest(path, path.name)
    (article,) = found.articles
    assert (article.title, article.authors, article.date) == ("数字", ("王明", "李红"), "2025-01-02")
    assert not article.title_missing
    body = [p.text for p in found.paragraphs if p.kind != "head"]
    assert body == ["正文在此。"]
    assert [p.text for p in found.paragraphs if p.kind == "head"] == ["author: 王明, 李红\ndate: 2025-01-02"]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "  \n\n", "\n \n"])
def test_mended_english_is_what_the_file_says(tmp_path: Path, gap: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(
        f"The plan was made for all the towns of the region, all of them. It covers{gap}their suburbs.".encode()
    )
    (p,) = ingest(path, path.name).paragraphs
    raw = path.read_bytes().decode()
    assert "".join(raw[a:b] for a, b in p.spans) == p.text
    assert p.text.split()[-3:] == ["covers", "their", "suburbs."]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("これは日本語の文章です。漢字とかなが交じっています。東京は日本の首都であり、人口が多い。", "euc-jp"),
        ("대한민국의 수도는 서울이다. 인구가 많고 경제가 발달하였다. 나라의 중심이다.", "euc-kr"),
    ],
)
def test_other_encodings_of_east_asia_are_not_taken_for_chinese(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(SourceError, match="neither UTF-8"):
        decode(path)


def test_hard_wrapped_lines_are_one_block() -> None:
    text = "这是一个硬换行的段落它的每一行都一样\n长所以它们应当合成一个段落而不是分成\n几个段落。\n\n另一段。"
    assert [b.text for b in page_blocks(text)] == [text.split("\n\n")[0].replace("\n", ""), "另一段。"]


def test_lines_that_end_their_sentence_are_paragraphs() -> None:
    assert len(page_blocks("第一段到这里就结束了，说完了。\n第二段到这里也结束了，说完了。\n第三段。")) == 3


def test_wrapped_english_keeps_the_space() -> None:
    (block,) = page_blocks("The first line of a paragraph that is\nwrapped by hand and goes on.")
    assert "that is\nwrapped" in block.text


def test_gb18030_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "旧稿.txt"
    path.write_bytes("题目\n\n王 明\n\n改革开放以来，我国经济社会发展取得了重大成就。".encode("gb18030"))
    found = ingest(path, path.name)
    assert "改革开放" in found.paragraphs[0].text
    assert any("GB18030" in n for n in found.notices)


def test_a_broken_encoding_names_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "坏.txt"
    path.write_bytes("改革".encode() + b"\xff\x81" + "开放。".encode())
    with pytest.raises(SourceError, match="byte 6 is 0xFF"):
        decode(path)


def test_bytes_that_only_happen_to_be_gb18030_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(bytes(b for n in range(40) for b in (0x81 + n % 30, 0x40 + n)))
    assert path.read_bytes().decode("gb18030")  # decodes, into characters that nobody writes
    with pytest.raises(SourceError, match="neither UTF-8"):
        decode(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b" \n\n ", "is empty"), (b"abc\x00def", "binary"), (b"\xff\xfea", "utf-16")],
)
def test_bad_files_are_told_apart(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        decode(path)


def test_a_byte_order_mark_keeps_offsets_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bom.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "正文在此，说了一件事。".encode())
    (paragraph,) = ingest(path, path.name).paragraphs
    assert paragraph.text == "正文在此，说了一件事。"
    assert paragraph.spans == ((1, 12),)


def test_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "crlf.txt"
    path.write_bytes("第一段。\r\n\r\n第二段。\r\n".encode())
    raw = path.read_bytes().decode()
    found = ingest(path, path.name).paragraphs
    assert [p.text for p in found] == ["第一段。", "第二段。"]
    assert all("".join(raw[a:b] for a, b in p.spans) == p.text for p in found)


def test_unknown_suffix_says_which_are_known(tmp_path: Path) -> None:
    path = tmp_path / "x.pages"
    path.write_text("正文。", encoding="utf-8")
    with pytest.raises(SourceError, match=r"expected one of .*\.txt"):
        ingest(path, path.name)


def test_a_folder_gives_its_sources_without_readmes_and_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "README.md", ".hidden/c.txt", "deep/d.jsonl", "x.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [p.name for p in source_files(tmp_path)] == ["a.md", "b.txt", "d.jsonl"]
