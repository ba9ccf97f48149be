# SPDX-License-Identifier: Apache-2.0
"""Runs one transcript of the program in a fresh folder: python3 run_transcript.py FIXTURES FILE.test

  # remark
  $ volseg ARGUMENTS     runs the program that the environment variable VOLSEG names
  $ fixture NAME...      lays out fixture files
  $ full-disk FOLDER     mounts a file system of 1 MB without space left (the test is skipped where
                         mounting is not allowed)
  text                   expected standard output; * stands for any text, a line ... for any lines
  ! text                 expected standard error
  exit: N                expected exit code, 0 without it
  present: PATH  absent: PATH  unchanged: PATH

After every command no partly written file may be left.
"""

import ctypes
import dataclasses
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SKIPPED = 77
LIBC = ctypes.CDLL(None, use_errno=True)


class Skip(Exception):
    """The machine does not allow what the transcript needs."""


@dataclasses.dataclass
class Step:
    """One command with what is expected of it."""

    line: int
    command: list
    output: list = dataclasses.field(default_factory=list)
    errors: list = dataclasses.field(default_factory=list)
    exit: int = 0
    present: list = dataclasses.field(default_factory=list)
    absent: list = dataclasses.field(default_factory=list)
    unchanged: list = dataclasses.field(default_factory=list)


def read_transcript(path):
    steps = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        setting = re.fullmatch(r"(exit|present|absent|unchanged): (\S+)", line)
        if line.startswith("$ "):
            steps.append(Step(number, shlex.split(line[2:])))
        elif line.startswith("#"):
            continue
        elif not steps:
            if line.strip():
                raise ValueError(f"{path}:{number}: expected a command first")
        elif setting and setting[1] == "exit":
            steps[-1].exit = int(setting[2])
        elif setting:
            getattr(steps[-1], setting[1]).append(setting[2])
        elif line == "!" or line.startswith("! "):
            steps[-1].errors.append(line[2:])
        else:
            steps[-1].output.append(line)
    return steps


def without_blank_ends(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def matches(expected, lines):
    pattern = ""
    for line in expected:
        if line == "...":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += "[^\n]*".join(re.escape(part) for part in line.split("*")) + "\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None


def difference(what, expected, text):
    expected, found = without_blank_ends(expected), without_blank_ends(text.splitlines())
    if matches(expected, found):
        return []
    changes = difflib.unified_diff(expected, found, f"expected {what}", f"found {what}", lineterm="")
    return ["\n".join(changes)]


def obey_permissions():
    """Root writes and reads everything without these two capabilities dropped."""
    drop, override, read_search = 24, 1, 2
    LIBC.prctl(drop, override, 0, 0, 0)
    LIBC.prctl(drop, read_search, 0, 0, 0)


def make_full_disk(folder):
    new_mounts = 0x20000
    if LIBC.unshare(new_mounts) != 0:
        raise Skip("a full disk needs root")
    folder.mkdir()
    commands = (["mount", "--make-rprivate", "/"],
                ["mount", "-t", "tmpfs", "-o", "size=1m", "volseg-test", str(folder)])
    for command in commands:
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            raise Skip("a full disk needs the right to mount")
    try:
        with (folder / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
    except OSError:
        pass


class Runner:
    """Runs steps in one folder."""

    def __init__(self, fixtures, folder):
        self.fixtures = fixtures
        self.folder = folder
        self.disks = []

    def close(self):
        for disk in self.disks:
            subprocess.run(["umount", str(disk)], capture_output=True, check=False)
        for path in self.folder.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o700)

    def run(self, step):
        name, *arguments = step.command
        if name == "full-disk":
            self.disks.append(self.folder / arguments[0])
            make_full_disk(self.disks[-1])
            return []
        if name == "fixture":
            for fixture in arguments:
                subprocess.run([self.fixtures, fixture, str(self.folder)], check=True)
            return []
        if name != "volseg":
            return [f"unknown command {name}"]
        return self.run_program(step, arguments)

    def run_program(self, step, arguments):
        before = {path: self.contents(path) for path in step.unchanged}
        result = subprocess.run([os.environ["VOLSEG"], *arguments], cwd=self.folder,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                errors="replace", preexec_fn=obey_permissions, check=False)
        faults = difference("output", step.output, result.stdout)
        faults += difference("errors", step.errors, result.stderr)
        if result.returncode != step.exit:
            faults.append(f"expected exit: {step.exit}, found exit: {result.returncode}")
        faults += [f"{path} is missing" for path in step.present if not self.exists(path)]
        faults += [f"{path} exists" for path in step.absent if self.exists(path)]
        faults += [f"{path} changed" for path in before if self.contents(path) != before[path]]
        partial = [path for path in self.folder.rglob(".*") if ".partial" in path.name]
        faults += [f"left behind: {path.relative_to(self.folder)}" for path in partial]
        return faults

    def exists(self, path):
        return (self.folder / path).exists()

    def contents(self, path):
        whole = self.folder / path
        files = sorted(whole.rglob("*")) if whole.is_dir() else [whole]
        return [(file, file.read_bytes() if file.is_file() else None) for file in files]


def main(fixtures, transcript):
    failed = False
    with tempfile.TemporaryDirectory(prefix="volseg-cli-") as folder:
        runner = Runner(fixtures, pathlib.Path(folder))
        try:
            for step in read_transcript(pathlib.Path(transcript)):
                for fault in runner.run(step):
                    failed = True
                    print(f"{transcript}:{step.line}: {shlex.join(step.command)}\n{fault}\n")
        except Skip as reason:
            print(f"skipped: {reason}")
            return SKIPPED
        finally:
            runner.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
