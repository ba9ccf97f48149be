# SPDX-License-Identifier: Apache-2.0
"""Pairs of masks that scores are compared on, made the same everywhere: nothing but arithmetic and MT19937.

Spacings and tolerances of the small sets are multiples of 1/8 mm, so that every product is exact in any type and a
distance that equals a tolerance does so for every tool. The brain has 1.2 mm on one axis.
"""

import pathlib
import zlib
from typing import NamedTuple

import numpy

ATLAS = pathlib.Path("/usr/share/mricron/templates/aal.nii.gz")
BRAIN_SHIFT = (2, -1, 1)
BRAIN_SPACING_MM = (1.0, 1.2, 2.5)
TOLERANCES_MM = (0.0, 0.75, 1.0, 2.5)
PERCENTILES = (50.0, 95.0)
RANDOM_CASES = 60


class Pair(NamedTuple):
    """Label maps (0: background) of one case, and the spacing of array axes (0, 1, 2)."""
    name: str
    truth: numpy.ndarray
    prediction: numpy.ndarray
    spacing_mm: tuple


def checksum(pairs: list) -> int:
    """Changes with any voxel, shape or spacing; recorded beside the values."""
    value = 0
    for pair in pairs:
        value = zlib.crc32(repr((pair.name, pair.truth.shape, pair.spacing_mm)).encode(), value)
        for labels in (pair.truth, pair.prediction):
            value = zlib.crc32(numpy.ascontiguousarray(labels, numpy.uint8).tobytes(), value)
    return value


def shifted(labels: numpy.ndarray, offset) -> numpy.ndarray:
    """Moves the content; what leaves the volume is gone, what enters is background."""
    moved = numpy.zeros_like(labels)
    source = tuple(slice(max(0, -step), labels.shape[axis] - max(0, step)) for axis, step in enumerate(offset))
    target = tuple(slice(max(0, step), labels.shape[axis] - max(0, -step)) for axis, step in enumerate(offset))
    moved[target] = labels[source]
    return moved


def ellipsoid(shape, centre, radii) -> numpy.ndarray:
    grid = numpy.indices(shape, dtype=float)
    return sum(((grid[axis] - centre[axis]) / radii[axis]) ** 2 for axis in range(3)) <= 1


def draw_spacing(random) -> tuple:
    return tuple(int(number) / 8 for number in random.randint(4, 25, 3))


def random_pairs() -> list:
    """Noise of every density, extents 1 to 20; every third prediction is the truth with some voxels flipped."""
    random = numpy.random.RandomState(1)
    pairs = []
    for index in range(RANDOM_CASES):
        shape = tuple(int(extent) for extent in random.randint(1, 21, 3))
        truth = random.random_sample(shape) < (index % 10 + 0.5) / 10
        other = random.random_sample(shape) < (index % 7 + 0.5) / 7
        prediction = truth ^ (random.random_sample(shape) < 0.1) if index % 3 == 0 else other
        for mask in (truth, prediction):
            mask[tuple(int(random.randint(extent)) for extent in shape)] = True
        pairs.append(Pair(f"random_{index:02}", truth.astype(numpy.uint8), prediction.astype(numpy.uint8),
                          draw_spacing(random)))
    return pairs


def blob_pairs() -> list:
    """Ellipsoids with a rough surface, some of them cut by the border; extents 12 to 40."""
    random = numpy.random.RandomState(2)
    pairs = []
    for index in range(16):
        shape = tuple(int(extent) for extent in random.randint(12, 41, 3))
        truth, prediction = numpy.zeros(shape, bool), numpy.zeros(shape, bool)
        for _ in range(1 + index % 3):
            centre = [random.random_sample() * extent for extent in shape]
            radii = [2 + random.random_sample() * extent / 4 for extent in shape]
            moved = [at + random.random_sample() * 3 - 1.5 for at in centre]
            truth |= ellipsoid(shape, centre, radii)
            prediction |= ellipsoid(shape, moved, [radius * 1.1 for radius in radii])
        prediction ^= random.random_sample(shape) < 0.002 * (index % 4)
        pairs.append(Pair(f"blob_{index:02}", truth.astype(numpy.uint8), prediction.astype(numpy.uint8),
                          draw_spacing(random)))
    return pairs


def named_shapes() -> dict:
    """Truth and prediction of the cases that go wrong first."""
    shape = (9, 7, 11)

    def box(*slices):
        mask = numpy.zeros(shape, bool)
        mask[slices] = True
        return mask

    middle, low, high = slice(3, 6), slice(0, 3), slice(-3, None)
    checkers = numpy.indices(shape).sum(axis=0) % 2 == 0
    hollow = box(slice(1, 8), slice(1, 6), slice(1, 10)) ^ box(slice(2, 7), slice(2, 5), slice(2, 9))
    return {
        "same": (box(middle, middle, middle),) * 2,
        "full": (numpy.ones(shape, bool),) * 2,
        "full_and_voxel": (numpy.ones(shape, bool), box(4, 3, 5)),
        "voxels_at_opposite_corners": (box(0, 0, 0), box(-1, -1, -1)),
        "neighbours_along_axis_0": (box(4, 3, 5), box(5, 3, 5)),
        "neighbours_along_axis_1": (box(4, 3, 5), box(4, 4, 5)),
        "neighbours_along_axis_2": (box(4, 3, 5), box(4, 3, 6)),
        "same_voxel": (box(4, 3, 5),) * 2,
        "low_border": (box(low, low, low), box(slice(0, 4), slice(0, 2), slice(0, 3))),
        "high_border": (box(high, high, high), box(slice(-4, None), slice(-2, None), high)),
        "low_and_high_border": (box(low, low, low), box(high, high, high)),
        "whole_face": (box(0), box(slice(0, 2))),
        "plate_through_the_volume": (box(4), box(slice(None), 3)),
        "hollow_and_filled": (hollow, box(slice(1, 8), slice(1, 6), slice(1, 10))),
        "checkers_and_their_complement": (checkers, ~checkers),
        "diagonal_voxels": (box(2, 2, 2) | box(3, 3, 3) | box(4, 4, 4), box(3, 2, 2) | box(4, 3, 3)),
    }


