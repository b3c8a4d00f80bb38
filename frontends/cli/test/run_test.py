"""Tests of the program: run: text, seeds, contexts, sampling."""
import json

from program import BOS, MODEL, TIMINGS, ProgramTest, main, tenon


class RunTest(ProgramTest):
    def run_text(self, *args, **options):
        return self.fine('run', '-m', MODEL, *args, **options)

    def test_text_on_stdout_and_the_rest_on_stderr(self):
        text, errors = self.run_text('the tin', '-n', 8, '-s', 7)
        self.assertTrue(text.startswith('the tin'))
        self.assertTrue(text.endswith('\n'))
        match = TIMINGS.fullmatch(errors)
        self.assertIsNotNone(match, errors)
        self.assertEqual(match.group(1), '4')  # BOS the _t in
        self.assertLessEqual(int(match.group(2)), 8)
        self.assertEqual(match.group(3), '7')

    def test_no_display_prompt(self):
        options = ('the tin', '-n', 8, '-s', 7)
        self.assertEqual(
            'the tin' + self.run_text(*options, '--no-display-prompt')[0],
            self.run_text(*options)[0])

    def test_timings_as_json(self):
        _, errors = self.run_text('the', '-n', 3, '-s', 7, '--json',
                                  '--ignore-eos')
        timings = json.loads(errors)
        self.assertEqual(timings['prompt_tokens'], 2)
        self.assertEqual(timings['generated_tokens'], 3)
        self.assertEqual(timings['seed'], 7)
        self.assertGreater(timings['peak_memory_bytes'], 1 << 20)

    def test_seeds(self):
        def text(*more):
            return self.run_text('the', '-n', 24, '--temp', 2, '--top-k', 0,
                                 '--top-p', 1, '--min-p', 0, *more)[0]
        self.assertEqual(text('-s', 1), text('-s', 1))
        self.assertNotEqual(text('-s', 1), text('-s', 2))
        self.assertNotEqual(text(), text())
        self.assertEqual(text('-s', 1, '-t', 1), text('-s', 1, '-t', 3))

    def test_the_printed_seed_repeats_a_run(self):
        first, errors = self.run_text('the', '-n', 16)
        seed = TIMINGS.fullmatch(errors).group(3)
        self.assertEqual(self.run_text('the', '-n', 16, '-s', seed)[0], first)

    def test_temperature_0_is_greedy(self):
        ids = json.loads(self.fine('eval', '-m', MODEL, '--tokens', f'{BOS},257',
                                   '--generate', 6, '--json')[0])['generated']
        if BOS + 1 in ids:
            ids = ids[:ids.index(BOS + 1)]
        text = tenon('detokenize', '-m', MODEL, *ids).stdout if ids else b''
        got, _ = self.run_text('the', '-n', len(ids), '--temp', 0,
                               '--no-display-prompt', '--ignore-eos')
        self.assertEqual(got.rstrip('\n'),
                         text.decode(errors='replace').rstrip('\n'))

    def test_a_prompt_from_stdin_loses_its_last_newline(self):
        _, errors = self.run_text('-f', '-', '-n', 0, stdin=b'the\n')
        self.assertEqual(TIMINGS.fullmatch(errors).group(1), '2')

    def test_output_is_well_formed_utf8(self):
        text, _ = self.run_text('é漢🙂', '-n', 200, '-s', 5, '--temp', 5,
                                '--top-k', 0, '--min-p', 0, '--ignore-eos')
        self.assertTrue(text.startswith('é漢🙂'))

    def test_a_full_context_is_told(self):
        _, errors = self.run_text('the', '-c', 16, '--ignore-eos')
        notice, timings = errors.splitlines()
        self.assertIn('context is full (16 positions)', notice)
        # The last token is written though it has no place of its own.
        self.assertIn('generated 15 tokens', timings)

    def test_a_prompt_that_does_not_fit_is_an_error(self):
        line = self.wrong(1, 'run', '-m', MODEL, 'x' * 40, '-c', 16)
        self.assertIn('41', line)
        self.assertIn('16', line)

    def test_logit_bias(self):
        text, _ = self.run_text('the', '-n', 4, '--temp', 0, '--logit-bias',
                                '257+1000', '--no-display-prompt')
        self.assertEqual(text, 'thethethethe\n')
        self.wrong(1, 'run', '-m', MODEL, 'x', '--logit-bias', '257')

    def test_special_tokens_are_printed_when_asked(self):
        options = ('the', '-n', 2, '--temp', 0, '--ignore-eos', '--logit-bias',
                   f'{BOS}+1000', '--no-display-prompt')
        self.assertEqual(self.run_text(*options)[0], '')
        self.assertEqual(self.run_text(*options, '--special')[0],
                         '<|bos|><|bos|>\n')

    def test_bad_sampling(self):
        for options in (['--top-p', '2'], ['--sampling', 'nosuch=1'],
                        ['--sampling', 'temp'], ['--temp', 'nan']):
            self.wrong(1, 'run', '-m', MODEL, 'x', *options)

    def test_explain_and_backends(self):
        _, errors = self.run_text('the', '-n', 1, '--explain', '--backends',
                                  'scalar')
        self.assertIn('backend_scalar', errors)
        self.assertIn('blk.1.attn_q', errors)
        self.assertEqual(self.run_text('the', '-n', 4, '-s', 1)[0], self.run_text(
            'the', '-n', 4, '-s', 1, '--backends', 'backend_scalar')[0])
        self.assertIn('backend_scalar', self.wrong(
            1, 'run', '-m', MODEL, 'x', '--backends', 'abacus'))


if __name__ == '__main__':
    main()
