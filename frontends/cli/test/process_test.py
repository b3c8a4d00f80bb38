"""Tests of the program: what shells and terminals do to it: Ctrl-C, pipes, full disks."""
import os
import pty
import re
import signal
import subprocess
import unittest

from program import MODEL, PROGRAM, TIMINGS, ProgramTest, main


class ProcessTest(ProgramTest):
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
        _, errors = self.fine('run', '-m', MODEL, *options)
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


if __name__ == '__main__':
    main()
