"""What may be asked of the page's functions."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.web.calls import BadCall, Calls, _Function

CALLS = Calls(
    {
        1: _Function(("textbox",), frozenset({7}), False),
        2: _Function((), frozenset({5}), True),
        3: _Function(("state", "checkboxgroup"), frozenset({9}), False),
    }
)
PLAIN = {"data": ["问"], "event_data": None, "fn_index": 1, "trigger_id": 7, "session_hash": "abc1"}


def parse(**fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CALLS.parse(json.dumps({**PLAIN, **fields}).encode()).body)
    return found


def test_known_fields_pass_and_others_are_dropped() -> None:
    assert parse(oauth_token="x", batched=True, simple_format=True, event_id="e") == PLAIN
    assert parse(event_data={"a": [1]}) == PLAIN  # of a function that takes none
    clicked = {"fn_index": 2, "trigger_id": 5, "data": [], "event_data": {"paragraph": "p", "start": "1"}}
    assert parse(**clicked) == {**PLAIN, **clicked}
    labelled = {"fn_index": 3, "trigger_id": 9, "data": [None, ["1. 甲"]]}
    assert parse(**labelled) == {**PLAIN, **labelled}


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert parse(data=["a\ud800b"])["data"] == ["a\ufffdb"]
    assert parse(fn_index=2, trigger_id=5, data=[], event_data={"\udc00": "\udfff"})["event_data"] == {
        "\ufffd": "\ufffd"
    }
    assert parse(data=["😀"])["data"] == ["😀"]


@pytest.mark.parametrize(
    "event",
    [
        *(
            [],
            "x",
            1,
            True,
            {"a": {}},
            {"a": [1]},
            {str(n): n for n in range(9)},
            {"a": float("nan")},
            {"a": float("-inf")},
        ),
        {"a": {"b": {"c": [None]}}},
    ],
)
def test_odd_event_data_is_refused(event: object) -> None:
    with pytest.raises(BadCall, match=r"event_data|JSON"):
        parse(fn_index=2, trigger_id=5, data=[], event_data=event)


def test_an_input_of_an_unknown_kind_stops_the_start() -> None:
    class Block:
        def get_block_name(self) -> str:
            return "file"

    class Function:
        inputs, targets, collects_event_data = [Block()], [(1, "click")], False

    class Page:
        def __init__(self) -> None:
            self.fns = {0: Function()}

    with pytest.raises(TypeError, match="file"):
        Calls.of(Page())


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = SCALAR | st.lists(SCALAR, max_size=3) | st.dictionaries(st.text(max_size=3), SCALAR, max_size=3)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), JSON), st.binary(max_size=30))
def test_whatever_comes_is_a_call_or_refused_in_one_line(fields: dict[str, Any], raw: bytes) -> None:
    for body in (json.dumps({**PLAIN, **fields}).encode(), raw):
        told = ""
        try:
            CALLS.parse(body).body.decode("ascii")
        except BadCall as error:
            told = str(error)
        assert "\n" not in told
