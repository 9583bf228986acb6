"""Write a trained encoder: a sentence-transformers folder in float32, and one in int8 for onnxruntime."""

import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel, PreTrainedTokenizerFast

from eval.fit.encoder.student import Encoder
from eval.fit.encoder.vocabulary import CONTROL_PIECES
from rag.embed.contextual import EncoderFiles

__all__ = ["write_encoder"]

_MOST_PIECES = 256  # of a text, as sentence-transformers is to cut it
_OPSET = 17


class _States(nn.Module):
    """The last hidden states alone, as sentence-transformers expects of an ONNX model.

    With `rows_int8` the pieces' vectors are int8 with one scale a row; quantised as a whole, rare long ones would cost
    the others their figures.
    """

    def __init__(self, bert: BertModel, *, rows_int8: bool) -> None:
        super().__init__()
        self.bert = bert
        self.rows_int8 = rows_int8
        table = bert.embeddings.word_embeddings.weight.detach()
        scales = table.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
        self.register_buffer("table", (table / scales).round().to(torch.int8))
        self.register_buffer("scales", scales)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        if self.rows_int8:
            rows = self.table[input_ids].to(torch.float32) * self.scales[input_ids]  # type: ignore[index]
            states: Tensor = self.bert(inputs_embeds=rows, attention_mask=attention_mask).last_hidden_state
        else:
            states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return states


def write_encoder(student: Encoder, tokenizer: bytes, out: Path) -> None:
    """Write `out`/float32 (torch and ONNX) and `out`/int8 (ONNX alone, its weights 8 bits with one scale a column)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole, small = out / "float32", out / "int8"
    names = EncoderFiles()
    bert = student.bert.cpu()
    for folder in (whole, small):
        shutil.rmtree(folder, ignore_errors=True)
        _write_around(folder, bert, tokenizer)
    bert.embeddings.word_embeddings.sparse = False
    bert.save_pretrained(whole)
    plain = BertModel.from_pretrained(whole, attn_implementation="eager", add_pooling_layer=False)
    _write_onnx(_States(plain, rows_int8=False), whole / names.model)
    with tempfile.TemporaryDirectory() as temporary:
        rows_int8 = Path(temporary) / "model.onnx"
        _write_onnx(_States(plain, rows_int8=True), rows_int8)
        # Unsigned: what multiplies signed weights overflows 16 bits on processors without VNNI.
        quantize_dynamic(
            rows_int8,
            small / names.model,
            weight_type=QuantType.QUInt8,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
        )


def _write_onnx(states: _States, path: Path) -> None:
    some = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "texts", 1: "pieces"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the newer exporter needs onnxscript
        torch.onnx.export(
            states.eval(),
            (some, some),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["last_hidden_state"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "last_hidden_state": axes},
            opset_version=_OPSET,
            dynamo=False,
        )


def _write_around(folder: Path, bert: BertModel, tokenizer: bytes) -> None:
    """Write what surrounds the weights in a sentence-transformers folder."""
    names = EncoderFiles()
    for inner in ((folder / names.model).parent, folder / "1_Pooling", folder / "2_Normalize"):
        inner.mkdir(parents=True)
    bert.config.save_pretrained(folder)
    (folder / names.tokenizer).write_bytes(tokenizer)
    pad, unknown, first, last = CONTROL_PIECES
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(folder / names.tokenizer),
        pad_token=pad,
        unk_token=unknown,
        cls_token=first,
        sep_token=last,
        model_max_length=_MOST_PIECES,
        model_input_names=["input_ids", "attention_mask"],
    )
    fast.save_pretrained(folder)
    (folder / names.tokenizer).write_bytes(tokenizer)  # as it was made, without what transformers adds
    stated = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    stated["tokenizer_class"] = "PreTrainedTokenizerFast"  # which transformers 4 knows as well as 5
    (folder / "tokenizer_config.json").write_text(json.dumps(stated, indent=1) + "\n", encoding="utf-8")
    package = "sentence_transformers.models"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": f"{package}.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.Normalize"},
    ]
    pooling = {"word_embedding_dimension": bert.config.hidden_size, "pooling_mode_mean_tokens": True}
    for name, content in (
        (names.modules, modules),
        ("1_Pooling/config.json", pooling),
        ("2_Normalize/config.json", {}),
        ("sentence_bert_config.json", {"max_seq_length": _MOST_PIECES, "do_lower_case": False}),
    ):
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
