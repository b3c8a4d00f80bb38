"""Tests of the program as a shell sees it: cli_test.py PROGRAM [unittest options]"""
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import tiny_gguf

PROGRAM = os.path.abspath(sys.argv.pop(1))
FOLDER = tempfile.TemporaryDirectory()
MODEL = os.path.join(FOLDER.name, 'tiny.gguf')
VOCABULARY = len(tiny_gguf.vocabulary())
BOS = VOCABULARY - 2
TIMINGS = re.compile(
    r'tenon: prompt (\d+) tokens, [\d.]+ t/s \| generated (\d+) tokens, '
    r'[\d.]+ t/s \| load [\d.]+ s \| peak memory [\d.]+ \w+ \| seed (\d+)\n')


def in_folder(name):
    return os.path.join(FOLDER.name, name)


def tenon(*args, stdin=b'', cwd=None, **environment):
    """-> CompletedProcess with bytes"""
    return subprocess.run([PROGRAM, *map(str, args)], input=stdin, cwd=cwd,
                          env=os.environ | environment, capture_output=True,
                          timeout=120)


class ProgramTest(unittest.TestCase):
    def fine(self, *args, **options):
        """Runs with success and -> (stdout, stderr) as text."""
        done = tenon(*args, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode(), done.stderr.decode()

    def wrong(self, status, *args, **options):
        """Fails with one line on stderr and nothing on stdout; -> the line."""
        done = tenon(*args, **options)
        line = done.stderr.decode()
        self.assertEqual(done.returncode, status, line)
        self.assertEqual(done.stdout, b'')
        self.assertRegex(line, r'\Atenon: [^\n]+\n\Z')
        return line


class UsageTest(ProgramTest):
    def test_help_is_on_stdout(self):
        for command in ('run', 'tokenize', 'detokenize', 'inspect', 'eval',
                        'bench', 'plugins'):
            text, errors = self.fine(command, '--help')
            self.assertIn(command, text)
            self.assertIn(command, self.fine('--help')[0])
            self.assertEqual(errors, '')

    def test_version(self):
        self.assertRegex(self.fine('--version')[0], r'^\d+\.\d+\.\d+\n$')

    def test_unknown_commands_are_named(self):
        self.assertIn('fly', self.wrong(2, 'fly'))
        self.assertIn('inspect', self.wrong(2))

    def test_bad_usage(self):
        for args in ([], ['fly'], ['run'], ['run', '--wings', 'x'],
                     ['run', 'x', '-n', 'many'], ['run', 'x', '-n', '-2'],
                     ['run', 'x', '-p', 'y'], ['run', 'x', '-t', '-1'],
                     ['run', 'x', '--temp', 'hot'],
                     ['run', 'x', '--activations', 'int4'],
                     ['run', 'x', '--cache-type', 'q8_0'],
                     ['tokenize'], ['detokenize'], ['eval'],
                     ['eval', '--tokens', '1', '--tokens-file', 'x'],
                     ['bench', '-r', '0'], ['bench', '-t', '1,x'],
                     ['plugins', 'more']):
            with self.subTest(args=args):
                self.wrong(2, *args)


class ModelNameTest(ProgramTest):
    def test_names_are_looked_up(self):
        elsewhere = in_folder('elsewhere')
        os.makedirs(os.path.join(elsewhere, 'models'), exist_ok=True)
        tiny_gguf.write(os.path.join(elsewhere, 'models', 'here.gguf'))
        for options in (dict(cwd=elsewhere), dict(cwd='/', TENON_MODELS=(
                os.path.join(elsewhere, 'models')))):
            for name in ('here', 'here.gguf'):
                self.fine('tokenize', '-m', name, 'x', **options)

    def test_missing_models(self):
        line = self.wrong(1, 'inspect', 'nosuch', cwd='/', TENON_MODELS='/nowhere')
        for place in ("'/nowhere'", "'models'", "share/tenon/models'"):
            self.assertIn(place, line)
        self.assertIn('/no/such.gguf', self.wrong(1, 'inspect', '/no/such.gguf'))
        self.wrong(1, 'inspect', FOLDER.name)


class TokenizeTest(ProgramTest):
    def tokenize(self, *args, **options):
        text, _ = self.fine('tokenize', '-m', MODEL, '--json', *args, **options)
        return json.loads(text)

    def test_lines(self):
        self.assertEqual(
            self.fine('tokenize', '-m', MODEL, 'the\n', '--no-bos')[0],
            "   257 -> 'the'\n    10 -> '\\n'\n")

    def test_ids(self):
        self.assertEqual(self.fine('tokenize', '-m', MODEL, '--ids', 'the')[0],
                         f'[{BOS}, 257]\n')

    def test_json_spells_bytes_that_are_no_text(self):
        found = self.tokenize('é', '--no-bos')
        self.assertEqual(found, {'count': 2, 'ids': [0xc3, 0xa9],
                                 'pieces': [[0xc3], [0xa9]]})

    def test_sources_of_text(self):
        path = in_folder('text')
        with open(path, 'wb') as file:
            file.write(b'the\n')
        ids = [BOS, 257, 10]
        self.assertEqual(self.tokenize('the\n')['ids'], ids)
        self.assertEqual(self.tokenize('-p', 'the\n')['ids'], ids)
        self.assertEqual(self.tokenize('-f', path)['ids'], ids)
        self.assertEqual(self.tokenize('-f', '-', stdin=b'the\n')['ids'], ids)
        self.assertEqual(self.tokenize('-e', r'th\x65\n')['ids'], ids)
        self.assertEqual(self.tokenize('')['ids'], [BOS])
        self.assertEqual(self.tokenize('--no-bos', 'run')['ids'], list(b'run'))
        self.assertEqual(self.tokenize('--no-bos', '{}')['ids'], [123, 125])
        self.wrong(1, 'tokenize', '-m', MODEL, '-f', '/no/such/text')

    def test_special_tokens_are_parsed_only_when_asked(self):
        text = '<|eos|>'
        self.assertEqual(self.tokenize(text, '--no-bos')['ids'],
                         list(text.encode()))
        self.assertEqual(
            self.tokenize(text, '--no-bos', '--parse-special')['ids'], [BOS + 1])

    def test_detokenize_gives_the_exact_bytes_back(self):
        text = 'the tin\n\n  é 漢字 🙂 \n'
        ids = self.tokenize(text)['ids']
        for given in (ids, [','.join(map(str, ids))]):
            self.assertEqual(self.fine('detokenize', '-m', MODEL, *given)[0],
                             text)
        self.assertEqual(
            self.fine('detokenize', '-m', MODEL, '--tokens-file', '-',
                      stdin=json.dumps(ids).encode())[0], text)
        self.assertEqual(
            self.fine('detokenize', '-m', MODEL, '--special', BOS)[0], '<|bos|>')

    def test_detokenize_refuses_what_is_no_token(self):
        self.assertIn(str(VOCABULARY), self.wrong(
            1, 'detokenize', '-m', MODEL, VOCABULARY))
        self.assertIn("'x'", self.wrong(1, 'detokenize', '-m', MODEL, '1', 'x'))


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

    def test_ctrl_c_stops_cleanly(self):
        process = subprocess.Popen(
            [PROGRAM, 'run', '-m', MODEL, 'the', '-c', '100000', '--ignore-eos'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(20)
        process.send_signal(signal.SIGINT)
        text, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertRegex(errors.decode(), TIMINGS)
        self.assertTrue(text.endswith(b'\n'))

    def test_a_closed_stdout_ends_quietly(self):
        process = subprocess.Popen(
            [PROGRAM, 'run', '-m', MODEL, 'the', '-c', '100000', '--ignore-eos'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(20)
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(errors, b'')

    @unittest.skipUnless(os.path.exists('/dev/full'), 'no /dev/full')
    def test_a_full_disk_is_an_error(self):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PROGRAM, 'plugins'], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rb'\Atenon: stdout: ')

    def test_progress_is_for_terminals_only(self):
        options = ('-n', 1, '-t', 1, '-c', 2000, '-p', 'x' * 1999)
        _, errors = self.run_text(*options)
        self.assertRegex(errors, r'\A' + TIMINGS.pattern + r'\Z')

        parent, child = pty.openpty()
        with subprocess.Popen([PROGRAM, 'run', '-m', MODEL, *map(str, options)],
                              stdout=subprocess.DEVNULL, stderr=child):
            os.close(child)
            shown = b''
            try:
                while block := os.read(parent, 1 << 16):
                    shown += block
            except OSError:
                pass  # the program's end is closed
        os.close(parent)
        self.assertRegex(shown, rb'prompt 2000 tokens')
        for bar in re.findall(rb'\r[^\r]*%', shown):
            self.assertRegex(bar, rb'\A\r(loading|reading) \[#* *\] +\d+%\Z')

    def test_explain_and_backends(self):
        _, errors = self.run_text('the', '-n', 1, '--explain', '--backends',
                                  'scalar')
        self.assertIn('backend_scalar', errors)
        self.assertIn('blk.1.attn_q', errors)
        self.assertEqual(self.run_text('the', '-n', 4, '-s', 1)[0], self.run_text(
            'the', '-n', 4, '-s', 1, '--backends', 'backend_scalar')[0])
        self.assertIn('backend_scalar', self.wrong(
            1, 'run', '-m', MODEL, 'x', '--backends', 'abacus'))


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


class InspectTest(ProgramTest):
    def test_text(self):
        text, errors = self.fine('inspect', MODEL)
        for part in ('general.name', 'tiny random model', 'blk.1.ffn_down.weight',
                     '[64, 32]', 'Q8_0', 'arch_transformer', 'tokenizer_bpe',
                     'backend_scalar', 'nothing is missing'):
            self.assertIn(part, text)
        self.assertEqual(errors, '')

    def test_json(self):
        found = json.loads(self.fine('inspect', '-m', MODEL, '--json')[0])
        self.assertEqual(found['metadata']['llama.block_count'], 2)
        self.assertEqual(len(found['tensors']), 2 + 9 * 2)
        self.assertEqual(found['parameters'],
                         VOCABULARY * 32 + 5 * 32 + 2 * (3072 + 6144))
        self.assertEqual(found['types']['Q8_0']['tensors'], 15)
        # Two layers, keys and values, two heads of 8 elements, f16.
        self.assertEqual(found['memory']['state_bytes_per_position'], 2 * 2 * 32)
        self.assertEqual(found['memory']['context'], 4096)
        self.assertTrue(found['runs'])

    def test_long_values_are_cut_unless_told(self):
        path = in_folder('long.gguf')
        tiny_gguf.write(path, changed=[
            ('general.description', tiny_gguf.STRING, 'x' * 500)])
        self.assertNotIn('x' * 100, self.fine('inspect', path)[0])
        self.assertIn('x' * 500, self.fine('inspect', path, '--full')[0])

    def test_what_is_missing_is_told(self):
        path = in_folder('foreign.gguf')
        tiny_gguf.write(path, changed=[
            ('general.architecture', tiny_gguf.STRING, 'platypus'),
            ('tokenizer.ggml.model', tiny_gguf.STRING, 'abacus')])
        text, _ = self.fine('inspect', path)
        self.assertRegex(text, r'missing .*platypus')
        self.assertRegex(text, r'missing .*abacus')
        self.assertFalse(json.loads(
            self.fine('inspect', path, '--json')[0])['runs'])
        self.assertIn('platypus', self.wrong(1, 'run', '-m', path, 'x'))

    def test_broken_files(self):
        with open(MODEL, 'rb') as file:
            whole = file.read()
        for name, data in (('empty', b''), ('text', b'hello, world'),
                           ('head', whole[:100]), ('half', whole[:len(whole) // 2]),
                           ('version', whole[:4] + b'\x09' + whole[5:])):
            path = in_folder(name + '.gguf')
            with open(path, 'wb') as file:
                file.write(data)
            for command in (['inspect', path], ['tokenize', '-m', path, 'x'],
                            ['run', '-m', path, 'x']):
                self.assertIn(name + '.gguf', self.wrong(1, *command))


class PluginsTest(ProgramTest):
    def test_text(self):
        text, _ = self.fine('plugins')
        for part in ('arch_transformer', 'qwen3', 'backend_scalar', 'IQ4_XS',
                     'tokenizer_spm', 'file_gguf', 'sampler_top_k'):
            self.assertIn(part, text)

    def test_json(self):
        plugins = json.loads(self.fine('plugins', '--json')[0])['plugins']
        by_name = {plugin['name']: plugin for plugin in plugins}
        self.assertIn('llama', by_name['arch_transformer']['serves'])
        self.assertEqual(by_name['backend_scalar']['kind'], 'backend')


if __name__ == '__main__':
    with FOLDER:
        tiny_gguf.write(MODEL)
        unittest.main()
