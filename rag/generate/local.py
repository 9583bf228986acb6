"""A local LLM: any causal language model of transformers, by name or path, with its chat template."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import Empty
from typing import Any, Self

from rag.errors import ConfigError, GeneratorError, ModelError, first_line
from rag.generate.base import no_article
from rag.generate.markers_in_range import MarkersInRange
from rag.generate.passages import READING, as_drafted, passages
from rag.generate.prompts import (
    Message,
    answer_messages,
    rewrite_messages,
    rewritten,
    translated,
    translation_messages,
    without_reasoning,
)
from rag.offline import may_download
from rag.schema import Article, Evidence, Paragraph, Turn

__all__ = ["PRECISIONS", "LocalGenerator"]

PRECISIONS = ("auto", "float32", "bfloat16", "float16", "int8")
_MOST_TOKENS = 512  # of a draft
_MOST_THINKING = 1536  # tokens more, where a model thinks before it writes
_MOST_CONTEXT = 16_384  # tokens, where a model takes more
_UNKNOWN_CONTEXT = 4_096
_THINKS = "<think>"  # in the chat template of models that do
_GGUF = ".gguf"


class LocalGenerator:
    """Drafts with a model in this process, one draft at a time.

    What two prompts in a row begin with alike (the rules, the conversation) is computed once: its keys and values stay.
    """

    def __init__(
        self,
        name: str,
        article_of: Callable[[Paragraph], Article] = no_article,
        *,
        device: str | None = None,
        precision: str = "auto",
        seconds: float = 120.0,
        temperature: float = 0.0,
        reading: int = READING,
    ) -> None:
        """Load the model; `reading` is how many characters of the evidence it is given.

        Raises ModelError when it is not there or is no language model, ConfigError.
        """
        if precision not in PRECISIONS:
            raise ConfigError(f"precision is {precision!r}: expected one of {', '.join(PRECISIONS)}")
        self.name = f"transformers:{name}"
        self._article_of = article_of
        self._seconds, self._temperature, self._reading = seconds, temperature, reading
        self._device = device or _best_device()
        self._tokenizer, self._model = _load(name, self._device, precision)
        self.fingerprint = hashlib.sha256(
            f"{_weights(self._model)} {precision} {temperature} {reading} prompts-2".encode()
        ).hexdigest()[:16]
        longest = getattr(self._model.config, "max_position_embeddings", None) or _UNKNOWN_CONTEXT
        self._room = min(int(longest), _MOST_CONTEXT)  # tokens of prompt and draft
        thinks = _THINKS in (getattr(self._tokenizer, "chat_template", None) or "")
        self._most = min(_MOST_TOKENS + thinks * _MOST_THINKING, self._room // 4)
        ends = self._model.generation_config.eos_token_id
        self._ends = frozenset(ends if isinstance(ends, list) else [ends])
        self._markers = MarkersInRange(_token_texts(self._tokenizer))
        self._lock = threading.Lock()
        self._kept: tuple[list[int], Any] = ([], None)  # the tokens of the last prompt, and their keys and values
        self._drafts = 0
        self._cut_off = False  # the last draft had not ended

    def over(self, article_of: Callable[[Paragraph], Article]) -> Self:
        """Return a generator for another library, with the same model; the two draft in turn."""
        other = copy(self)
        other._article_of = article_of
        other._kept = ([], None)  # each has its own, they are changed in place
        return other

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        """Stream a draft. Raises GeneratorError when the model fails or takes too long."""
        self._drafts += 1
        given = passages(evidence, [self._article_of(e.paragraph) for e in evidence], self._reading)
        last = given[-1].sentences[-1][0]
        yield from as_drafted(self._written(answer_messages(question, given, history), last), given)

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """Make a follow-up stand alone. Raises GeneratorError."""
        return rewritten("".join(self._written(rewrite_messages(question, history), 0)), question)

    def translate(self, sentences: Sequence[str], question: str) -> list[str]:
        """Put sentences into the language of a question. Raises GeneratorError."""
        return translated("".join(self._written(translation_messages(sentences, question), 0)), len(sentences))

    def _written(self, messages: list[Message], most: int) -> Iterator[str]:
        prompt = self._prompt(messages)
        thinking = prompt.rstrip().endswith("<think>")
        ids = self._encoded(prompt)
        if len(ids) > self._room - self._most:
            raise GeneratorError(
                f"{self.name} takes {self._room - self._most} tokens, the question with its passages has {len(ids)}: "
                "ask more shortly, set --reading to fewer characters, or choose another model"
            )
        yield from without_reasoning(self._stream(ids, most), open_already=thinking)

    def _stream(self, ids: list[int], passages: int) -> Iterator[str]:
        """Decode in a thread of its own; closing the iterator stops it."""
        from transformers import TextIteratorStreamer

        if len(ids) > self._room - self._most:
            raise GeneratorError(
                f"question and passage have {len(ids)} tokens, more than {self._room - self._most} that {self.name} "
                "takes: ask in fewer words, lower --passages, or choose a model with a longer context"
            )
        began = 0.0  # set when its turn has come: others may draft before it
        stop = threading.Event()
        streamer: Any = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, timeout=self._seconds, skip_special_tokens=True
        )
        failed: list[Exception] = []

        def work() -> None:
            try:
                self._generate(
                    ids, passages, streamer, lambda: stop.is_set() or time.monotonic() - began > self._seconds
                )
            except Exception as error:  # noqa: BLE001 - told below, in the thread that waits
                failed.append(error)
            finally:
                streamer.end()

        with self._lock:
            began = time.monotonic()
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            try:
                yield from streamer
            except Empty as error:
                raise GeneratorError(self._late()) from error
            finally:
                stop.set()
                thread.join()
            cut_off = self._cut_off
        if failed:
            raise GeneratorError(
                f"{self.name} failed while it was drafting ({first_line(failed[0])}): try a smaller model, "
                "--device cpu, or --generator extractive"
            ) from failed[0]
        if time.monotonic() - began > self._seconds:
            raise GeneratorError(self._late())
        if cut_off:
            raise GeneratorError(
                f"{self.name} was cut off after {self._most} tokens: ask for less at once, or choose another model"
            )

    def _generate(self, ids: list[int], passages: int, streamer: Any, should_stop: Callable[[], bool]) -> None:
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

        before, kept = self._kept
        self._kept = ([], None)  # whatever happens below, half a cache is never used
        shared = _shared(before, ids)
        cache = kept if shared and _cropped(kept, shared) else None
        chosen: dict[str, Any] = {"do_sample": False}
        if self._temperature > 0:
            torch.manual_seed(self._drafts)
            chosen = {"do_sample": True, "temperature": self._temperature, "top_p": 0.95}
        prompt = torch.tensor([ids], device=self._device)
        made = self._model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            **{_cache_name(): cache},
            max_new_tokens=self._most,
            streamer=streamer,
            return_dict_in_generate=True,
            logits_processor=LogitsProcessorList([self._markers.bound(self._tokenizer, len(ids), passages)]),
            stopping_criteria=StoppingCriteriaList(
                [lambda i, _s, **_k: torch.full((len(i),), should_stop(), device=i.device)]
            ),
            pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
            **chosen,
        )
        self._kept = (ids, made[_cache_name()])
        written = made.sequences[0][len(ids) :]
        self._cut_off = len(written) >= self._most and int(written[-1]) not in self._ends

    def _prompt(self, messages: list[Message]) -> str:
        if getattr(self._tokenizer, "chat_template", None):
            try:
                prompt: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            except Exception as error:
                if messages[0]["role"] == "system":  # some templates know no system role
                    first = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
                    return self._prompt([first, *messages[2:]])
                raise GeneratorError(
                    f"the chat template of {self.name} can't be used ({first_line(error)}): choose another model"
                ) from error
            return prompt
        return "\n\n".join(m["content"] for m in messages) + "\n\n"

    def _encoded(self, prompt: str) -> list[int]:
        special = not getattr(self._tokenizer, "chat_template", None)
        ids: list[int] = self._tokenizer(prompt, add_special_tokens=special)["input_ids"]
        return ids

    def _ids(self, messages: list[Message]) -> list[int]:
        return self._encoded(self._prompt(messages))

    def _late(self) -> str:
        return (
            f"{self.name} did not end within {self._seconds:g} s: choose a smaller model, set --precision int8, "
            "or raise --seconds"
        )


def _load(name: str, device: str, precision: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    kind = precision
    if precision == "auto":
        kind = ("bfloat16" if torch.cuda.is_bf16_supported() else "float16") if device.startswith("cuda") else "float32"
    if kind == "int8" and device != "cpu":
        raise ConfigError(f"precision int8 is for the CPU, device is {device}: choose another, or --device cpu")
    where: dict[str, Any] = {"local_files_only": not may_download(), "trust_remote_code": False}
    place = name
    if name.lower().endswith(_GGUF):  # one file: its weights are unpacked when it is loaded
        file = Path(name)
        if not file.is_file():
            raise ModelError(f"language model {name!r} is not there: give the path of a {_GGUF} file")
        if find_spec("gguf") is None or find_spec("accelerate") is None:
            raise ModelError(f"a {_GGUF} file needs two packages more: `pip install 'yinju[gguf]'`")
        place, where["gguf_file"] = str(file.parent), file.name
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, **where)
        model: Any = AutoModelForCausalLM.from_pretrained(
            place, dtype=torch.float32 if kind == "int8" else getattr(torch, kind), use_safetensors=True, **where
        )
        model.eval()
        if kind == "int8" and device == "cpu":
            model = _quantized(model)
        model = model.to(device)
    except Exception as error:
        raise ModelError(
            f"language model {name!r} can't be loaded ({first_line(error)}): give a folder or a .gguf file of a causal "
            "language model, set YINJU_DOWNLOAD=1 to fetch it from the hub once, or --generator extractive"
        ) from error
    return tokenizer, model


def _cache_name() -> str:
    """Give what `generate` calls keys and values: past_key_values, since transformers 5.24 cache."""
    from transformers.generation.utils import GenerateDecoderOnlyOutput

    return "cache" if "cache" in {f.name for f in fields(GenerateDecoderOnlyOutput)} else "past_key_values"


def _quantized(model: Any) -> Any:
    """Keep the weights of linear layers in 8 bits, for the CPU."""
    import warnings

    torch: Any = import_module("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is deprecated: its successor is a package of its own
        return torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def _best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _weights(model: Any) -> str:
    """Give a digest of the configuration and of a few weights of every layer: hashing gigabytes would take minutes."""
    digest = hashlib.sha256(model.config.to_json_string().encode())
    for key, value in sorted(model.state_dict().items()):
        digest.update(key.encode())
        if hasattr(value, "flatten") and not value.is_quantized:
            digest.update(value.flatten()[:64].float().cpu().numpy().tobytes())
    return digest.hexdigest()


def _token_texts(tokenizer: Any) -> list[str]:
    """Give the text of every token, as far as brackets and figures go."""
    found = [""] * len(tokenizer)
    for token, number in tokenizer.get_vocab().items():
        if number < len(found):
            found[number] = token.replace("▁", " ").replace("Ġ", " ")
    return found


def _shared(before: Sequence[int], ids: Sequence[int]) -> int:
    """Count the tokens that two prompts begin with alike; one at least is left to compute."""
    count = 0
    for a, b in zip(before, ids[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


def _cropped(cache: Any, length: int) -> bool:
    """Cut a cache down to its first tokens; False where this kind of cache can't be cut."""
    layers = getattr(cache, "layers", None)
    if not layers or not hasattr(cache, "crop") or any(getattr(layer, "is_sliding", False) for layer in layers):
        return False
    surplus = int(cache.get_seq_length()) - length
    if surplus > 0:
        cache.crop(-surplus)
    return bool(cache.get_seq_length() == length)
