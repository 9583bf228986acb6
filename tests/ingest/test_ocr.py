"""Pictures of pages that the test draws, and what is recognised on them."""

from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.readers import image as image_module
from rag.ingest.readers.image import read_image
from rag.ingest.readers.pdf.reader import read_pdf
from tests.ingest.sheets import HEIGHT, WIDTH, Sheets
from tests.ingest.test_pdf import check, texts

pytest.importorskip("rapidocr")
pytest.importorskip("onnxruntime")
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
LINES = [
    "第八条收养登记机关收到申请书后，应当自次日起30日内进行",
    "审查。对符合规定条件的，办理收养登记，发给收养登记证。",
]


def draw(path: Path, lines: list[str], size: int = 26) -> Path:
    """Draw a page of text at 150 dpi."""
    if not FONT.exists():
        pytest.skip("no Chinese font on this machine")
    font = ImageFont.truetype(str(FONT), size)
    picture = Image.new("L", (900, 100 + 46 * len(lines)), 255)
    pen = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        pen.text((60 + (2 * size if n == 0 else 0), 40 + 46 * n), line, font=font, fill=0)
    picture.save(path, dpi=(150, 150))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_a_picture_is_read_into_paragraphs(tmp_path: Path, ending: str) -> None:
    document = read_image(draw(tmp_path / f"扫描.{ending}", LINES))
    check(document)
    whole = "".join(texts(document)).replace(" ", "")
    assert "应当自次日起30日内进行审查" in whole
    assert document.blocks[0].page == 1


@pytest.mark.slow
def test_a_scanned_page_of_a_pdf_is_read(tmp_path: Path) -> None:
    from reportlab.lib.utils import ImageReader

    sheets = Sheets(tmp_path / "扫描.pdf")
    sheets.line(70, 100, "第一页有文字层。")
    sheets.page()
    picture = Image.new("L", (1240, 1754), 255)
    picture.paste(Image.open(draw(tmp_path / "a.png", LINES)), (100, 200))
    sheets.canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
    document = read_pdf(sheets.save())
    check(document)
    assert texts(document)[0] == "第一页有文字层。"
    second = [b.text for b in document.blocks if b.page == 2]
    assert "应当自次日起30日内进行审查" in "".join(second).replace(" ", "")


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    for content, words in ((b"", "is empty"), (b"no picture", "broken picture"), (b"\x89PNG\r\n\x1a\nrest", "broken")):
        path = tmp_path / "x.png"
        path.write_bytes(content)
        with pytest.raises(SourceError, match=words):
            read_image(path)


@pytest.mark.slow
def test_a_blank_picture_is_told(tmp_path: Path) -> None:
    path = tmp_path / "leer.png"
    Image.new("L", (400, 300), 255).save(path)
    with pytest.raises(SourceError, match="no text"):
        read_image(path)


def test_without_the_extra_a_picture_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_module, "recognizer", lambda: None)
    path = tmp_path / "x.png"
    Image.new("L", (40, 30), 255).save(path)
    with pytest.raises(SourceError, match=r"no text.*pip install 'yinju\[ocr\]'"):
        read_image(path)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_picture_is_read_in_its_order(tmp_path: Path, degrees: int) -> None:
    path = draw(tmp_path / "a.png", LINES)
    Image.open(path).rotate(degrees, expand=True).save(path)
    whole = "".join(texts(read_image(path))).replace(" ", "")
    assert "应当自次日起30日内进行审查" in whole
