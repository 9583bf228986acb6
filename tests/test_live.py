"""A page that lives: what a build made current is answered from the next question on, what was withdrawn is not."""

import gc
import threading
import time
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import LibraryDamaged, LibraryMismatch
from rag.index.build import build_library
from rag.index.library import Library
from rag.index.manifest import SourceRecord
from rag.index.watch import SourceWatch
from rag.live import LiveAssistant
from rag.schema import Answer
from rag.session import index_sources, open_live_assistant
from tests.conftest import HashingEmbedder, bundled

QUESTION = "葡萄的产量是多少？"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "一.txt").write_text("2024年全县葡萄的产量是七千吨，比上年增长百分之三。\n", encoding="utf-8")
    (folder / "二.txt").write_text("2024年全县人口是三十万人，其中老年人口占百分之二十。\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, articles: Path) -> Settings:
    settings = Settings(library=tmp_path / "library")
    index_sources(settings, [articles])
    return settings


@pytest.fixture
def live(settings: Settings) -> LiveAssistant:
    return open_live_assistant(settings)


def ask(live: LiveAssistant, question: str = QUESTION) -> Answer:
    *_, answer = live.stream(question)
    assert isinstance(answer, Answer)
    return answer


def test_a_new_generation_is_answered_from_and_withdrawn_text_is_not(
    live: LiveAssistant, settings: Settings, articles: Path
) -> None:
    assert "七千吨" in ask(live).text
    first = live.now()
    assert live.now() is first
    (articles / "一.txt").write_text("2024年全县葡萄的产量是九千吨，比上年增长百分之三。\n", encoding="utf-8")
    index_sources(settings, [articles])
    assert "九千吨" in ask(live).text
    (articles / "一.txt").unlink()
    index_sources(settings, [articles])
    answer = ask(live)
    assert all("葡萄" not in e.paragraph.text for e in answer.evidence)
    assert answer.library == live.library.manifest.fingerprint
    assert live.now()._retriever.embedder is first._retriever.embedder  # models stay loaded


def test_a_question_ends_on_the_generation_that_it_began_with(
    live: LiveAssistant, settings: Settings, articles: Path
) -> None:
    stream = live.stream(QUESTION)
    next(stream)
    for amount in ("八千", "九千", "一万"):  # so often that the files of the first generation are gone
        (articles / "一.txt").write_text(f"2024年全县葡萄的产量是{amount}吨。\n", encoding="utf-8")
        index_sources(settings, [articles])
    *_, answer = stream
    assert isinstance(answer, Answer)
    assert "七千吨" in answer.text
    assert "一万吨" in ask(live).text


def test_what_changed_and_is_not_indexed_is_told(
    live: LiveAssistant, settings: Settings, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.live._LOOK_EVERY", 0.0)
    assert ask(live).notices == ()
    (articles / "一.txt").write_text("2024年全县葡萄的产量是九千吨。\n", encoding="utf-8")
    answer = ask(live)
    assert "七千吨" in answer.text
    assert "一.txt" in answer.notices[-1]
    assert "改过" in answer.notices[-1]
    index_sources(settings, [articles])
    assert ask(live).notices == ()


def test_what_can_no_longer_be_answered_from_is_an_error(
    live: LiveAssistant, settings: Settings, articles: Path
) -> None:
    pointer = settings.library / "current"
    whole = pointer.read_bytes()
    pointer.unlink()
    with pytest.raises(LibraryDamaged, match="current is missing"):
        ask(live)
    pointer.write_bytes(whole)
    assert "七千吨" in ask(live).text
    build_library(settings.library, [articles], HashingEmbedder(), bundled())
    with pytest.raises(LibraryMismatch, match="made with embedder hashing"):
        ask(live)


def test_many_readers_follow_at_once(live: LiveAssistant, settings: Settings, articles: Path) -> None:
    amounts = ["七千", *(f"{n}百" for n in "二三四五六")]
    seen: list[set[str]] = [set() for _ in range(4)]
    failed: list[BaseException] = []
    stop = threading.Event()

    def read(own: set[str]) -> None:
        try:
            while not stop.is_set():
                own.add(ask(live).text)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    readers = [threading.Thread(target=read, args=(own,)) for own in seen]
    for reader in readers:
        reader.start()
    for amount in amounts[1:]:
        (articles / "一.txt").write_text(f"2024年全县葡萄的产量是{amount}吨。\n", encoding="utf-8")
        index_sources(settings, [articles])
    stop.set()
    for reader in readers:
        reader.join()
    assert not failed
    assert all(any(f"是{amount}吨" in text for amount in amounts) for text in set().union(*seen))
    assert "六百吨" in ask(live).text


def test_files_of_a_generation_that_is_gone_are_let_go(live: LiveAssistant, settings: Settings, articles: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc")

    for n in range(3):
        (articles / "一.txt").write_text(f"2024年全县葡萄的产量是{n + 1}千吨。\n", encoding="utf-8")
        index_sources(settings, [articles])
        ask(live)
    gc.collect()
    links = [str(p.readlink()) for p in Path("/proc/self/fd").iterdir() if p.is_symlink()]
    held = {link.partition("generations/")[2][:6] for link in links if str(settings.library) in link}
    assert held == {live.library.folder.name}


def test_an_assistant_is_made_once_for_a_generation(settings: Settings, articles: Path) -> None:
    live = open_live_assistant(settings)
    (articles / "一.txt").write_text("2024年全县葡萄的产量是八千吨。\n", encoding="utf-8")
    index_sources(settings, [articles])
    made: list[Library] = []
    make = live._make

    def slowly(library: Library) -> Assistant:
        made.append(library)
        time.sleep(0.2)
        return make(library)

    live._make = slowly
    found: list[Assistant] = []
    threads = [threading.Thread(target=lambda: found.append(live.now())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({id(a) for a in found}) == 1


def test_a_notice_belongs_to_its_generation(live: LiveAssistant, settings: Settings, articles: Path) -> None:
    stream = live.stream(QUESTION)
    next(stream)
    (articles / "一.txt").write_text("2024年全县葡萄的产量是八千吨。\n", encoding="utf-8")
    *_, old = stream
    index_sources(settings, [articles])
    assert isinstance(old, Answer)
    assert "改过" in old.notices[-1]
    assert ask(live).notices == ()


def test_a_source_that_may_not_be_read_is_no_failure(
    live: LiveAssistant, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(record: SourceRecord, path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(SourceRecord, "is_as_read", closed)
    assert "七千吨" in ask(live).text


def test_while_one_thread_looks_at_the_sources_others_answer(
    live: LiveAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, go_on = threading.Event(), threading.Event()

    def slowly(watch: SourceWatch) -> list[str]:
        looking.set()
        go_on.wait(20)
        return []

    monkeypatch.setattr(SourceWatch, "changed", slowly)
    first = threading.Thread(target=lambda: ask(live))
    first.start()
    assert looking.wait(20)
    assert "七千吨" in ask(live).text
    go_on.set()
    first.join()
