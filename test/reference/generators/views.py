"""Views of sounds by torchaudio and masks of tokens by transformers' collator, given what is drawn; T5's span corruption by its definition."""

import random
from unittest import mock

import torch
import torchaudio.functional as AF
from tokenizers import Tokenizer, models
from transformers import DataCollatorForLanguageModeling, PreTrainedTokenizerFast

from common import Draw, write

CONVENTIONS = (
    "gain: torchaudio.functional.gain. noise: torchaudio.functional.add_noise. runs: torchaudio.functional.mask_along_axis of x [frames, bands], along frames (`time`) and bands (`frequency`), "
    "its draws set so that the run has the given start and length, the mask's value the mean of x. mask: DataCollatorForLanguageModeling (15 %, 80/10/10) with its draws given: `chosen` the positions, `choice` in "
    "0..1 what happens to them, `other` the ids for those that become another; ids below `special` are special tokens. spans: T5 (Raffel et al. 2020): `kept_starts` and `gone_starts` say where segments begin, the first at 0; "
    "`out` are the positions that are left out, `input` and `target` what the model reads and writes; sentinels are vocab - 1, vocab - 2 and so on."
)


def masked_run(x, axis, start, length):
    """What mask_along_axis gives where it draws this run: it takes floor(u1 * param) for the length and floor(u2 * (size - u1 * param)) for the start."""
    size = x.shape[axis]
    param = size
    first = (length + 0.25) / param
    second = (start + 0.25) / (size - first * param)
    with mock.patch.object(torch, "rand", side_effect=[torch.tensor([first]), torch.tensor([second])]):
        return AF.mask_along_axis(x[None].transpose(1, 2), param, float(x.mean()), 2 - axis)[0].T


def masked_tokens(x, chosen, choice, other, vocab, mask, special):
    words = Tokenizer(models.WordLevel({f"[{i}]": i for i in range(vocab)}, unk_token="[0]"))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, mask_token=f"[{mask}]", pad_token="[0]", additional_special_tokens=[f"[{i}]" for i in range(1, special) if i != mask]
    )
    collator = DataCollatorForLanguageModeling(tokenizer, mlm=True, mlm_probability=0.15)

    def bernoulli(probability, generator=None, calls=[]):
        calls.append(probability)
        if len(calls) == 1:
            # Special tokens are never among them.
            assert ((probability == 0) == (x < special)).all()
            return chosen[None].to(torch.float32)
        # Of the others, half becomes another id.
        return (choice < 0.8 if len(calls) == 2 else choice < 0.9)[None].to(torch.float32)

    with mock.patch.object(torch, "bernoulli", side_effect=bernoulli), mock.patch.object(torch, "randint", side_effect=lambda *_, **__: other[None]):
        batch = collator([{"input_ids": x.tolist()}])
    hidden = (batch["labels"][0] != -100).nonzero()[:, 0]
    assert (batch["labels"][0][hidden] == x[hidden]).all()
    return batch["input_ids"][0], hidden


def starts(generator, total, parts):
    """So many segments, none empty."""
    chosen = set(generator.sample(range(1, total), parts - 1))
    return [int(i in chosen) for i in range(total)]


def corrupted(x, kept_starts, gone_starts, vocab, end):
    kept, gone, out, source, target = segments(kept_starts), segments(gone_starts), [], [], []
    tokens = iter(x)
    for number, (left, taken) in enumerate(zip(kept, gone)):
        sentinel = vocab - 1 - number
        # The target's sentinels stand for what is kept there: the spans that are read.
        source += [next(tokens) for _ in range(left)] + [sentinel]
        target += [sentinel] + [next(tokens) for _ in range(taken)]
        out += [0] * left + [1] * taken
    return out, source + [end], target + [end]


def segments(marks):
    lengths = [0]
    for mark in marks:
        if mark:
            lengths.append(0)
        lengths[-1] += 1
    return lengths


def main():
    draw = Draw(23)
    sound, other = draw.normal(80, scale=0.3), draw.normal(80, scale=0.7)
    x = draw.normal(9, 6)
    vocab, mask, special = 60, 4, 5
    tokens = draw.permutation(vocab)[:40]
    chosen = (draw.uniform(40) < 0.6) & (tokens >= special)
    choice, others = draw.permutation(40) / 40, special + draw.permutation(vocab - special)[:40]
    hidden_tokens, hidden = masked_tokens(tokens, chosen, choice, others, vocab, mask, special)
    generator = random.Random(29)
    spans = []
    for n, gone, parts in ((60, 9, 3), (33, 5, 2), (20, 3, 1)):
        text = [generator.randrange(2, 150) for _ in range(n)]
        kept_starts, gone_starts = starts(generator, n - gone, parts), starts(generator, gone, parts)
        out, source, target = corrupted(text, kept_starts, gone_starts, 200, 1)
        spans.append({"x": text, "parts": parts, "kept_starts": kept_starts, "gone_starts": gone_starts, "out": out, "input": source, "target": target})
    write(
        "views",
        {
            "conventions": CONVENTIONS,
            "x": sound,
            "other": other,
            "gain": [{"decibels": d, "out": AF.gain(sound, d)} for d in (-6.0, 3.5)],
            "noise": [{"snr": s, "out": AF.add_noise(sound, other, torch.tensor(s))} for s in (10.0, 27.5)],
            "spectrogram": x,
            "runs": [
                {"axis": name, "start": start, "length": length, "out": masked_run(x, axis, start, length)}
                for axis, name, runs in ((0, "time", ((0, 3), (4, 5), (8, 1), (2, 0))), (1, "frequency", ((0, 1), (2, 4))))
                for start, length in runs
            ],
            "mask": {"vocab": vocab, "mask": mask, "special": special, "x": tokens, "chosen": chosen.to(torch.int64), "choice": choice, "other": others, "tokens": hidden_tokens, "hidden": hidden},
            "spans": {"vocab": 200, "end": 1, "texts": spans},
        },
    )
