# SPDX-License-Identifier: Apache-2.0
"""Writes pairs of label maps as files, runs `volseg score` on them, and reads what it says."""

import json
import pathlib

import numpy

from program import volseg

HEADER = """ObjectType = Image
NDims = 3
BinaryData = True
BinaryDataByteOrderMSB = False
CompressedData = False
TransformMatrix = 1 0 0 0 1 0 0 0 1
Offset = 0 0 0
ElementSpacing = {spacing}
DimSize = {extents}
ElementType = MET_UCHAR
ElementDataFile = LOCAL
"""


def write_label_map(path: pathlib.Path, labels: numpy.ndarray, spacing_mm):
    """A MetaImage: its spacing is text, so that 1.2 mm stays the nearest double of 1.2."""
    header = HEADER.format(spacing=" ".join(map(repr, spacing_mm)), extents=" ".join(map(str, labels.shape)))
    path.write_bytes(header.encode() + labels.astype(numpy.uint8).tobytes(order="F"))


def write_pairs(folder: pathlib.Path, pairs: list):
    for side in ("truth", "prediction"):
        (folder / side).mkdir(parents=True)
        for pair in pairs:
            write_label_map(folder / side / f"{pair.name}.mha", getattr(pair, side), pair.spacing_mm)


def score(folder: pathlib.Path, *flags, expect: int = 0) -> dict:
    """The JSON of `volseg score truth prediction`."""
    output = folder / "scores.json"
    volseg("score", "-q", folder / "truth", folder / "prediction", "--json", output, "--force", *flags,
           expect=expect)
    return json.loads(output.read_text())


def values_of(scores: dict) -> dict:
    """Metric values by (case, label value); infinities as floats."""
    found = {}
    for case in scores["sets"][0]["cases"]:
        for each in case["classes"]:
            values = {key: float(value) if value == "inf" else value for key, value in each.items()}
            found[case["case"], int(values.pop("class").removeprefix("label_"))] = values
    return found
