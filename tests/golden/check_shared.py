#!/usr/bin/env python3
"""Checks `tenon eval` against the reference logits of ../shared/golden.

    check_shared.py TENON [--shared FOLDER] [--only NAME]

For each model of the manifest that this program can run: makes the model file,
feeds the manifest's tokens and continuation in both modes, and holds logits and
hidden states against the manifest's limits; then generates greedily itself.
Prints a table.  Exit status: 0 all within limits, 1 not, 77 where the folder or
numpy is missing.
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

try:
    import json
    import numpy as np
except ImportError:
    print('skipped: numpy is not installed')
    sys.exit(77)

ARCHITECTURES = ('llama', 'qwen2', 'qwen3', 'qwen35')
NOT_SERVED = ('TQ1_0', 'TQ2_0', 'I2_S')
MODES = {'exact': ['--activations', 'f32', '--cache-type', 'f32'], 'loose': []}


def reason_to_skip(case):
    if case['arch'] not in ARCHITECTURES:
        return f"architecture {case['arch']}"
    types = [t for t in case['types'] if t in NOT_SERVED]
    return f'weights in {types[0]}' if types else None


def make_model(shared, case, folder):
    """Runs the manifest's command.  It writes into the working folder."""
    words = shlex.split(case['make'])
    script = shared / pathlib.Path(words[0]).relative_to('shared')
    subprocess.run([sys.executable, script, *words[1:]], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    return folder / words[2]


def evaluate(tenon, model, tokens, options, folder, generate=0):
    """-> (logits, hidden states, standard output)"""
    logits, hidden = folder / 'logits.f32', folder / 'hidden.f32'
    done = subprocess.run(
        [tenon, 'eval', '-m', model, '--tokens', ','.join(map(str, tokens)),
         '--generate', str(generate), '--logits-out', logits,
         '--hidden-out', hidden, *options],
        check=True, capture_output=True, text=True)
    return np.fromfile(logits, '<f4'), np.fromfile(hidden, '<f4'), done.stdout


def log_softmax(x):
    x = x - x.max(1, keepdims=True)
    return x - np.log(np.exp(x).sum(1, keepdims=True))


def relative(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(a))


def measure(reference, rows):
    """The manifest's figures of `rows` of logits."""
    if rows.size != reference.size or not np.isfinite(rows).all():
        return {'rel': np.inf, 'kl': np.inf, 'margin': np.inf}
    a = reference.astype(np.float64)
    b = rows.reshape(a.shape).astype(np.float64)
    la, lb = log_softmax(a), log_softmax(b)
    ordered = np.sort(a, 1)
    lead = ordered[:, -1] - ordered[:, -2]
    lost = lead[a.argmax(1) != b.argmax(1)]
    return {'rel': relative(a, b), 'kl': float((np.exp(la) * (la - lb)).sum(1).mean()),
            'margin': float(lost.max()) if len(lost) else 0.0}


def complaints(case, limits, figures, hidden_error):
    found = [f'{key} {figures[key]:.2e} > {limit:g}'
             for key, limit in limits.items() if figures[key] > limit]
    if hidden_error is not None and not hidden_error <= limits['rel']:
        found.append(f"hidden rel {hidden_error:.2e} > {limits['rel']:g}")
    return found


def first_lost_token(case, own, limit):
    """Where the own continuation leaves the reference's although the reference's
    lead was above `limit`; None where it does not."""
    for j, (expected, got) in enumerate(zip(case['generated'], own)):
        if expected != got:
            return j if case['margins'][j] > limit else None
    return None if len(own) == len(case['generated']) else len(own)


def check(tenon, shared, case, mode, model, folder):
    """-> (table row, complaints)"""
    limits = case['limits'][mode]
    tokens = case['tokens'] + case['generated']
    reference = np.fromfile(shared / 'golden' / case['logits']['file'], '<f4')
    reference = reference.reshape(case['logits']['shape'])
    logits, hidden, _ = evaluate(tenon, model, tokens, MODES[mode], folder)
    figures, hidden_error = measure(reference, logits), None
    if 'hidden' in case:
        expected = np.fromfile(shared / 'golden' / case['hidden']['file'], '<f4')
        hidden_error = np.inf
        if expected.size == hidden.size:
            hidden_error = relative(expected.astype(np.float64), hidden)
    found = complaints(case, limits, figures, hidden_error)

    own, _, _ = evaluate(tenon, model, case['tokens'], MODES[mode], folder,
                         case['generate'])
    if own.size != reference.size:
        found.append(f'--generate wrote {own.size} numbers')
    else:
        picks = own.reshape(reference.shape).argmax(1)[len(case['tokens']) - 1:-1]
        lost = first_lost_token(case, picks.tolist(), limits['margin'])
        if lost is not None:
            found.append(f'--generate leaves the reference at token {lost}')
    hidden_text = '' if hidden_error is None else f'{hidden_error:.2e}'
    row = (f"{case['name']:<18} {mode:<6} {figures['rel']:.2e} {figures['kl']:.2e} "
           f"{figures['margin']:.4f} {hidden_text:>9}  {'; '.join(found) or 'ok'}")
    return row, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('tenon', type=pathlib.Path)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument('--shared', type=pathlib.Path,
                        default=os.environ.get('TENON_SHARED', root.parent / 'shared'))
    parser.add_argument('--only')
    options = parser.parse_args()
    shared, tenon = pathlib.Path(options.shared).resolve(), options.tenon.resolve()
    if not (shared / 'golden' / 'manifest.json').exists():
        print('skipped: there is no folder ../shared/golden')
        return 77
    cases = json.loads((shared / 'golden' / 'manifest.json').read_text())['models']
    failed = []
    print(f"{'model':<18} {'mode':<6} {'rel':<8} {'kl':<8} {'margin':<6} {'hidden':>9}")
    for case in cases:
        if options.only and case['name'] != options.only:
            continue
        why = reason_to_skip(case)
        if why:
            print(f"{case['name']:<18} skipped: {why}")
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            model = make_model(shared, case, folder)
            for mode in MODES:
                row, found = check(tenon, shared, case, mode, model, folder)
                print(row, flush=True)
                failed += [f"{case['name']} {mode}: {text}" for text in found]
    print('\n'.join(failed) or 'all within limits')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
