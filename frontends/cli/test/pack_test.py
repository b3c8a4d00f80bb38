"""Tests of the program: pack: a model file written anew, and what becomes of it."""
import json
import os
import signal
import subprocess
import time

import tiny_gguf
from program import MODEL, PROGRAM, ProgramTest, in_folder, main


def read(name):
    with open(in_folder(name), 'rb') as file:
        return file.read()


def write(name, data):
    with open(in_folder(name), 'wb') as file:
        file.write(data)


class PackTest(ProgramTest):
    def pack(self, name, *options):
        path = in_folder(name)
        self.fine('pack', MODEL, path, *options)
        return path

    def logits(self, model, *options):
        self.fine('eval', '-m', model, '--tokens', '5,6,7,8,9', '--generate', 3,
                  '--logits-out', in_folder('logits'), *options)
        return read('logits')

    def test_same_text_and_bits(self):
        run = ('the tin', '-n', 12, '-s', 7)
        for target in ('native', 'wasm'):
            packed = self.pack(target + '.tnn', '--for', target)
            self.assertEqual(self.fine('run', '-m', packed, *run)[0],
                             self.fine('run', '-m', MODEL, *run)[0])
            for options in ((), ('--activations', 'f32'), ('--backends', 'scalar')):
                self.assertEqual(self.logits(packed, *options),
                                 self.logits(MODEL, *options))

    def test_what_it_prints(self):
        text, errors = self.fine('pack', MODEL, in_folder('told.tnn'))
        self.assertRegex(text, r'told\.tnn: 20 tensors, [\d.]+ KiB, in [\d.]+ s\n'
                               r'  q8_0_rows8 +[\d.]+ KiB in 15 tensors\n'
                               r'  rows +[\d.]+ B in 5 tensors\n\Z')
        self.assertEqual(errors, '')
        told = json.loads(self.fine('pack', MODEL, in_folder('told.tnn'), '--json')[0])
        self.assertEqual(told['file_bytes'], os.path.getsize(in_folder('told.tnn')))
        self.assertEqual(told['layouts']['q8_0_rows8']['tensors'], 15)

    def test_inspect(self):
        packed = self.pack('seen.tnn')
        text, _ = self.fine('inspect', packed)
        self.assertIn('TNN v1', text)
        self.assertRegex(text, r'blk\.1\.ffn_down\.weight .* bytes  q8_0_rows8\n')
        before = json.loads(self.fine('inspect', MODEL, '--json')[0])
        after = json.loads(self.fine('inspect', packed, '--json')[0])
        for key in ('metadata', 'parameters', 'memory', 'runs', 'runs_with'):
            self.assertEqual(after[key], before[key])
        self.assertTrue(after['runs'])

    def test_verify(self):
        packed = self.pack('sound.tnn')
        self.assertRegex(self.fine('inspect', packed, '--verify')[1],
                         r'the checksums of 20 of 20 tensors are right')
        self.assertRegex(self.fine('inspect', MODEL, '--verify')[1],
                         r'the checksums of 0 of 20 tensors are right')
        data = read('sound.tnn')
        write('rotten.tnn', data[:-1] + bytes([data[-1] ^ 1]))
        line = self.wrong(1, 'inspect', in_folder('rotten.tnn'), '--verify')
        self.assertRegex(line, r"rotten\.tnn: tensor '[^']+': its bytes were changed")

    def test_broken_files(self):
        whole = read(os.path.basename(self.pack('whole.tnn')))
        for name, data in (('head', whole[:100]), ('half', whole[:len(whole) // 2]),
                           ('short', whole[:-1]), ('longer', whole + b'x'),
                           ('changed', whole[:99] + b'\xff' + whole[100:])):
            write(name + '.tnn', data)
            for command in (['inspect'], ['tokenize', 'x', '-m'], ['run', 'x', '-m']):
                self.assertIn(name + '.tnn',
                              self.wrong(1, *command, in_folder(name + '.tnn')))

    def test_found_by_name(self):
        self.pack('by-name.tnn')
        self.fine('inspect', 'by-name', TENON_MODELS=in_folder(''))

    def test_a_packed_file_can_be_packed(self):
        once = self.pack('once.tnn')
        self.fine('pack', once, in_folder('twice.tnn'))
        self.assertEqual(read('twice.tnn'), read('once.tnn'))

    def test_replaces_whole_files_only(self):
        write('old.tnn', b'old')
        self.pack('old.tnn')
        self.assertGreater(len(read('old.tnn')), 1000)
        # A model that cannot be bound leaves what was there.
        foreign = in_folder('foreign.gguf')
        tiny_gguf.write(foreign, changed=[
            ('general.architecture', tiny_gguf.STRING, 'platypus')])
        write('kept.tnn', b'kept')
        self.assertIn('platypus',
                      self.wrong(1, 'pack', foreign, in_folder('kept.tnn')))
        self.assertEqual(read('kept.tnn'), b'kept')
        self.assertEqual([n for n in os.listdir(in_folder(''))
                          if n.startswith('kept')], ['kept.tnn'])

    def test_errors(self):
        packed = self.pack('self.tnn')
        self.assertIn('is the file that is to be packed',
                      self.wrong(1, 'pack', packed, packed))
        os.link(packed, in_folder('link.tnn'))
        self.wrong(1, 'pack', packed, in_folder('link.tnn'))
        self.assertIn('.tnn', self.wrong(1, 'pack', MODEL, in_folder('out.gguf')))
        self.assertIn('/no/such', self.wrong(1, 'pack', MODEL, '/no/such/out.tnn'))
        self.wrong(1, 'pack', '/no/such/model', in_folder('out.tnn'))
        self.wrong(2, 'pack', MODEL)
        self.wrong(2, 'pack', MODEL, in_folder('out.tnn'), '--for', 'mars')
        self.assertFalse(os.path.exists(in_folder('out.tnn')))

    def test_as_readable_as_any_new_file(self):
        mask = os.umask(0o022)
        try:
            path = self.pack('mode.tnn')
        finally:
            os.umask(mask)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o644)


class InterruptTest(ProgramTest):
    def leftovers(self):
        return [n for n in os.listdir(in_folder('')) if n.startswith('stopped')]

    def interrupt(self, model):
        """-> the exit status, after Ctrl-C while the file is being written"""
        process = subprocess.Popen([PROGRAM, 'pack', model, in_folder('stopped.tnn')],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not self.leftovers():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        if process.returncode == 130:
            self.assertEqual((output, errors), (b'', b''))
        return process.returncode

    def test_ctrl_c_leaves_nothing(self):
        big = in_folder('big.gguf')
        tiny_gguf.write(big, changed=[('filler', tiny_gguf.ARRAY, (
            tiny_gguf.INT32, [1] * 4_000_000))])
        for _ in range(20):  # until it was in time
            if self.interrupt(big) == 130:
                break
            os.remove(in_folder('stopped.tnn'))
        else:
            self.fail('Ctrl-C never stopped it')
        self.assertEqual(self.leftovers(), [])


if __name__ == '__main__':
    main()
