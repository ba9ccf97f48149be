# SPDX-License-Identifier: Apache-2.0
"""Scores by plain NumPy and SciPy: whole arrays, exact distance transforms, k-d trees. Slow and obvious.

Axes are those of the array; spacings are in the same order.
"""

from typing import NamedTuple

import numpy
import scipy.ndimage
import scipy.optimize
import scipy.spatial

# surface-distance 0.1 was written for NumPy 1.
numpy.Inf = getattr(numpy, "Inf", numpy.inf)
import surface_distance.lookup_tables  # noqa: E402


def counts(truth, prediction) -> dict:
    return {"true_positive": int((truth & prediction).sum()), "false_positive": int((~truth & prediction).sum()),
            "false_negative": int((truth & ~prediction).sum()), "true_negative": int((~truth & ~prediction).sum())}


def fraction(numerator, denominator):
    return None if denominator == 0 else numerator / denominator


def cohen_kappa(tp, fp, fn, tn):
    """(observed - expected agreement) / (1 - expected agreement) of two raters of every voxel."""
    voxels = tp + fp + fn + tn
    observed = (tp + tn) / voxels
    expected = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / voxels ** 2
    return fraction(observed - expected, 1 - expected)


def overlap(truth, prediction, spacing_mm) -> dict:
    found = counts(truth, prediction)
    tp, fp, fn, tn = found.values()
    right, guess = tp + fn, tp + fp
    voxel_ml = float(numpy.prod(spacing_mm)) / 1000
    return found | {
        "dice": fraction(2 * tp, right + guess), "iou": fraction(tp, tp + fp + fn),
        "precision": fraction(tp, guess), "recall": fraction(tp, right), "specificity": fraction(tn, tn + fp),
        "volume_similarity": fraction(right + guess - abs(right - guess), right + guess),
        "relative_volume_difference": fraction(guess - right, right),
        "absolute_volume_difference_ml": abs(guess - right) * voxel_ml,
        "cohen_kappa": cohen_kappa(tp, fp, fn, tn),
        "truth_volume_ml": right * voxel_ml, "prediction_volume_ml": guess * voxel_ml}


class Surface(NamedTuple):
    points_mm: numpy.ndarray  # a row each
    weights: numpy.ndarray


def voxel_surface(mask, spacing_mm) -> Surface:
    """Voxels that an erosion by the six neighbours takes away; outside the volume is background."""
    border = mask & ~scipy.ndimage.binary_erosion(mask)
    points = numpy.argwhere(border) * numpy.asarray(spacing_mm)
    return Surface(points, numpy.ones(len(points)))


def element_surface(mask, spacing_mm) -> Surface:
    """Corners between eight voxels that are not all alike, with the area of the contour between them."""
    padded = numpy.pad(mask, 1).astype(numpy.uint8)
    code = numpy.zeros([extent - 1 for extent in padded.shape], int)
    for corner, bit in numpy.ndenumerate(surface_distance.lookup_tables.ENCODE_NEIGHBOURHOOD_3D_KERNEL):
        part = tuple(slice(at, at + extent) for at, extent in zip(corner, code.shape))
        code += int(bit) * padded[part]
    areas = surface_distance.lookup_tables.create_table_neighbour_code_to_surface_area(spacing_mm)
    border = (code != 0) & (code != 255)
    return Surface((numpy.argwhere(border) - 0.5) * numpy.asarray(spacing_mm), areas[code[border]])


def boundary_surface(mask, spacing_mm) -> Surface:
    """The same corners, each counting 1."""
    points_mm, weights = element_surface(mask, spacing_mm)
    return Surface(points_mm, numpy.ones_like(weights))


SURFACES = {"voxel": voxel_surface, "element": element_surface, "boundary": boundary_surface}


def directed_distances(truth: Surface, prediction: Surface) -> tuple:
    """From each point of one surface to the nearest of the other, both ways."""
    return tuple(scipy.spatial.KDTree(other.points_mm).query(one.points_mm)[0]
                 for one, other in ((truth, prediction), (prediction, truth)))


def transformed_distances(truth, prediction, spacing_mm) -> tuple:
    """The same of voxel surfaces by exact distance transforms over the whole volume."""
    borders = [mask & ~scipy.ndimage.binary_erosion(mask) for mask in (truth, prediction)]
    return tuple(scipy.ndimage.distance_transform_edt(~other, sampling=spacing_mm)[one]
                 for one, other in (borders, borders[::-1]))


def share_reached(distances, weights, percent) -> float:
    """The first distance within which that share of the area lies."""
    order = numpy.argsort(distances, kind="stable")
    reached = numpy.cumsum(weights[order]) / weights.sum()
    return float(distances[order][min(numpy.searchsorted(reached, percent / 100), len(order) - 1)])


def surface(truth, prediction, spacing_mm, definition, percents, tolerances_mm) -> dict:
    """Every surface metric of two masks that are not empty."""
    sides = [SURFACES[definition](mask, spacing_mm) for mask in (truth, prediction)]
    there, back = (transformed_distances(truth, prediction, spacing_mm) if definition == "voxel"
                   else directed_distances(*sides))
    weights = [side.weights for side in sides]
    total = weights[0].sum() + weights[1].sum()
    sums = (there * weights[0]).sum(), (back * weights[1]).sum()
    found = {"hd": max(there.max(), back.max()), "asd_truth_to_prediction": sums[0] / weights[0].sum(),
             "asd_prediction_to_truth": sums[1] / weights[1].sum(), "assd": sum(sums) / total}
    for percent in percents:
        found[f"hd_{percent:g}"] = max(
            float(numpy.percentile(distances, percent)) if definition != "element"
            else share_reached(distances, weight, percent) for distances, weight in zip((there, back), weights))
        found[f"pooled_hd_{percent:g}"] = float(numpy.percentile(numpy.concatenate((there, back)), percent))
    for tolerance in tolerances_mm:
        found[f"nsd_{tolerance:g}"] = (weights[0][there <= tolerance].sum() +
                                       weights[1][back <= tolerance].sum()) / total
    return {name: float(value) for name, value in found.items()}


def lesions(truth, prediction, threshold) -> dict:
    """26-connected components, matched one to one for the largest sum of IoU above the threshold."""
    right, true_lesions = scipy.ndimage.label(truth, numpy.ones((3, 3, 3)))
    guess, predicted_lesions = scipy.ndimage.label(prediction, numpy.ones((3, 3, 3)))
    shared = numpy.zeros((true_lesions + 1, predicted_lesions + 1))
    numpy.add.at(shared, (right.ravel(), guess.ravel()), 1)
    sizes = numpy.bincount(right.ravel(), minlength=true_lesions + 1)[:, None]
    others = numpy.bincount(guess.ravel(), minlength=predicted_lesions + 1)[None]
    iou = (shared / numpy.maximum(sizes + others - shared, 1))[1:, 1:]
    dice = (2 * shared / numpy.maximum(sizes + others, 1))[1:, 1:]
    rows, columns = scipy.optimize.linear_sum_assignment(numpy.where(iou > threshold, iou, 0), maximize=True)
    kept = iou[rows, columns] > threshold
    pairs = rows[kept], columns[kept]
    matched = int(kept.sum())
    return {"true_positive": matched, "false_positive": predicted_lesions - matched,
            "false_negative": true_lesions - matched, "iou_sum": float(iou[pairs].sum()),
            "dice_sum": float(dice[pairs].sum())}
