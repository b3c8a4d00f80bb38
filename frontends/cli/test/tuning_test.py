"""Tests of the program: how many threads, measured and remembered."""
import glob
import json
import os

from program import MODEL, ProgramTest, in_folder, main


class TuningTest(ProgramTest):
    def setUp(self):
        self.cache = in_folder(self.id())

    def choices(self, *args):
        """The end of the report, from the threads on."""
        _, errors = self.fine('eval', '-m', MODEL, '--tokens', 1, '--explain',
                              *args, XDG_CACHE_HOME=self.cache)
        return errors[errors.rindex('threads: '):].rstrip()

    def files(self):
        return glob.glob(os.path.join(self.cache, 'tenon', '*'))

    def test_the_first_load_measures_and_the_next_one_remembers(self):
        first, second = self.choices(), self.choices()
        if 'measured' not in first:
            self.skipTest('one core: nothing to choose')
        self.assertRegex(first, r'\Athreads: \d+, \w+, measured: 1 in [\d.]+ ms.*\n'
                                r'tiles: .+, measured: unlimited in [\d.]+ ms, 320 KiB in')
        self.assertEqual(second, first.replace('measured', 'remembered'))
        self.assertEqual(len(self.files()), 1)

    def test_a_broken_file_is_ignored_and_replaced(self):
        first = self.choices()
        for path in self.files():
            with open(path, 'rb') as file:
                good = file.read()
            key = good.split(b'\n')[0]
            for bad in (b'', b'\xff\0\n', good[:-1], good[9:], key + b'\n',
                        key + b'\n99: 1=1 99=1; 0: 0=1\n',
                        key + b'\n2: 2=1; 0: 0=1\n', key + b'\n1: 1=1\n'):
                with open(path, 'wb') as file:
                    file.write(bad)
                self.assertIn('measured', self.choices(), bad)
                self.assertIn('remembered', self.choices(), bad)
        self.assertTrue(self.files() or 'measured' not in first)

    def test_a_number_of_threads_measures_nothing(self):
        for threads in (1, 2):
            self.assertRegex(self.choices('-t', threads),
                             rf'\Athreads: {threads}, \w+\Z')
        self.assertEqual(self.files(), [])

    def test_it_can_be_turned_off(self):
        self.assertRegex(self.choices('--no-tuning'), r'\Athreads: \d+, \w+\Z')
        self.assertEqual(self.files(), [])

    def test_a_cache_that_cannot_be_written_is_done_without(self):
        self.cache = MODEL  # a file
        self.assertNotIn('remembered', self.choices())
        self.assertNotIn('remembered', self.choices())

    def test_bench_tells(self):
        args = ('bench', '-m', MODEL, '-p', 4, '-n', 2, '-r', 1, '--json')
        told = json.loads(self.fine(*args, XDG_CACHE_HOME=self.cache)[0])
        if 'tuning' not in told:
            self.skipTest('one core: nothing to choose')
        tuning = told['tuning']
        self.assertFalse(tuning['remembered'])
        self.assertEqual(tuning['samples'][0]['threads'], 1)
        self.assertEqual(tuning['tile_samples'][0]['tile_kib'], 0)
        self.assertIn(tuning['tile_kib'],
                      [sample['tile_kib'] for sample in tuning['tile_samples']])
        self.assertEqual(told['results'][0]['threads'], tuning['threads'])
        given = json.loads(self.fine(*args, '-t', 1)[0])
        self.assertNotIn('tuning', given)


if __name__ == '__main__':
    main()
