"""Runs clang-tidy on many files in parallel, remembering files that were clean with the same inputs.

run_tidy.py BUILD_FOLDER FILE...

A file's inputs are itself, the project's headers that it includes, the settings above it, and the program's
version. What was clean is remembered in VOLSEG_TIDY_CACHE, or in volseg-tidy of the user's cache folder.
"""

import concurrent.futures
import functools
import hashlib
import os
import pathlib
import re
import subprocess
import sys

TIDY = "clang-tidy-16"
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


@functools.cache
def includes_of(path: pathlib.Path) -> frozenset:
    """The file and every file of the project that it includes, however deep."""
    found = {path}
    for name in INCLUDE.findall(path.read_bytes()):
        for folder in (pathlib.Path(), path.parent):
            header = folder / os.fsdecode(name)
            if header.is_file():
                found |= includes_of(header)
                break
    return frozenset(found)


def settings_of(path: pathlib.Path) -> list:
    return [folder / ".clang-tidy" for folder in path.parents if (folder / ".clang-tidy").is_file()]


def fingerprint(version: bytes, path: pathlib.Path) -> str:
    found = hashlib.sha256(version)
    for each in sorted(includes_of(path)) + settings_of(path):
        found.update(os.fsencode(each) + b"\0" + hashlib.sha256(each.read_bytes()).digest())
    return found.hexdigest()


def run(build: str, path: pathlib.Path) -> tuple[int, str]:
    command = [TIDY, "-p", build, "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(path)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    return outcome.returncode, outcome.stdout


def cache_folder() -> pathlib.Path:
    user = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("VOLSEG_TIDY_CACHE") or pathlib.Path(user) / "volseg-tidy")


def main() -> int:
    build, *paths = sys.argv[1:]
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    marks = {path: cache / fingerprint(version, path) for path in map(pathlib.Path, paths)}
    todo = [path for path, mark in marks.items() if not mark.exists()]
    faulty = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, (code, output) in zip(todo, pool.map(functools.partial(run, build), todo)):
            if code == 0:
                marks[path].touch()
                continue
            faulty += 1
            print(f"{path}:\n{output}")
    print(f"tidy: {len(paths)} files, {len(todo)} looked at, {faulty} with findings")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
