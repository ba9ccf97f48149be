"""Runs clang-tidy on many files in parallel, remembering files that were clean with the same inputs.

run_tidy.py BUILD_FOLDER FILE...
"""

import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

TIDY = "clang-tidy-16"


def fingerprint(headers: bytes, path: str) -> str:
    return hashlib.sha256(headers + pathlib.Path(path).read_bytes()).hexdigest()


def run(build: str, path: str) -> tuple[str, int, str]:
    command = [TIDY, "-p", build, "--quiet", "--extra-arg=-Wno-unknown-warning-option", path]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    return path, outcome.returncode, outcome.stdout


def main() -> int:
    build, *paths = sys.argv[1:]
    cache = pathlib.Path(build) / "tidy"
    cache.mkdir(exist_ok=True)
    headers = pathlib.Path(".clang-tidy").read_bytes() + b"".join(
        path.read_bytes() for path in sorted(pathlib.Path("volseg").rglob("*.h")))
    todo = [path for path in paths if not (cache / fingerprint(headers, path)).exists()]
    faulty = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, code, output in pool.map(lambda path: run(build, path), todo):
            if code == 0:
                (cache / fingerprint(headers, path)).touch()
                continue
            faulty += 1
            print(f"{path}:\n{output}")
    print(f"tidy: {len(paths)} files, {len(todo)} looked at, {faulty} with findings")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