def shape_pairs() -> list:
    pairs = [Pair(name, truth.astype(numpy.uint8), prediction.astype(numpy.uint8), (0.75, 1.25, 2.5))
             for name, (truth, prediction) in named_shapes().items()]
    line = numpy.zeros((1, 1, 12), numpy.uint8)
    line[0, 0, 3:7] = 1
    for axis in range(3):
        along = numpy.moveaxis(line, 2, axis)
        step = [0, 0, 0]
        step[axis] = 2
        pairs.append(Pair(f"line_along_axis_{axis}", along.copy(), shifted(along, step), (0.75, 1.25, 2.5)))
    return pairs


def empty_pairs() -> list:
    mask = numpy.zeros((5, 6, 7), numpy.uint8)
    mask[1:3, 2:5, 3] = 1
    nothing = numpy.zeros_like(mask)
    spacing = (0.75, 1.25, 2.5)
    return [Pair("no_truth", nothing, mask, spacing), Pair("no_prediction", mask, nothing, spacing),
            Pair("neither", nothing, nothing, spacing)]


def lesion_pairs() -> list:
    """Many small ellipsoids, of which some are missed, moved, merged or invented."""
    random = numpy.random.RandomState(3)
    pairs = []
    for index in range(8):
        shape = tuple(int(extent) for extent in random.randint(25, 46, 3))
        truth, prediction = numpy.zeros(shape, bool), numpy.zeros(shape, bool)
        for lesion in range(14):
            centre = [random.random_sample() * extent for extent in shape]
            radii = [1.5 + random.random_sample() * 3 for _ in shape]
            moved = [at + random.random_sample() * 2 - 1 for at in centre]
            if lesion % 5 != 4:
                truth |= ellipsoid(shape, centre, radii)
            if lesion % 7 != 6:
                prediction |= ellipsoid(shape, moved, radii)
        pairs.append(Pair(f"lesions_{index}", truth.astype(numpy.uint8), prediction.astype(numpy.uint8),
                          draw_spacing(random)))
    return pairs


def tube_pairs() -> list:
    """Bent tubes: balls along a random walk; the prediction is broken, moved and thinner."""
    random = numpy.random.RandomState(4)
    pairs = []
    for index in range(8):
        shape = (32, 28, 36)
        truth, prediction = numpy.zeros(shape, bool), numpy.zeros(shape, bool)
        for _ in range(2):
            at = numpy.array([random.random_sample() * extent for extent in shape])
            heading = random.random_sample(3) - 0.5
            for step in range(24):
                heading += (random.random_sample(3) - 0.5) * 0.5
                at = numpy.clip(at + 1.5 * heading / numpy.sqrt((heading ** 2).sum()), 2, numpy.array(shape) - 3)
                truth |= ellipsoid(shape, at, (2.2, 2.2, 2.2))
                if step % 9 < 5:
                    prediction |= ellipsoid(shape, at + (index % 4) * 0.5, (1.8, 1.8, 1.8))
        pairs.append(Pair(f"tubes_{index}", truth.astype(numpy.uint8), prediction.astype(numpy.uint8),
                          (1.0, 1.0, 1.0)))
    return pairs


def label_pairs() -> list:
    """Four classes of touching blocks; class 4 is missing from some truths and some predictions."""
    random = numpy.random.RandomState(5)
    pairs = []
    for index in range(8):
        shape = tuple(int(extent) for extent in random.randint(12, 25, 3))
        truth = numpy.zeros(shape, numpy.uint8)
        for value in range(1, 4 if index % 3 == 1 else 5):
            low = [int(random.randint(0, extent // 2)) for extent in shape]
            truth[tuple(slice(at, at + int(random.randint(3, 10))) for at in low)] = value
        prediction = shifted(truth, tuple(int(step) for step in random.randint(-1, 2, 3)))
        noise = random.random_sample(shape) < 0.02
        prediction[noise] = random.randint(0, 5, shape)[noise]
        if index % 3 == 2:
            prediction[prediction == 4] = 0
        pairs.append(Pair(f"labels_{index}", truth, prediction, draw_spacing(random)))
    return pairs


def brain_pair() -> Pair:
    """The 116 regions of the AAL atlas against themselves, moved. Needs nibabel and Debian's mricron-data."""
    import nibabel
    labels = numpy.asarray(nibabel.load(ATLAS).dataobj, numpy.uint8)
    return Pair("brain", labels, shifted(labels, BRAIN_SHIFT), BRAIN_SPACING_MM)


SETS = {"random": random_pairs, "blobs": blob_pairs, "shapes": shape_pairs, "empty": empty_pairs,
        "lesions": lesion_pairs, "tubes": tube_pairs, "labels": label_pairs, "brain": lambda: [brain_pair()]}
