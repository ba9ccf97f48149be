"""Runs the program under test and decodes masks by the public rule, independently of it."""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

import numpy

VOLSEG = os.environ["VOLSEG"]


def volseg(*arguments, expect: int | None = 0, cwd=None) -> subprocess.CompletedProcess:
    """Runs one command, which must end with the exit code `expect`, if any."""
    outcome = subprocess.run([VOLSEG, *map(str, arguments)], capture_output=True, text=True,
                             check=False, cwd=cwd, timeout=500)
    if expect is not None and outcome.returncode != expect:
        raise AssertionError(f"volseg {' '.join(map(str, arguments))}: exit {outcome.returncode}, "
                             f"expected {expect}\n{outcome.stdout}\n{outcome.stderr}")
    return outcome


def encode(mask: numpy.ndarray) -> str:
    flat = numpy.concatenate([[0], (mask != 0).astype(numpy.int8).flatten(order="F"), [0]])
    edges = numpy.flatnonzero(numpy.diff(flat))
    starts, ends = edges[::2], edges[1::2]
    return " ".join(f"{start + 1} {end - start}" for start, end in zip(starts, ends))


def decode(text: str, shape) -> numpy.ndarray:
    flat = numpy.zeros(int(numpy.prod(shape)), dtype=bool)
    numbers = [int(token) for token in text.split()]
    for start, length in zip(numbers[::2], numbers[1::2]):
        flat[start - 1:start - 1 + length] = True
    return flat.reshape(shape, order="F")


def rle2mask_3d(text: str, shape: tuple[int, int, int]) -> numpy.ndarray:
    """The public decoder: takes (height, width, depth), returns axes (depth, height, width)."""
    height, width, depth = shape
    numbers = numpy.asarray(text.split(), dtype=int)
    starts, lengths = numbers[0::2] - 1, numbers[1::2]
    flat = numpy.zeros(height * width * depth, dtype=numpy.uint8)
    for start, length in zip(starts, lengths):
        flat[start:start + length] = 1
    return flat.reshape((width, height, depth)).T


def tensors(path: pathlib.Path) -> dict[str, bytes]:
    """Name -> dtype, shape and bytes of every tensor of a safetensors file."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            found[name] = (entry["dtype"], tuple(entry["shape"]),
                           content[8 + length + begin:8 + length + end])
    return found


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class ServerTest(unittest.TestCase):
    """Tests with one process, named by the environment variable SERVER, that answers requests."""

    SERVER = ""

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([os.environ[cls.SERVER]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @classmethod
    def tearDownClass(cls):
        cls.server.stdin.close()
        cls.server.stdout.close()
        cls.server.wait()

    def send(self, request: str, content: bytes = b"") -> str:
        """A line and the bytes that belong to it; gives the line that answers."""
        self.server.stdin.write(request.encode() + b"\n" + content)
        self.server.stdin.flush()
        return self.server.stdout.readline().decode().strip()
