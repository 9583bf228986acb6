"""Conversations are bounded, and gone when nobody goes on with them."""

import pytest

from ui.conversations import Busy, Conversations
from ui.exchange import Exchange


def questions(conversations: Conversations, session: str) -> list[str]:
    return [e.question for e in conversations.of(session)]


def test_the_last_exchanges_are_kept() -> None:
    conversations = Conversations(exchanges=3)
    conversations.keep("a", [Exchange(str(n), error="x") for n in range(5)])
    assert questions(conversations, "a") == ["2", "3", "4"]


def test_a_conversation_has_so_many_characters_and_at_least_the_last_exchange() -> None:
    conversations = Conversations(chars=10)
    conversations.keep("a", [Exchange("问" * 4), Exchange("问" * 4), Exchange("问" * 5)])
    assert questions(conversations, "a") == ["问" * 4, "问" * 5]  # 4 + 5 <= 10 < 4 + 4 + 5
    conversations.keep("a", [Exchange("问"), Exchange("问" * 50)])
    assert questions(conversations, "a") == ["问" * 50]


def test_the_conversations_used_last_are_kept() -> None:
    conversations = Conversations(most=2)
    for session in "abac":
        conversations.keep(session, [Exchange(session)])
    assert [questions(conversations, s) for s in "abc"] == [["a"], [], ["c"]]
    assert len(conversations) == 2


def test_what_is_not_gone_on_with_is_forgotten() -> None:
    now = [0.0]
    conversations = Conversations(idle_seconds=60, clock=lambda: now[0])
    conversations.keep("a", [Exchange("a")])
    now[0] = 50
    conversations.keep("b", [Exchange("b")])
    now[0] = 61
    assert (questions(conversations, "a"), questions(conversations, "b")) == ([], ["b"])
    conversations.forget("b")
    assert len(conversations) == 0


def test_one_question_at_a_time() -> None:
    conversations = Conversations()
    with conversations.question("a") as before:
        assert before.exchanges == ()
        with pytest.raises(Busy), conversations.question("a"):
            pass
        with conversations.question("b"):
            pass
        conversations.keep("a", [Exchange("x")], "panel")
    with conversations.question("a") as before:
        assert ([e.question for e in before.exchanges], before.panel) == (["x"], "panel")
    conversations.show("a", "other")
    with conversations.question("a") as before:
        assert before.panel == "other"
    conversations.show("nobody", "x")
    assert conversations.of("nobody") == ()
