"""Tests of the program: eval: rows of logits and hidden states."""
import json
import struct
from unittest import mock

import tiny_gguf
from program import BOS, MODEL, VOCABULARY, ProgramTest, in_folder, main


class EvalTest(ProgramTest):
    TOKENS = [BOS, 5, 257, 7]

    def eval(self, *args):
        return json.loads(self.fine('eval', '-m', MODEL, '--json', *args)[0])

    def rows(self, name, width):
        with open(in_folder(name), 'rb') as file:
            data = file.read()
        self.assertEqual(len(data) % (4 * width), 0)
        return list(zip(*[iter(struct.unpack(f'<{len(data) // 4}f', data))] *
                        width))

    def test_rows_and_greedy_tokens(self):
        tokens = ','.join(map(str, self.TOKENS))
        result = self.eval('--tokens', tokens, '--generate', 5,
                           '--logits-out', in_folder('logits'),
                           '--hidden-out', in_folder('hidden'))
        logits = self.rows('logits', VOCABULARY)
        hidden = self.rows('hidden', tiny_gguf.EMBEDDING)
        self.assertEqual(len(logits), 9)
        self.assertEqual(len(hidden), 9)
        self.assertEqual(result['rows'], 9)
        self.assertEqual(result['tokens'], self.TOKENS)
        best = [row.index(max(row)) for row in logits]
        self.assertEqual(result['generated'], best[3:8])
        self.assertEqual(result['best'][0]['id'], best[8])
        self.assertEqual(len(result['best']), 5)
        order = sorted(range(VOCABULARY), key=lambda i: (-logits[8][i], i))
        self.assertEqual([b['id'] for b in result['best']], order[:5])

    def test_tokens_from_a_file(self):
        with open(in_folder('ids'), 'w') as file:
            file.write('[258, 5,\n 257 7]\n')
        self.assertEqual(self.eval('--tokens-file', in_folder('ids')),
                         self.eval('--tokens', '258,5,257,7') | {
                             'peak_memory_bytes': mock.ANY})

    def test_threads_and_batches_change_nothing(self):
        written = set()
        for options in (['-t', 1], ['-t', 2], ['-t', 4], ['-b', 1], ['-b', 3]):
            self.eval('--tokens', '5,6,7,8,9,10,11', '--generate', 2,
                      '--logits-out', in_folder('same'), *options)
            with open(in_folder('same'), 'rb') as file:
                written.add(file.read())
        self.assertEqual(len(written), 1)

    def test_activations_and_cache_types_change_little(self):
        def logits(*options):
            self.eval('--tokens', '5,6,7,8', '--logits-out',
                      in_folder('near'), *options)
            return self.rows('near', VOCABULARY)[-1]
        exact = logits('--activations', 'f32', '--cache-type', 'f32')
        usual = logits()
        scale = max(map(abs, exact))
        difference = max(abs(a - b) for a, b in zip(exact, usual))
        self.assertGreater(difference, 0)
        self.assertLess(difference, 0.05 * scale)

    def test_text(self):
        text, errors = self.fine('eval', '-m', MODEL, '--tokens', '5,6',
                                 '--generate', 2)
        self.assertRegex(text, r'\Agenerated: \d+,\d+\nbest after the last row:\n'
                               r"( +\d+ +-?[\d.]+  '.*'\n){5}\Z")
        self.assertEqual(errors, '')

    def test_errors(self):
        for tokens in (f'1,{VOCABULARY}', '1,99999999999', '1,-1', '1,x', ','):
            self.wrong(1, 'eval', '-m', MODEL, '--tokens', tokens)
        self.wrong(1, 'eval', '-m', MODEL, '--tokens', '1,2,3', '-c', '2')
        self.wrong(1, 'eval', '-m', MODEL, '--tokens', '1', '--logits-out',
                   '/no/such/folder/file')
        self.wrong(1, 'eval', '-m', MODEL, '--tokens-file', '/no/such/file')


if __name__ == '__main__':
    main()
