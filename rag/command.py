"""What a subcommand of `yinju` is; the web page and evaluation add theirs by the entry point `yinju.commands`."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ANSWERING", "Command", "add_settings", "settings_flags"]

# What an assistant is made of.
ANSWERING = (
    *("library", "seeds", "embedder", "encoder", "reranker", "generator", "entailment", "translator"),
    *("passages", "reading", "drafts", "seconds", "precision", "device"),
)
_FLAGS = {
    "library": "folder of the library (default .yinju/library)",
    "seeds": "folder of articles from which the library is built on first use (default seeds)",
    "embedder": "bundled, or any sentence-transformers model by name or path",
    "encoder": "bundled, none (faster; answers fewer questions right), or the folder of a sentence encoder in ONNX",
    "reranker": "none, or any cross-encoder of sentence-transformers by name or path",
    "generator": "extractive, transformers:NAME_OR_PATH, or server:URL#MODEL (key in YINJU_API_KEY)",
    "translator": "none, or a model as for --generator, for what is shown in another language than the question's",
    "entailment": "none, or any NLI cross-encoder by name or path, to judge support instead of the built-in check",
    "passages": "how many paragraphs the generator gets (default 8)",
    "reading": "how many characters of them a language model reads (default 800)",
    "drafts": "careful mode: of so many drafts the best supported one is kept (default 1)",
    "seconds": "how long an LLM may take (default 120)",
    "precision": "of a local LLM: auto, float32, bfloat16, float16, int8 (default auto)",
    "device": "device for models: cpu, cuda, …",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand; heavy imports belong inside `run`."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the flags of these settings."""
    group = parser.add_argument_group("settings (also in yinju.toml and as YINJU_… in the environment)")
    for name in names:
        group.add_argument(f"--{name}", metavar=name.upper(), help=_FLAGS[name])


def settings_flags(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Give the settings among parsed arguments; None where a flag was not given."""
    return {name: getattr(arguments, name) for name in _FLAGS if hasattr(arguments, name)}
