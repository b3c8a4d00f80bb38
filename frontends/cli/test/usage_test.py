"""Tests of the program: how it is called: help, wrong words, where models are looked up."""
import os

import tiny_gguf
from program import FOLDER, ProgramTest, in_folder, main, tenon


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


if __name__ == '__main__':
    main()
