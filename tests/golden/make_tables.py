#!/usr/bin/env python3
"""Makes data/*.txt with a reference program from outside of this project:

    make_tables.py WRITE_MODELS ORACLE_PY

WRITE_MODELS is the built program golden.write_models.  ORACLE_PY runs as
`ORACLE_PY MODEL.gguf --tokens @FILE --out LOGITS` and writes little-endian f32
rows of logits, one per token.  See README.md.
"""
import array
import pathlib
import subprocess
import sys
import tempfile


def main():
    write_models, oracle = sys.argv[1:]
    data = pathlib.Path(__file__).parent / 'data'
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_models, folder], check=True)
        for model in sorted(pathlib.Path(folder).glob('*.gguf')):
            tokens, out = model.with_suffix('.tokens'), model.with_suffix('.f32')
            subprocess.run([sys.executable, oracle, model, '--tokens', f'@{tokens}',
                            '--out', out], check=True)
            numbers = array.array('f', out.read_bytes())
            count = len(tokens.read_text().split())
            write_table(data / f'{model.stem}.txt', numbers, count)


def write_table(path, numbers, rows):
    width = len(numbers) // rows
    with open(path, 'w') as file:
        file.write('# logits, one row per token: see ../README.md\n')
        for r in range(rows):
            row = numbers[r * width:(r + 1) * width]
            file.write(' '.join(f'{x:.9g}' for x in row) + '\n')


if __name__ == '__main__':
    main()
