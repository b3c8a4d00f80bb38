"""Tests of the program: bench."""
import json

from program import MODEL, ProgramTest, main


class BenchTest(ProgramTest):
    OPTIONS = ('bench', '-m', MODEL, '-p', 16, '-n', 4, '-r', 3)

    def test_json(self):
        result = json.loads(self.fine(*self.OPTIONS, '-t', '1,2', '--json')[0])
        self.assertEqual([(r['test'], r['threads']) for r in result['results']],
                         [('pp16', 1), ('tg4', 1), ('pp16', 2), ('tg4', 2)])
        for r in result['results']:
            self.assertEqual(len(r['samples']), 3)
            mean = sum(r['samples']) / 3
            variance = sum((x - mean) ** 2 for x in r['samples']) / 2
            self.assertAlmostEqual(r['tokens_per_second'] / mean, 1)
            self.assertAlmostEqual(r['stddev'], variance ** 0.5, delta=mean / 1e6)
            self.assertGreater(r['cold'], 0)
        self.assertGreater(result['load_seconds'], 0)
        self.assertGreater(result['state_bytes'], 0)
        self.assertGreater(result['peak_memory_bytes'], 1 << 20)

    def test_depth(self):
        text, _ = self.fine(*self.OPTIONS, '-t', 1, '-d', 9)
        self.assertIn(' pp16@d9 |', text)
        self.assertIn(' tg4@d9 |', text)

    def test_profile(self):
        args = (*self.OPTIONS, '-t', '1', '--profile')
        prompt, single = json.loads(self.fine(*args, '--json')[0])['results']
        heads = [[line['calls'] for line in test['profile']
                  if line['op'] == 'Head'] for test in (prompt, single)]
        self.assertEqual(heads, [[4], [16]])  # one warms up
        times = [line['nanoseconds'] for line in single['profile']]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertRegex(self.fine(*args)[0], r'% +[\d.]+ ms +16 calls +Head +head_q8_0')

    def test_table(self):
        text, errors = self.fine(*self.OPTIONS, '-t', 1)
        lines = text.splitlines()
        self.assertEqual(len({len(line) for line in lines[:4]}), 1)
        self.assertRegex(lines[2], r'^\| llama Q8_0 +\| .* \| scalar\S* +\| +1 \| '
                                   r'+pp16 \| +[\d.]+ ± [\d.]+ \|$')
        self.assertRegex(lines[3], r' tg4 ')
        self.assertRegex(lines[5], r'^peak memory: [\d.]+ MiB$')
        self.assertEqual(errors, '')

    def test_nothing_to_measure(self):
        self.wrong(1, 'bench', '-m', MODEL, '-p', 0, '-n', 0)


if __name__ == '__main__':
    main()
