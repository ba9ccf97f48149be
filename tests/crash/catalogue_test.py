# SPDX-License-Identifier: Apache-2.0
"""`check` of every bad file of the catalogue, as a process of its own with little memory and time.

The unit tests of the archive and dataset layers make the files (VOLSEG_KEEP_FILES). For each: no
crash, no hang, no memory beyond a bound that follows from the file's length, exit 0 or 1, and an
output that names a code. python3 catalogue_test.py [-v]
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

import write_paths

VOLSEG = os.environ["VOLSEG"]
TEST_PROGRAMS = os.environ["VOLSEG_CATALOGUE_PROGRAMS"].split(":")
ROW = re.compile(r"[A-Za-z]+\.([ZPNIDR]\d\d)_")
EXPECTED_ROWS = {"Z": 20, "P": 24, "N": 10, "I": 12, "R": 13}  # at least so many rows of each kind
MB = 1 << 20
MOST_EXTRA = 64 * MB
# What a declared size may be bounded by: deflate expands to 1,100 bytes a byte at most.
MOST_RATIO = 1100
# Stacks and heaps of threads take addresses, not memory.
THREAD_ADDRESSES = 256 * MB
MOST_SECONDS = 60


def keep_files(folder):
    for program in TEST_PROGRAMS:
        listed = subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout
        names, suite = [], ""
        for line in listed.splitlines():
            if not line.startswith(" "):
                suite = line.strip()
            elif ROW.match(suite + line.strip()):
                names.append(suite + line.strip())
        # Those that run in a child with limits, or make files of many gigabytes, keep nothing.
        subprocess.run([program, "--gtest_brief=1", "--gtest_filter=" + ":".join(names) + ":-LargeZip.*"],
                       env=os.environ | {"VOLSEG_KEEP_FILES": str(folder)}, check=True, stdout=subprocess.DEVNULL)


class Outcome:
    def __init__(self, path, most_address_bytes):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (most_address_bytes, most_address_bytes))
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([VOLSEG, "check", "-q", "-j", "1", "--json", path], stdout=out, stderr=errors,
                                       stdin=subprocess.DEVNULL, preexec_fn=limit)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            self.output, self.errors = out.read().decode(errors="replace"), errors.read().decode(errors="replace")
        self.exit = process.returncode
        self.peak_bytes = usage.ru_maxrss * 1024


def need_of_a_sound_file(path):
    """Resident and address bytes that the program takes when there is nothing to do."""
    resident = Outcome(path, 16 << 30).peak_bytes
    low, high = 0, 16 << 30
    while high - low > 8 * MB:
        middle = (low + high) // 2
        if Outcome(path, middle).exit == 0:
            high = middle
        else:
            low = middle
    return resident, high


class CatalogueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="volseg-catalogue-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "kept").mkdir()
        keep_files(cls.folder / "kept")
        write_paths.lay_out(cls.folder)
        cls.files = sorted((cls.folder / "kept").iterdir())
        cls.resident, cls.address = need_of_a_sound_file(cls.folder / "sound.zip")

    def test_files_of_all_kinds_of_rows_are_there(self):
        rows = {ROW.match(path.name)[1] for path in self.files}
        found = collections.Counter(row[0] for row in rows)
        for kind, least in EXPECTED_ROWS.items():
            self.assertGreaterEqual(found[kind], least, f"rows of kind {kind}: {sorted(rows)}")
        print(f"{len(self.files)} files of {len(rows)} rows; the program alone takes "
              f"{self.resident / MB:.0f} MB, {self.address / MB:.0f} MB of addresses")

    def fault_of(self, path):
        bound = MOST_RATIO * path.stat().st_size
        extra = MOST_EXTRA + min(bound, 1 << 30)
        outcome = Outcome(path, self.address + 2 * extra + THREAD_ADDRESSES)
        text = f"{path.name}: exit {outcome.exit}, peak {outcome.peak_bytes / MB:.0f} MB\n{outcome.errors[:500]}"
        if outcome.exit not in (0, 1) or outcome.errors:
            return text + "\nexpected exit 0 or 1 and no errors"
        if outcome.peak_bytes > self.resident + extra:
            return text + f"\nexpected at most {(self.resident + extra) / MB:.0f} MB"
        findings = json.loads(outcome.output)["findings"]
        if outcome.exit == 1 and not any(one["severity"] == "error" for one in findings):
            return text + "\nexit 1 without an error among the findings"
        for one in findings:
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", one["code"]) or not (one.get("fix") and one.get("found")):
                return text + f"\na finding without code, fix or what was found: {one}"
        return None

    def test_check_of_each_file_ends_in_bounds_and_names_a_code(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            faults = [fault for fault in pool.map(self.fault_of, self.files) if fault]
        self.assertEqual(faults, [], "\n\n".join(faults[:20]))


if __name__ == "__main__":
    sys.exit(unittest.main())
