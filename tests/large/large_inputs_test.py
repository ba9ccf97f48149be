# SPDX-License-Identifier: Apache-2.0
"""Rows P04, P12, P25 and R15 of the catalogue of bad inputs at full size, each under a memory limit.

python3 large_inputs_test.py; prints time and peak memory of each. Skips what the machine has no memory for.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

VOLSEG = os.environ["VOLSEG"]
MB = 1_000_000
MOST_SECONDS = float(os.environ.get("VOLSEG_LARGE_SECONDS", "180"))


def available_bytes():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


class Outcome:
    """One run of the program with the memory that it took."""

    def __init__(self, arguments, most_bytes, stdin=subprocess.DEVNULL):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (most_bytes + 1500 * MB, most_bytes + 1500 * MB))

        start = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([VOLSEG, *map(str, arguments)], stdin=stdin, stdout=out, stderr=errors,
                                       preexec_fn=limit)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            for file in (out, errors):
                file.seek(0)
            self.output, self.errors = (file.read().decode(errors="replace") for file in (out, errors))
        self.exit = process.returncode
        self.seconds = time.monotonic() - start
        self.peak_bytes = usage.ru_maxrss * 1024

    def text(self):
        return f"exit {self.exit}\n{self.output[:2000]}\n{self.errors[:2000]}"


def runs_text(count):
    """`count` runs of one voxel: 100000001 1 100000003 1 ..."""
    starts = 100_000_001 + 2 * np.arange(count, dtype=np.int64)
    text = np.full((count, 12), ord(" "), dtype=np.uint8)
    for digit in range(9):
        text[:, 8 - digit] = ord("0") + starts // 10**digit % 10
    text[:, 10] = ord("1")
    return text.tobytes()[:-1]


class LargeInputs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def need(self, count_bytes):
        if available_bytes() < count_bytes:
            self.skipTest(f"needs {count_bytes / 1e9:.0f} GB of free memory")

    def run_volseg(self, *arguments, most_bytes, expect, stdin=subprocess.DEVNULL):
        outcome = Outcome(arguments, most_bytes, stdin)
        print(f"{self._testMethodName}: {outcome.seconds:.1f} s, peak {outcome.peak_bytes / 1e6:.0f} MB", flush=True)
        self.assertEqual(outcome.exit, expect, outcome.text())
        self.assertLess(outcome.peak_bytes, most_bytes, outcome.text())
        self.assertLess(outcome.seconds, MOST_SECONDS, outcome.text())
        return outcome

    def put_text(self, content):
        path = self.folder / "mask.txt"
        path.write_bytes(content)
        return path

    def put_dataset(self, table, images, **how):
        pq.write_table(table, self.folder / "train.pq", **how)
        path = self.folder / "data.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.write(self.folder / "train.pq", "train.pq")
            for name, shape in images.items():
                file = self.folder / "image.npy"
                np.save(file, np.arange(np.prod(shape), dtype=np.int64).reshape(shape).astype(np.uint8))
                archive.write(file, f"images/{name}", zipfile.ZIP_DEFLATED)
        return path

    def test_R15_200_mb_of_text_are_decoded(self):
        text = self.put_text(runs_text(17_000_000))
        self.assertGreater(text.stat().st_size, 200 * MB)
        # The text, its runs (16 bytes each) and the array.
        self.run_volseg("decode", "-q", text, "--shape", "600,600,400", "-o", self.folder / "mask.npy",
                        most_bytes=2200 * MB, expect=0)
        mask = np.load(self.folder / "mask.npy", mmap_mode="r")
        self.assertEqual(int(np.count_nonzero(mask)), 17_000_000)

    def test_R15_a_token_of_1_gb_of_digits_is_refused(self):
        text = self.put_text(b"1" * 1_000_000_000)
        outcome = self.run_volseg("decode", "-q", text, "--shape", "6,6,4", "-o", self.folder / "mask.npy",
                                  most_bytes=1100 * MB, expect=3)
        self.assertLess(len(outcome.errors), 1000, "the message repeats the token")
        self.assertIn("mask.txt", outcome.errors)
        self.assertFalse((self.folder / "mask.npy").exists())

    def test_R15_1_gb_of_spaces_is_accepted(self):
        text = self.put_text(b"3 4" + b" " * 1_000_000_000 + b"20 2")
        self.run_volseg("decode", text, "--shape", "2,3,4", "-o", self.folder / "mask.npy",
                        most_bytes=1100 * MB, expect=0)
        self.assertEqual(int(np.count_nonzero(np.load(self.folder / "mask.npy"))), 6)

    def test_P12_a_value_of_nearly_2_gib_is_read(self):
        # A page, and so a value, of more than 2^31 - 1 bytes is not to be had in Parquet.
        if "VOLSEG_LARGEST_TESTS" not in os.environ:
            self.skipTest("takes minutes and 14 GB of memory; set VOLSEG_LARGEST_TESTS to run it")
        self.need(14_000 * MB)
        size = 2**31 - 2**20
        block = b"5 1" + b" " * 4093
        text = (block * (size // len(block))).rstrip()
        table = pa.table({"image": ["a.npy"], "class_id": pa.array([["lung"]], pa.list_(pa.large_string())),
                          "rle_mask": pa.array([[text.decode()]], pa.list_(pa.large_string()))})
        del text
        path = self.put_dataset(table, {"a.npy": (4, 5, 6)}, compression="snappy", use_dictionary=False,
                                write_statistics=False, data_page_size=2**31 - 1)
        del table
        outcome = self.run_volseg("check", "-j", "1", path, most_bytes=10_000 * MB, expect=0)
        self.assertIn("rle-", outcome.output)

    def test_P25_1_m_rows_are_checked(self):
        count = 1_000_000
        table = pa.table({"image": pa.array([f"{number}.npy" for number in range(count)]),
                          "class_id": pa.array([["lung"]] * count), "rle_mask": pa.array([["1 4"]] * count)})
        path = self.put_dataset(table, {"0.npy": (4, 5, 6), "1.npy": (4, 5, 7)})
        outcome = self.run_volseg("check", path, most_bytes=4000 * MB, expect=1)
        self.assertIn("image-missing", outcome.output)
        self.assertIn("999,998", outcome.output.replace("999998", "999,998"))


if __name__ == "__main__":
    sys.exit(unittest.main())
