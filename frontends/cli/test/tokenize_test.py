"""Tests of the program: tokenize and detokenize."""
import json

from program import BOS, MODEL, VOCABULARY, ProgramTest, in_folder, main


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


if __name__ == '__main__':
    main()
