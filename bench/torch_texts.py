"""Text models as transformers (BERT, GPT-2) and torch.nn (an encoder with a decoder) have them, for bench/methods.ts: sizes of the example files, no dropout."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

BATCH = 32


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        config = BertConfig(
            vocab_size=2000, hidden_size=128, num_hidden_layers=3, num_attention_heads=4, intermediate_size=512, max_position_embeddings=64,
            type_vocab_size=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )
        self.model = BertForMaskedLM(config)
        self.tokens = torch.randint(5, 2000, (BATCH, 64))
        hidden = torch.zeros(BATCH, 64, dtype=torch.bool).scatter_(1, torch.rand(BATCH, 64).argsort(1)[:, :10], True)
        self.labels = torch.where(hidden, self.tokens, -100)
        self.seen = torch.where(hidden, 4, self.tokens)

    def forward(self, _):
        return self.model(input_ids=self.seen, labels=self.labels).loss


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        config = GPT2Config(
            vocab_size=1000, n_embd=128, n_layer=3, n_head=4, n_positions=64, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, use_cache=False,
        )
        self.model = GPT2LMHeadModel(config)
        self.tokens = torch.randint(1000, (BATCH, 65))

    def forward(self, _):
        logits = self.model(input_ids=self.tokens[:, :-1]).logits
        return F.cross_entropy(logits.flatten(0, 1), self.tokens[:, 1:].flatten())


class T5(nn.Module):
    """T5's objective with learned positions, as the example has it: three spans of 64 tokens are left out."""

    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(1003, 128), nn.Embedding(64, 128)
        self.model = nn.Transformer(128, 4, 3, 3, 512, dropout=0.0, batch_first=True, norm_first=True)
        self.input, self.target = torch.randint(1003, (BATCH, 58)), torch.randint(1003, (BATCH, 14))

    def embed(self, tokens):
        return self.words(tokens) + self.places.weight[: tokens.shape[1]]

    def forward(self, _):
        before = F.pad(self.target[:, :-1], (1, 0), value=1)
        causal = nn.Transformer.generate_square_subsequent_mask(before.shape[1])
        y = self.model(self.embed(self.input), self.embed(before), tgt_mask=causal, tgt_is_causal=True)
        return F.cross_entropy((y @ self.words.weight.T).flatten(0, 1), self.target.flatten())


MODELS = {"bert": Bert, "gpt": Gpt, "t5": T5}
