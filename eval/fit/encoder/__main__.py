"""Train a bilingual sentence encoder from an English one and open data; goes on where it was interrupted.

python -m eval.fit.encoder TRAIN_FOLDER DEV_FOLDER all-MiniLM-L6-v2 OUT
"""

import argparse
import json
import time
from pathlib import Path

import torch

from eval.fit.encoder.export import write_encoder
from eval.fit.encoder.initial import initial_table
from eval.fit.encoder.loop import Rates, run_stage
from eval.fit.encoder.stages import Distillation, Meeting, Ranking, meetings, ranked_batches
from eval.fit.encoder.student import bilingual_encoder, english_encoder
from eval.fit.encoder.texts import chinese_texts, parallel_texts, ranked_questions
from eval.fit.encoder.vocabulary import bilingual_vocabulary
from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder, StaticFiles

_PIECES = 30_000  # Chinese ones
_DISTILLATION = Rates(pieces=5e-4, layers=1e-4)
_RANKING = Rates(pieces=1e-4, layers=3e-5)
_RANKED_WEIGHT = 0.7  # of the second stage's weights beside the first one's (model soups, arXiv 2203.05482)


def main() -> None:
    """Train, and write the encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, help="folder of training corpora")
    parser.add_argument("dev", type=Path, help="folder with cmrc2018/ and drcd/")
    parser.add_argument("english", type=Path, help="all-MiniLM-L6-v2, or another BERT sentence encoder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=1, help="over parallel texts, each drawn anew")
    parser.add_argument("--ranked-epochs", type=int, default=2, help="over the questions")
    parser.add_argument("--seed", type=int, default=0)
    settings = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(settings.seed)
    began = time.monotonic()
    settings.out.mkdir(parents=True, exist_ok=True)
    teacher = english_encoder(settings.english).to(device)
    static = StaticEmbedder(bundled_folder())
    vocabulary = bilingual_vocabulary(
        (settings.english / "tokenizer.json").read_bytes(),
        (static.folder / StaticFiles().tokenizer).read_bytes(),
        chinese_texts(settings.train),
        _PIECES,
    )
    table = initial_table(vocabulary, teacher.bert.embeddings.word_embeddings.weight.detach().cpu().numpy(), static)
    student = bilingual_encoder(teacher.bert, table, vocabulary.tokenizer).to(device)

    distillation = Distillation(student, teacher)
    batches: list[Meeting] = []
    for epoch in range(settings.epochs):
        seed = settings.seed + epoch
        some = meetings(parallel_texts(settings.train, seed), seed)
        stage = f"parallel texts {epoch + 1}"
        run_stage(stage, student, some, distillation, _DISTILLATION, settings.out / f"parallel-{epoch + 1}.checkpoint")
        batches += some
    distilled = {name: tensor.detach().clone() for name, tensor in student.bert.state_dict().items()}
    questions = ranked_questions(settings.train, settings.dev, settings.seed)
    ranked = ranked_batches(questions, batches, settings.ranked_epochs, settings.seed)
    ranking = Ranking(student, distillation)
    run_stage("questions", student, ranked, ranking, _RANKING, settings.out / "questions.checkpoint")
    tuned = student.bert.state_dict()
    student.bert.load_state_dict({n: distilled[n].lerp(tuned[n], _RANKED_WEIGHT) for n in tuned})
    facts = {
        "hours": round((time.monotonic() - began) / 3600, 2),
        "device": device,
        "parallel texts": sum(len(b.chinese) for b in batches),
        "questions": sum(map(len, questions)),
        "batches": [len(batches), len(ranked)],
        "pieces": len(vocabulary.pieces),
        "seed": settings.seed,
    }
    (settings.out / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    write_encoder(student, vocabulary.tokenizer, settings.out)


if __name__ == "__main__":
    main()
