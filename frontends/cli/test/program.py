"""The program as a shell sees it, and the tiny model that its tests use.

Each test file is run as: NAME_test.py PROGRAM [unittest options]
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import tiny_gguf

PROGRAM = os.path.abspath(sys.argv.pop(1))
FOLDER = tempfile.TemporaryDirectory()
MODEL = os.path.join(FOLDER.name, 'tiny.gguf')
CACHE = {'XDG_CACHE_HOME': os.path.join(FOLDER.name, 'cache')}
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
                          env=os.environ | CACHE | environment,
                          capture_output=True, timeout=120)


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


def main():
    with FOLDER:
        tiny_gguf.write(MODEL)
        unittest.main()
