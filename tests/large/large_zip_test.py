# SPDX-License-Identifier: Apache-2.0
"""check of a zip of 100 GB stays within bounded memory: python3 large_zip_test.py

The zip holds a small dataset and 25 stored members of 4 GB of zero bytes, which take no space on disk.
"""

import io
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ZERO_MEMBERS = 25
ZERO_BYTES = 4_000_000_000
MOST_RESIDENT_BYTES = 300_000_000


def combine_crc32(matrix_square, crc, zero_bytes):
    """CRC-32 after `zero_bytes` zero bytes follow bytes whose CRC-32 is `crc`."""
    register = crc ^ 0xFFFFFFFF
    operator = matrix_square
    while zero_bytes:
        if zero_bytes & 1:
            register = apply(operator, register)
        operator = [apply(operator, column) for column in operator]
        zero_bytes >>= 1
    return register ^ 0xFFFFFFFF


def apply(operator, value):
    result = 0
    for bit in range(32):
        if value >> bit & 1:
            result ^= operator[bit]
    return result


def one_zero_byte():
    """What one zero byte does to each bit of the CRC register."""
    columns = []
    for bit in range(32):
        register = 1 << bit
        for _ in range(8):
            register = register >> 1 ^ (0xEDB88320 if register & 1 else 0)
        columns.append(register)
    return columns


def crc32_of_zeros(count):
    return combine_crc32(one_zero_byte(), 0, count)


class SparseZip:
    """A zip64 writer that leaves holes for zero bytes."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.directory = b""
        self.count = 0

    def add(self, name, crc, size, content=None):
        name = name.encode()
        offset = self.file.tell()
        sizes = struct.pack("<HHQQ", 1, 16, size, size)
        wide = struct.pack("<HHQQQ", 1, 24, size, size, offset)
        shared = struct.pack("<HHHIIII", 45, 0, 0, 0x210000, crc, 0xFFFFFFFF, 0xFFFFFFFF)
        self.file.write(b"PK\3\4" + shared + struct.pack("<HH", len(name), len(sizes)) + name + sizes)
        if content is None:
            self.file.seek(size, os.SEEK_CUR)
        else:
            self.file.write(content)
        self.directory += (b"PK\1\2" + struct.pack("<H", 45 | 3 << 8) + shared +
                           struct.pack("<HHHHHII", len(name), len(wide), 0, 0, 0, 0o100644 << 16, 0xFFFFFFFF) +
                           name + wide)
        self.count += 1

    def close(self):
        start, size = self.file.tell(), len(self.directory)
        self.file.write(self.directory)
        self.file.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, self.count, self.count, size, start))
        self.file.write(b"PK\6\7" + struct.pack("<IQI", 0, start + size, 1))
        self.file.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
        self.file.close()


def write_dataset(path):
    archive = SparseZip(path)

    def add(name, content):
        archive.add(name, zlib.crc32(content), len(content), content)

    names = ["a.npy", "b.npy"]
    for number, name in enumerate(names):
        buffer = io.BytesIO()
        np.save(buffer, np.arange(60, dtype=np.float32).reshape(3, 4, 5) + number)
        add(f"images/{name}", buffer.getvalue())
    table = pa.table({"image": names, "class_id": [["lung"]] * 2, "rle_mask": [["1 4"], ["7 2"]]})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    add("train.pq", buffer.getvalue())
    crc = crc32_of_zeros(ZERO_BYTES)
    for number in range(ZERO_MEMBERS):
        archive.add(f"raw/{number}.bin", crc, ZERO_BYTES)
    archive.close()


class LargeZip(unittest.TestCase):
    def test_check_reads_100_gb_in_bounded_memory(self):
        # Reading holes of a disk file goes through the page cache; memory file systems give zero pages.
        parent = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            path = pathlib.Path(folder) / "data.zip"
            write_dataset(path)
            self.assertGreater(path.stat().st_size, 100_000_000_000)
            start = time.monotonic()
            outcome = subprocess.run([os.environ["VOLSEG"], "check", path], capture_output=True, text=True,
                                     check=False)
            seconds = time.monotonic() - start
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        print(f"check of 100 GB: {seconds:.1f} s, peak {peak / 1e6:.0f} MB resident")
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        self.assertNotIn("member-unreadable", outcome.stdout)
        self.assertLess(peak, MOST_RESIDENT_BYTES)


if __name__ == "__main__":
    sys.exit(unittest.main())
