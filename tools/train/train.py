"""The training loop. It knows nothing about the architecture: --model names the module that does.

    train.py CORPUS.txt TOKENIZER.json CHECKPOINT.pt [--minutes 55] [--resume] [--model model]
             [--start-from OTHER.pt]

A model module offers build(settings) -> nn.Module from ids [B, T] to logits [B, T, V], with
.config.context, and settings_of(module); also loss_of(module, inputs, targets), if it is not that
of the next token. The learning rate follows the share of the minutes that has passed, so the decay
ends in time on any machine.

Each worker process has one thread, its own rows and its own copy of the model; they average their
gradients before every step. On a busy machine that is much faster than many threads per product.
"""
import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse  # noqa: E402
import importlib  # noqa: E402
import math  # noqa: E402
import multiprocessing  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from bpe import Tokenizer  # noqa: E402

HELD_OUT = 32        # rows of full length that are never trained on
SAVE_SECONDS = 150
SHORT_PHASE = 0.75   # share of the time that is trained with rows of half the length: cheaper


def encode_corpus(path, tokenizer):
    """Corpus file -> int16 ids of all documents [N], cached next to it."""
    cache = path + ".ids.npy"
    if not os.path.exists(cache) or os.path.getmtime(cache) < os.path.getmtime(path):
        with open(path, encoding="ascii") as file:
            documents = file.read().split("<|endoftext|>\n")
        ids = []
        for document in documents[:-1]:
            ids.extend(tokenizer.encode(document))
            ids.append(tokenizer.end_of_text)
        np.save(cache, np.array(ids, dtype=np.int16))
    return np.load(cache)


def row_starts(ids, end_of_text, length):
    """Where rows begin so that each starts a document: a row that cuts its last document is
    followed by one that starts with that document again. -> [rows]"""
    ends = np.flatnonzero(ids == end_of_text) + 1
    starts, at = [], 0
    while at + length + 1 <= len(ids):
        starts.append(at)
        last = np.searchsorted(ends, at + length, side="right") - 1
        at = ends[last] if last >= 0 and ends[last] > at else at + length
    return np.array(starts)


class Rows:
    """The rows of one length in random order."""

    def __init__(self, ids, end_of_text, length, seed):
        self.ids, self.length = ids, length
        starts = row_starts(ids, end_of_text, length)
        self.starts = np.random.default_rng(seed).permutation(starts)

    def batch(self, first, count):
        """Rows first .. first + count of the order -> inputs [B, T], targets [B, T]"""
        chosen = [self.starts[(first + i) % len(self.starts)] for i in range(count)]
        rows = np.stack([self.ids[s:s + self.length + 1] for s in chosen])
        rows = torch.from_numpy(rows.astype(np.int64))
        return rows[:, :-1], rows[:, 1:]


def next_token_loss(model, inputs, targets):
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def learning_rate(share, top):
    """share of the time that has passed, 0..1; 2 % warm-up, then a cosine down to 2 %"""
    if share < 0.02:
        return top * (0.05 + 0.95 * share / 0.02)
    return top * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, (share - 0.02) / 0.98))))


def make_optimizer(model, top):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=top, betas=(0.9, 0.99))


def take_shared(model, checkpoint):
    """Starts from another trained model: takes its tensors of equal name and shape."""
    mine, theirs = model.state_dict(), torch.load(checkpoint)["weights"]
    shared = {name: tensor for name, tensor in theirs.items()
              if name in mine and mine[name].shape == tensor.shape}
    model.load_state_dict({**mine, **shared})


class Exchange:
    """Memory shared by the workers: gradients [workers, N], the clock, and a meeting point."""

    def __init__(self, workers, numbers):
        self.gradients = torch.zeros(workers, numbers).share_memory_()
        self.share = torch.zeros(1, dtype=torch.float64).share_memory_()
        self.barrier = multiprocessing.Barrier(workers)

    def average(self, rank, parameters):
        """Replaces the gradients of the parameters by their mean over the workers."""
        self.gradients[rank] = torch.cat([p.grad.flatten() for p in parameters])
        self.barrier.wait()
        mean, at = self.gradients.mean(0), 0
        for p in parameters:
            p.grad = mean[at:at + p.numel()].view_as(p)
            at += p.numel()
        share = self.share.item()
        self.barrier.wait()
        return share


