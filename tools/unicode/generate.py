#!/usr/bin/env python3
"""Writes the Unicode tables of tokenizer_bpe from the Unicode Character
Database (Debian: package unicode-data).

  generate.py [UCD_FOLDER [OUTPUT_FOLDER]]
"""

import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
UNICODE_END = 0x110000

# Positions in unicode.h's table of masks.
CLASSES = {
    "Other": 0, "Blank": 1, "Lu": 2, "Ll": 3, "Lt": 4, "Lm": 5, "Lo": 6,
    "M": 7, "N": 8, "P": 9, "S": 10,
}
UPPER_LOWER = 11  # Lu, Ll, Lu, Ll, ... from the start of the run


def read_fields(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def read_property(path, name):
    """The code points of a binary property."""
    points = set()
    for fields in read_fields(path):
        if fields[1] == name:
            first, _, last = fields[0].partition("..")
            points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


class UnicodeData:
    def __init__(self, ucd):
        self.category = ["Cn"] * UNICODE_END
        self.combining = [0] * UNICODE_END
        self.decomposition = {}  # canonical: code point -> (first, second or 0)
        range_start = None
        for fields in read_fields(ucd / "UnicodeData.txt"):
            code = int(fields[0], 16)
            start = code if range_start is None else range_start
            range_start = code if fields[1].endswith("First>") else None
            for c in range(start, code + 1):
                self.category[c] = fields[2]
                self.combining[c] = int(fields[3])
            if fields[5] and not fields[5].startswith("<"):
                parts = [int(part, 16) for part in fields[5].split()]
                self.decomposition[code] = (parts + [0])[:2]
        self.white_space = read_property(ucd / "PropList.txt", "White_Space")
        self.excluded = read_property(ucd / "DerivedNormalizationProps.txt",
                                      "Full_Composition_Exclusion")

    def char_class(self, c):
        category = self.category[c]
        if c in self.white_space:
            return CLASSES["Blank"]
        return CLASSES.get(category, CLASSES.get(category[0], 0))


def class_runs(data):
    """(start, class) for each run of code points."""
    classes = [data.char_class(c) for c in range(UNICODE_END)]
    upper, lower = CLASSES["Lu"], CLASSES["Ll"]

    def alternating_length(c):
        length = 0
        while classes[c + length] == (lower if length % 2 else upper):
            length += 1
        return length

    runs = []
    c = 0
    while c < UNICODE_END:
        length = alternating_length(c)
        if length >= 4:
            runs.append((c, UPPER_LOWER))
            c += length
            continue
        if not runs or runs[-1][1] != classes[c]:
            runs.append((c, classes[c]))
        c += 1
    return runs


def combining_runs(data):
    runs = []
    for c in range(UNICODE_END):
        if not runs or runs[-1][1] != data.combining[c]:
            runs.append((c, data.combining[c]))
    return runs


def write_table(out, comment, declaration, values, digits):
    out.append(f"\n// {comment}\n{declaration} = {{")
    cells = [f"0x{value:0{digits}X}," for value in values]
    width = (80 - 4) // (len(cells[0]) + 1)
    for i in range(0, len(cells), width):
        out.append("    " + " ".join(cells[i:i + width]))
    out.append("};")


def write_classes(data, out):
    write_table(out, "start << 4 | class, in order; a run ends where the next "
                "begins.", "constexpr uint32_t kClassRuns[]",
                [start << 4 | cls for start, cls in class_runs(data)], 6)


def write_nfc(data, out):
    codes = sorted(data.decomposition)
    rows = [(code, *data.decomposition[code]) for code in codes]
    write_table(out, "start << 8 | canonical combining class, in order.",
                "constexpr uint32_t kCombiningRuns[]",
                [start << 8 | ccc for start, ccc in combining_runs(data)], 7)
    write_table(out, "code point << 42 | first << 21 | second, in order.  "
                "Second 0: there is only one.",
                "constexpr uint64_t kDecompositions[]",
                [code << 42 | first << 21 | second
                 for code, first, second in rows], 16)
    composing = [i for i, row in enumerate(rows) if row[0] not in data.excluded]
    composing.sort(key=lambda i: rows[i][1:])
    write_table(out, "Indices of the above that compose, ordered by (first, "
                "second).", "constexpr uint16_t kCompositions[]", composing, 4)


def main():
    ucd = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                       else "/usr/share/unicode")
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2
                          else REPOSITORY / "plugins" / "tokenizer_bpe")
    version = re.search(r"PropList-([\d.]+)\.txt",
                        (ucd / "PropList.txt").read_text()).group(1)
    data = UnicodeData(ucd)
    for name, write in (("unicode_tables.inc", write_classes),
                        ("nfc_tables.inc", write_nfc)):
        out = [f"// Unicode {version}.  Written by tools/unicode/generate.py: "
               "do not edit.", "// clang-format off"]
        write(data, out)
        out.append("\n// clang-format on")
        (folder / name).write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
