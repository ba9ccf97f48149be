# SPDX-License-Identifier: Apache-2.0
"""kill -9 at many moments and faults of every kind at every call: each output is absent or whole.

Whole is byte for byte what an undisturbed run writes. A killed process may leave temporary entries;
the next run of the same output removes them. python3 crash_test.py [-v]
"""

import errno
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import write_paths
from write_paths import WRITE_PATHS, contents, partial_entries

SHIM = os.environ["VOLSEG_FAULT_SHIM"]
MAJOR_CALLS, MINOR_CALLS = 60, 12
RANDOM_KILLS = 20
MOST_PARTIAL = 2  # a file and the folder of what goes into it


def some_of(last, most):
    """Up to `most` numbers from 1 to `last`, evenly, with both ends."""
    if last <= most:
        return list(range(1, last + 1))
    return sorted({1 + round(index * (last - 1) / (most - 1)) for index in range(most)})


class CrashTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="volseg-crash-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        write_paths.lay_out(cls.folder)

    def run_with(self, command, **settings):
        preload = f"{SHIM}:{os.environ['LD_PRELOAD']}" if os.environ.get("LD_PRELOAD") else SHIM
        environment = os.environ | {"LD_PRELOAD": preload} | {key: str(value) for key, value in settings.items()}
        return subprocess.run(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False, timeout=120)

    def reference(self, one):
        """The undisturbed outputs, how many calls they took and how long."""
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            count = self.folder / "count"
            start = time.monotonic()
            outcome = self.run_with(one.command(out), VOLSEG_FAULT_COUNT=count)
            seconds = time.monotonic() - start
            self.assertEqual(outcome.returncode, one.exit, outcome.stderr)
            self.assertEqual(partial_entries(out), [])
            whole = {name: contents(pathlib.Path(out) / name) for name in one.outputs}
        self.assertNotIn(None, whole.values())
        return whole, int(count.read_text()), seconds

    def assert_absent_or_whole(self, out, whole, what):
        for name, expected in whole.items():
            found = contents(pathlib.Path(out) / name)
            if found is not None:
                self.assertTrue(found == expected, f"{what}: {name} is not whole")

    def assert_runs_again(self, one, out, whole, force):
        outcome = self.run_with(one.command(out, force))
        self.assertEqual(outcome.returncode, one.exit, outcome.stderr)
        self.assertEqual({name: contents(pathlib.Path(out) / name) for name in whole} == whole, True)
        self.assertEqual(partial_entries(out), [])

    def clear(self, out, whole):
        for name in whole:
            place = pathlib.Path(out) / name
            if place.exists():
                subprocess.run(["rm", "-r", str(place)], check=True)

    def kill_at_calls(self, one, most):
        whole, calls, _ = self.reference(one)
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            for number, call in enumerate(some_of(calls, most)):
                outcome = self.run_with(one.command(out), VOLSEG_KILL_AT=call)
                what = f"{one.name} killed at call {call} of {calls}"
                self.assertIn(outcome.returncode, (-signal.SIGKILL, one.exit), what)
                self.assert_absent_or_whole(out, whole, what)
                self.assertLessEqual(len(partial_entries(out)), MOST_PARTIAL, what)
                self.clear(out, whole)
                if number % 10 == 9:
                    self.assert_runs_again(one, out, whole, False)
                    self.clear(out, whole)
            self.assert_runs_again(one, out, whole, False)
        print(f"{one.name}: killed at {len(some_of(calls, most))} of {calls} calls")

    def test_kill_at_each_call_leaves_outputs_absent_or_whole(self):
        for one in WRITE_PATHS:
            with self.subTest(one.name):
                self.kill_at_calls(one, MAJOR_CALLS if one.is_major else MINOR_CALLS)

    def test_kill_at_each_call_of_a_replacement_leaves_the_old_or_the_new(self):
        for one in WRITE_PATHS:
            if not one.is_major:
                continue
            with self.subTest(one.name), tempfile.TemporaryDirectory(dir=self.folder) as out:
                whole, _, _ = self.reference(one)
                self.run_with(one.command(out))
                count = self.folder / "count"
                self.run_with(one.command(out, force=True), VOLSEG_FAULT_COUNT=count)
                for call in some_of(int(count.read_text()), MINOR_CALLS * 2):
                    self.run_with(one.command(out, force=True), VOLSEG_KILL_AT=call)
                    found = {name: contents(pathlib.Path(out) / name) for name in whole}
                    self.assertTrue(found == whole, f"{one.name} --force killed at call {call}")
                self.assert_runs_again(one, out, whole, True)

    def test_kill_at_random_moments_leaves_outputs_absent_or_whole(self):
        moments = random.Random(7)
        for one in WRITE_PATHS:
            if not one.is_major:
                continue
            with self.subTest(one.name), tempfile.TemporaryDirectory(dir=self.folder) as out:
                whole, _, seconds = self.reference(one)
                for _ in range(RANDOM_KILLS):
                    process = subprocess.Popen(one.command(out), cwd=self.folder, stdin=subprocess.DEVNULL,
                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    time.sleep(moments.uniform(0, 1.1 * seconds))
                    process.kill()
                    process.wait()
                    self.assert_absent_or_whole(out, whole, one.name)
                    self.assertLessEqual(len(partial_entries(out)), MOST_PARTIAL)
                    self.clear(out, whole)
                self.assert_runs_again(one, out, whole, False)

    def fail_at_calls(self, one, code, lasting):
        whole, calls, _ = self.reference(one)
        most = MINOR_CALLS if one.is_major else MINOR_CALLS // 2
        for call in some_of(calls, most):
            with tempfile.TemporaryDirectory(dir=self.folder) as out:
                outcome = self.run_with(one.command(out), VOLSEG_FAIL_AT=call, VOLSEG_FAIL_ERRNO=code,
                                        VOLSEG_FAIL_ON=int(lasting))
                what = (f"{one.name}, {errno.errorcode[code]} at call {call} of {calls}: "
                        f"exit {outcome.returncode} {outcome.stderr}")
                self.assertIn(outcome.returncode, (one.exit, 4), what)
                if outcome.returncode == 4:
                    self.assertRegex(outcome.stderr, r"^volseg: \[[a-z._]+\] ", what)
                    self.assertEqual(len(outcome.stderr.splitlines()), 1, what)
                self.assertEqual(partial_entries(out), [], what)
                self.assert_absent_or_whole(out, whole, what)
                if outcome.returncode == one.exit:
                    self.assertEqual([name for name in whole if not (pathlib.Path(out) / name).exists()], [], what)

    def test_a_full_disk_at_each_call_leaves_outputs_absent_or_whole(self):
        for one in WRITE_PATHS:
            with self.subTest(one.name):
                self.fail_at_calls(one, errno.ENOSPC, lasting=True)

    def test_a_fault_of_the_disk_at_each_call_leaves_outputs_absent_or_whole(self):
        for one in WRITE_PATHS:
            with self.subTest(one.name):
                self.fail_at_calls(one, errno.EIO, lasting=False)


if __name__ == "__main__":
    sys.exit(unittest.main())