class Worker:
    """One of the processes; number 0 also keeps the time, prints and saves."""

    def __init__(self, rank, args, maker, ids, tokenizer, exchange):
        torch.manual_seed(args.seed)
        self.rank, self.args, self.maker, self.exchange = rank, args, maker, exchange
        self.loss_of = getattr(maker, "loss_of", next_token_loss)
        old = torch.load(args.checkpoint) if args.resume else None
        self.model = maker.build(old["settings"] if old else None)
        self.optimizer = make_optimizer(self.model, args.rate)
        self.done = {"step": 0, "tokens": 0, "seconds": 0.0}
        if args.start_from and not old:
            take_shared(self.model, args.start_from)
        if old:
            self.model.load_state_dict(old["weights"])
            self.optimizer.load_state_dict(old["optimizer"])
            self.done = {key: old[key] for key in self.done}
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.begin = time.time() - self.done["seconds"]
        self.average = None
        length, end = self.model.config.context, tokenizer.end_of_text
        held_out = (HELD_OUT + 4) * length
        self.phases = [Rows(ids[:-held_out], end, n, args.seed) for n in (length // 2, length)]
        self.held_out = Rows(ids[-held_out:], end, length, args.seed)

    def share(self):
        """How much of the time has passed, 0..1"""
        return (time.time() - self.begin) / (60 * self.args.minutes)

    def step(self, share):
        """One step of the optimizer -> the share of the time by the clock of worker 0"""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(share, self.args.rate)
        rows = self.phases[share > SHORT_PHASE]
        count = max(1, self.args.tokens // rows.length)
        first = (self.done["step"] * self.args.workers + self.rank) * count
        inputs, targets = rows.batch(first, count)
        loss = self.loss_of(self.model, inputs, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.rank == 0:
            self.exchange.share[0] = self.share()
        share = self.exchange.average(self.rank, self.parameters)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.done["step"] += 1
        self.done["tokens"] += targets.numel() * self.args.workers
        self.done["seconds"] = time.time() - self.begin
        loss = loss.item()
        self.average = loss if self.average is None else 0.98 * self.average + 0.02 * loss
        return share

    def report(self):
        seconds, tokens = self.done["seconds"], self.done["tokens"]
        print("step %d  %.1f min  %.2f M tokens  %.0f tokens/s  rate %.2e  loss %.4f" % (
            self.done["step"], seconds / 60, tokens / 1e6, tokens / seconds,
            self.optimizer.param_groups[0]["lr"], self.average), flush=True)

    def save(self):
        path = self.args.checkpoint
        torch.save({"settings": self.maker.settings_of(self.model), **self.done,
                    "weights": self.model.state_dict(),
                    "optimizer": self.optimizer.state_dict()}, path + ".new")
        os.replace(path + ".new", path)
        with torch.no_grad():
            losses = [self.loss_of(self.model, *self.held_out.batch(i, 1)).item()
                      for i in range(HELD_OUT)]
        print("saved; held-out loss %.4f" % (sum(losses) / HELD_OUT), flush=True)

    def run(self):
        if self.rank == 0:
            print("%d parameters, rows: %s" % (sum(p.numel() for p in self.parameters),
                                               [len(p.starts) for p in self.phases]), flush=True)
        share, saved = self.done["seconds"] / (60 * self.args.minutes), time.time()
        while share < 1:
            share = self.step(share)
            if self.rank == 0 and self.done["step"] % 50 == 0:
                self.report()
            if self.rank == 0 and (time.time() - saved > SAVE_SECONDS or share >= 1):
                saved = time.time()
                self.save()


def work(*arguments):
    Worker(*arguments).run()


def main():
    parser = argparse.ArgumentParser(description="train a model on the corpus")
    parser.add_argument("corpus")
    parser.add_argument("tokenizer")
    parser.add_argument("checkpoint")
    parser.add_argument("--model", default="model", help="module that builds the model")
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--tokens", type=int, default=512, help="tokens per worker and step")
    parser.add_argument("--rate", type=float, default=2.5e-3, help="highest learning rate")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start-from", help="checkpoint to take equal tensors from")
    args = parser.parse_args()
    torch.set_num_threads(1)
    maker = importlib.import_module(args.model)
    tokenizer = Tokenizer.load(args.tokenizer)
    ids = encode_corpus(args.corpus, tokenizer)
    size = sum(p.numel() for p in maker.build().parameters() if p.requires_grad)
    exchange = Exchange(args.workers, size)
    workers = [multiprocessing.Process(target=work, daemon=True,
                                       args=(rank, args, maker, ids, tokenizer, exchange))
               for rank in range(args.workers)]
    for worker in workers:
        worker.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an orderly end stops the workers
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
