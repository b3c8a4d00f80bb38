"""Starts the DeltaNet hybrid from the trained Llama: train.py --model fit_deltanet, with the Llama's
checkpoint in $TEACHER.

Everything but attention is taken as it is. The hybrid's softmax layers begin as the Llama's; then
each layer's attention learns, by itself, to answer the Llama's inputs as the Llama's attention does.
The result is a checkpoint of model_deltanet.py, to be trained on as a whole with --start-from.
"""
import os

import torch

import model as llama
from model_deltanet import Config, Model, is_linear, settings_of  # noqa: F401  (for train.py)


def load_teacher():
    state = torch.load(os.environ["TEACHER"], map_location="cpu")
    teacher = llama.build(state["settings"])
    teacher.load_state_dict(state["weights"])
    return teacher.requires_grad_(False).eval()


def halves_first(matrix, heads):
    """Rows of heads whose rotated pairs are neighbours -> the pairs are (i, i + half)"""
    rows = matrix.view(heads, -1, 2, matrix.shape[1])
    return rows.transpose(1, 2).reshape_as(matrix)


def like_softmax(theirs, c):
    """The Llama's attention -> the state of the hybrid's that is closest to it.

    The gate is open by half, the output twice as large. Queries and keys have their typical length
    from the norms' weights: rows of a matrix meet inputs of mean square 1.
    """
    q, k = halves_first(theirs["q.weight"], c.heads), halves_first(theirs["k.weight"], c.kv_heads)
    q_gate = torch.stack((q.view(c.heads, c.head_dim, -1),
                          torch.zeros(c.heads, c.head_dim, c.dim)), 1).flatten(0, 2)
    ones = torch.ones(c.head_dim)
    return {"q.weight": q_gate, "k.weight": k, "v.weight": theirs["v.weight"],
            "out.weight": 2 * theirs["out.weight"],
            "q_norm.weight": ones * q.square().sum(1).mean().sqrt(),
            "k_norm.weight": ones * k.square().sum(1).mean().sqrt()}


def build(settings=None):
    """-> a hybrid that starts from the teacher"""
    model, teacher = Model(Config(**(settings or {}))), load_teacher()
    theirs = {name: tensor for name, tensor in teacher.state_dict().items() if ".attn." not in name}
    model.load_state_dict({**model.state_dict(), **theirs})
    for i, block in enumerate(teacher.blocks):
        if not is_linear(model.config, i):
            state = like_softmax(block.attn.state_dict(), model.config)
            model.blocks[i].attn.load_state_dict(state)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(".attn." in name)
    model.teacher = [teacher]  # in a list: not a part of the model
    return model


def attention_of(teacher, ids):
    """-> per layer, what went into its attention and what came out [B, T, C]"""
    seen = []
    hooks = [block.attn.register_forward_hook(lambda _, x, y: seen.append((x[0], y)))
             for block in teacher.blocks]
    with torch.no_grad():
        teacher(ids)
    for hook in hooks:
        hook.remove()
    return seen


def loss_of(model, inputs, targets):
    """The mean over the layers of |error|^2 / |the Llama's output|^2"""
    t, c = inputs.shape[1], model.config
    softmax = ((model.cos[:t], model.sin[:t]), model.mask[:t, :t])
    losses = []
    for i, (x, y) in enumerate(attention_of(model.teacher[0], inputs)):
        mine = model.blocks[i].attn(x, *(() if is_linear(c, i) else softmax))
        losses.append((mine - y).square().sum() / y.square().sum())
    return sum(losses) / len(losses)
