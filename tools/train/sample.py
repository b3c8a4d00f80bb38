"""Prints samples of a checkpoint at several seeds.

    sample.py CHECKPOINT.pt TOKENIZER.json [--prompt TEXT | --chat QUESTION ...] [--q8] [--seeds 5]

--chat takes one or more user turns; the model answers each of them. --q8 rounds the matrices to
Q8_0 first, as the exported file has them.
"""
import argparse
import importlib

import torch

import gguf
from bpe import Tokenizer


def load(path, module, q8):
    """-> the model of a checkpoint, with Q8_0 matrices if asked"""
    state = torch.load(path, map_location="cpu")
    model = importlib.import_module(module).build(state["settings"])
    model.load_state_dict(state["weights"])
    if q8:
        for p in model.parameters():
            if p.dim() == 2:
                data = gguf.quantise_q8_0(p.detach().numpy())
                p.data = torch.from_numpy(gguf.dequantise_q8_0(data, tuple(p.shape)))
    return model.eval()


@torch.no_grad()
def generate(model, ids, stops, generators, limit=320, temperature=0.8, top_k=40):
    """A prompt [T] -> one continuation per generator, without the stop token"""
    state, texts = model.new_state(), [[] for _ in generators]
    running = [True] * len(generators)
    logits = model(torch.tensor([ids] * len(generators)), state)[:, -1]
    for _ in range(min(limit, model.config.context - len(ids))):
        tokens = [pick(row, temperature, top_k, g) for row, g in zip(logits, generators)]
        for i, token in enumerate(tokens):
            running[i] = running[i] and token not in stops
            if running[i]:
                texts[i].append(token)
        if not any(running):
            break
        logits = model(torch.tensor(tokens)[:, None], state)[:, -1]
    return texts


def pick(logits, temperature, top_k, generator):
    """Logits [V] -> a token"""
    if temperature == 0:
        return int(logits.argmax())
    values, where = (logits / temperature).topk(top_k)
    return int(where[torch.multinomial(values.softmax(-1), 1, generator=generator)])


def converse(model, tokenizer, turns, generator, temperature):
    """User turns -> the whole conversation as text"""
    text = ""
    for question in turns:
        text += "<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n" % question
        stops = (tokenizer.im_end, tokenizer.end_of_text)
        new = generate(model, tokenizer.encode(text), stops, [generator], temperature=temperature)
        text += tokenizer.decode(new[0]) + "<|im_end|>\n"
    return text


def main():
    parser = argparse.ArgumentParser(description="print samples")
    parser.add_argument("checkpoint")
    parser.add_argument("tokenizer")
    parser.add_argument("--prompt", default="Once upon a time")
    parser.add_argument("--chat", nargs="+", help="user turns instead of a prompt")
    parser.add_argument("--model", default="model", help="module that builds the model")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--q8", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.load(args.tokenizer)
    model = load(args.checkpoint, args.model, args.q8)
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    if args.chat:
        texts = [converse(model, tokenizer, args.chat, g, args.temperature) for g in generators]
    else:
        news = generate(model, tokenizer.encode(args.prompt), (tokenizer.end_of_text,),
                        generators, temperature=args.temperature)
        texts = [args.prompt + tokenizer.decode(new) for new in news]
    for seed, text in zip(seeds, texts):
        print("--- seed %d\n%s\n" % (seed, text))


if __name__ == "__main__":
    main()
