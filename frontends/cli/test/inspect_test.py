"""Tests of the program: inspect and plugins: what a file holds and a build contains."""
import json

import tiny_gguf
from program import MODEL, VOCABULARY, ProgramTest, in_folder, main


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
    main()
