"""What the page may ask its functions: the known ones, with data of the expected shape."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Self

__all__ = ["BadCall", "Call", "Calls"]

_SESSION = re.compile(r"[a-z0-9]{3,40}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_FIELDS = 8  # of event data
_MOST_CHOICES = 200  # of a list of check boxes


class BadCall(Exception):
    """What was posted is no call of the page."""

    def __init__(self, what: str) -> None:
        super().__init__(f"请求无效 · not a request of this page: {what}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, in its plain form."""

    session: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Function:
    inputs: tuple[str, ...]  # kinds of components
    triggers: frozenset[int]
    takes_event: bool


class Calls:
    """The functions of a page that may be called."""

    def __init__(self, functions: Mapping[int, _Function]) -> None:
        self._functions = functions

    @classmethod
    def of(cls, page: Any) -> Self:
        """Read the functions of a page. Raises TypeError for an input of a kind that no shape is known of."""
        functions = {}
        for number, function in page.fns.items():
            inputs = tuple(block.get_block_name() for block in function.inputs)
            unknown = set(inputs) - set(_SHAPES)
            if unknown:
                raise TypeError(f"no shape is known of the inputs {sorted(unknown)}: add one in rag/web/calls.py")
            triggers = frozenset(target for target, _ in function.targets if target is not None)
            functions[number] = _Function(inputs, triggers, bool(function.collects_event_data))
        return cls(functions)

    def parse(self, body: bytes) -> Call:
        """Check a body and return it with its known fields alone. Raises BadCall."""
        sent = _json(body)
        if not isinstance(sent, dict):
            raise BadCall("expected an object")
        session, number, trigger = sent.get("session_hash"), sent.get("fn_index"), sent.get("trigger_id")
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            raise BadCall("session_hash")
        function = self._functions.get(number) if type(number) is int else None
        if function is None:
            raise BadCall("fn_index")
        if trigger is not None and (type(trigger) is not int or trigger not in function.triggers):
            raise BadCall("trigger_id")
        data = sent.get("data")
        if not isinstance(data, list) or len(data) != len(function.inputs):
            raise BadCall("data")
        if not all(_SHAPES[kind](value) for kind, value in zip(function.inputs, data, strict=True)):
            raise BadCall("data")
        event = sent.get("event_data") if function.takes_event else None
        if not _is_flat(event):
            raise BadCall("event_data")
        plain = {
            "data": [_whole(value) for value in data],
            "event_data": _whole(event),
            "fn_index": number,
            "trigger_id": trigger,
            "session_hash": session,
        }
        return Call(session, json.dumps(plain).encode())


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadCall("expected JSON in UTF-8") from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _whole(value: Any) -> Any:
    """Return a value with U+FFFD for each half of a surrogate pair, which no file or stream can hold."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(v) for v in value]
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    return value


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_null(value: Any) -> bool:
    return value is None


def _is_choices(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and len(value) <= _MOST_CHOICES and all(isinstance(v, str) for v in value)
    )


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _is_flat(event: Any) -> bool:
    return event is None or (
        isinstance(event, dict) and len(event) <= _MOST_FIELDS and all(map(_is_scalar, event.values()))
    )


# What the page sends for a component; the value of a state stays on the server.
_SHAPES = {"textbox": _is_text, "state": _is_null, "checkboxgroup": _is_choices}
