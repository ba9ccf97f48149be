#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times the public NumPy functions, pycocotools, and PyArrow + NumPy on the arrays of the benchmarks.

  against_python.py MASKS DATASET.zip [--quick]      prints {"name": milliseconds, ...} as JSON

MASKS is a folder of write_test_masks. --quick leaves out the worst case (salt), which takes a minute.
"""

import argparse
import io
import json
import pathlib
import time
import zipfile

import numpy
import pyarrow.parquet
import pycocotools.mask


def mask2rle(mask: numpy.ndarray) -> str:
    """The public encoder's method: flatten, find changes, join numbers."""
    pixels = numpy.concatenate([[0], mask.T.flatten(), [0]])
    runs = numpy.where(pixels[1:] != pixels[:-1])[0] + 1
    runs[1::2] -= runs[::2]
    return " ".join(str(number) for number in runs)


def rle2mask_3d(text: str, shape) -> numpy.ndarray:
    """The public decoder's method: split, convert, fill run by run."""
    height, width, depth = shape
    tokens = text.split()
    starts, lengths = (numpy.asarray(part, dtype=int) for part in (tokens[::2], tokens[1::2]))
    flat = numpy.zeros(height * width * depth, dtype=numpy.uint8)
    for start, end in zip(starts - 1, starts - 1 + lengths):
        flat[start:end] = 1
    return flat.reshape((width, height, depth)).transpose(2, 1, 0)


def best_ms(work, repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1e3


def time_masks(folder: pathlib.Path, quick: bool) -> dict:
    figures = {}
    names = ["lungs"] if quick else ["lungs", "salt"]
    for name in names:
        mask = numpy.load(folder / f"{name}.npy")
        repeats = 3 if name == "lungs" else 1
        c_order = numpy.ascontiguousarray(mask)
        text = mask2rle(mask)
        depth, height, width = mask.shape
        figures[f"encode/{name}/contiguous"] = best_ms(lambda: mask2rle(mask), repeats)
        figures[f"encode/{name}/c_order"] = best_ms(lambda: mask2rle(c_order), repeats)
        figures[f"decode/{name}/contiguous"] = best_ms(
            lambda: rle2mask_3d(text, (height, width, depth)), repeats)
        figures[f"decode/{name}/c_order"] = best_ms(
            lambda: numpy.ascontiguousarray(rle2mask_3d(text, (height, width, depth))), repeats)
        plane = numpy.asfortranarray(mask.reshape((-1, 1), order="F"))
        coded = pycocotools.mask.encode(plane)
        figures[f"pycocotools_encode/{name}"] = best_ms(lambda: pycocotools.mask.encode(plane), repeats)
        figures[f"pycocotools_decode/{name}"] = best_ms(lambda: pycocotools.mask.decode(coded), repeats)
    return figures


def validate(path: pathlib.Path):
    """What a careful script does before it trusts a dataset: reads all, parses all, compares sizes."""
    with zipfile.ZipFile(path) as archive:
        table = pyarrow.parquet.read_table(io.BytesIO(archive.read("train.pq")))
        for row in table.to_pylist():
            image = numpy.load(io.BytesIO(archive.read("images/" + row["image"])))
            for text in row["rle_mask"]:
                numbers = numpy.asarray(text.split(), dtype=numpy.int64)
                starts, lengths = numbers[::2], numbers[1::2]
                assert len(starts) == len(lengths) and starts.min(initial=1) >= 1
                assert (starts[1:] > (starts + lengths)[:-1]).all()
                assert (starts + lengths - 1).max(initial=0) <= image.size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("masks", type=pathlib.Path)
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    figures = time_masks(arguments.masks, arguments.quick)
    figures["check_100_masks"] = best_ms(lambda: validate(arguments.dataset), 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
