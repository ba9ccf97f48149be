#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times surface-distance, MONAI, SciPy and NumPy on the pairs of the score benchmarks.

  score_against_python.py MASKS [--quick]      prints JSON: {"rows": {BENCHMARK: [{peer, ms, ...}]}, "missing": [...]}

MASKS is a folder of volseg_write_test_masks. A row holds the best time of up to three, and the values that the peer
found, so that whoever compares times can compare those too. What is not installed is listed in `missing`.
"""

import argparse
import importlib
import json
import pathlib
import time
import warnings

import numpy
import scipy.ndimage

numpy.Inf = getattr(numpy, "Inf", numpy.inf)  # surface-distance 0.1 was written for NumPy 1

ATLAS = pathlib.Path("/usr/share/mricron/templates/aal.nii.gz")
LUNGS_SPACING_MM = (0.7, 0.7, 1.25)
BRAIN_SPACING_MM = (1.0, 1.2, 2.5)
ENOUGH_S = 15
TOLERANCE_MM = 1.0


def timed(work) -> tuple:
    """Best of three runs, or of as many as fit into ENOUGH_S; and the result."""
    taken = []
    while len(taken) < 3 and sum(taken) < ENOUGH_S:
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1e3, result


def joint_box(truth, prediction) -> tuple:
    """Slices around both masks with one voxel of background, where there is one."""
    box = scipy.ndimage.find_objects((truth | prediction).astype(numpy.uint8))[0]
    return tuple(slice(max(0, part.start - 1), part.stop + 1) for part in box)


def scipy_surface(truth, prediction, spacing) -> dict:
    """The voxel definition by erosions and exact distance transforms of the joint box, every metric at once."""
    box = joint_box(truth, prediction)
    borders = [mask[box] & ~scipy.ndimage.binary_erosion(mask[box]) for mask in (truth, prediction)]
    there, back = (scipy.ndimage.distance_transform_edt(~other, sampling=spacing)[one]
                   for one, other in (borders, borders[::-1]))
    points = len(there) + len(back)
    return {"hausdorff_mm": max(there.max(), back.max()),
            "hd95_mm": max(numpy.percentile(there, 95), numpy.percentile(back, 95)),
            "assd_mm": (there.sum() + back.sum()) / points,
            "nsd": ((there <= TOLERANCE_MM).sum() + (back <= TOLERANCE_MM).sum()) / points, "points": points}


def element_surface(truth, prediction, spacing) -> dict:
    """The area-weighted definition by the surface-distance package, every metric from one computation."""
    import surface_distance
    found = surface_distance.compute_surface_distances(truth, prediction, spacing)
    areas = [found["surfel_areas_gt"].sum(), found["surfel_areas_pred"].sum()]
    there, back = surface_distance.compute_average_surface_distance(found)
    return {"hausdorff_mm": surface_distance.compute_robust_hausdorff(found, 100),
            "hd95_mm": surface_distance.compute_robust_hausdorff(found, 95),
            "assd_mm": (there * areas[0] + back * areas[1]) / sum(areas),
            "nsd": surface_distance.compute_surface_dice_at_tolerance(found, TOLERANCE_MM), "points": sum(areas)}


def monai_metrics(truth, prediction, spacing) -> dict:
    """MONAI's functions by the name of the value that each gives."""
    import monai.metrics
    import torch
    pair = [torch.from_numpy(mask[None, None]) for mask in (prediction, truth)]
    options = {"include_background": True, "spacing": list(spacing)}
    return {"hd95_mm": lambda: monai.metrics.compute_hausdorff_distance(*pair, percentile=95, **options),
            "assd_mm": lambda: monai.metrics.compute_average_surface_distance(*pair, symmetric=True, **options),
            "nsd": lambda: monai.metrics.compute_surface_dice(*pair, class_thresholds=[TOLERANCE_MM], **options)}


def row(peer, milliseconds, values) -> dict:
    return {"peer": peer, "ms": milliseconds, **{name: float(value) for name, value in values.items()}}


def surface_rows(name, truth, prediction, spacing, has) -> dict:
    """Every peer on one pair."""
    rows = {f"{name}/voxel": [row("SciPy, joint box", *timed(lambda: scipy_surface(truth, prediction, spacing)))]}
    if has["surface_distance"]:
        rows[f"{name}/element"] = [
            row("surface-distance", *timed(lambda: element_surface(truth, prediction, spacing)))]
    if has["monai"]:
        for value, work in monai_metrics(truth, prediction, spacing).items():
            taken, found = timed(work)
            rows[f"{name}/voxel"].append(row(f"MONAI, {value.removesuffix('_mm').upper()} alone", taken,
                                             {value: found}))
    return rows


def each_region(labels, moved, work) -> float:
    """Mean of work over the classes of a label map, a mask pair each."""
    classes = numpy.unique(labels[labels > 0])
    return sum(float(work(labels == value, moved == value)) for value in classes) / len(classes)


def dice(truth, prediction) -> float:
    return 2 * (truth & prediction).sum() / (truth.sum() + prediction.sum())


def counted_dice(truth, prediction) -> float:
    """Dice by the four sums over the whole volume that nnU-Net's evaluation takes."""
    tp, fp, fn, _ = ((one & other).sum() for one, other in (
        (truth, prediction), (~truth, prediction), (truth, ~prediction), (~truth, ~prediction)))
    return 2 * tp / (2 * tp + fp + fn)


def region_rows(name, has) -> dict:
    """The 116 regions of the AAL atlas against themselves, one voxel along axis 0, at 1 mm."""
    import nibabel
    labels = numpy.asarray(nibabel.load(ATLAS).dataobj)
    moved = numpy.zeros_like(labels)
    moved[1:] = labels[:-1]
    spacing = (1.0, 1.0, 1.0)
    rows = {f"{name}/voxel": [], f"{name}/element": []}

    def add(definition, peer, work, value):
        taken, mean = timed(lambda: each_region(labels, moved, work))
        rows[f"{name}/{definition}"].append(row(peer, taken, {value: mean}))

    add("voxel", "SciPy, joint box", lambda *pair: scipy_surface(*pair, spacing)["assd_mm"] + dice(*pair),
        "mean_of_dice_and_assd")
    if has["surface_distance"]:
        add("element", "surface-distance", lambda *pair: element_surface(*pair, spacing)["assd_mm"] + dice(*pair),
            "mean_of_dice_and_assd")
    if has["monai"]:
        add("voxel", "MONAI, ASSD alone", lambda *pair: monai_metrics(*pair, spacing)["assd_mm"](), "mean_assd")
    add("voxel", "NumPy as nnU-Net counts, Dice alone", counted_dice, "mean_dice")
    return rows


def run_list_pairs(folder) -> list:
    """Starts and ends of both sides of each pair."""
    lists = numpy.load(folder / "run_lists.npy").astype(numpy.int64)
    sides = [tuple(numpy.ascontiguousarray(lists[:, end, index]) for end in (0, 1))
             for index in range(lists.shape[2])]
    return list(zip(sides[::2], sides[1::2]))


def run_list_dice(truth, prediction) -> float:
    """Voxels of the prediction below each end of a run of the truth, less those below its start."""
    starts, ends = prediction
    filled = numpy.concatenate(([0], numpy.cumsum(ends - starts)))

    def below(positions):
        index = numpy.searchsorted(starts, positions, side="right")
        return filled[index] - numpy.maximum(0, ends[index - 1] - positions) * (index > 0)
    shared = (below(truth[1]) - below(truth[0])).sum()
    return 2 * shared / ((truth[1] - truth[0]).sum() + filled[-1])


def run_list_row(folder) -> dict:
    pairs = run_list_pairs(folder)
    taken, mean = timed(lambda: sum(run_list_dice(*pair) for pair in pairs) / len(pairs))
    return row("NumPy on runs", taken, {"mean_dice": mean})


def installed(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("masks", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="without the lungs, which take minutes")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    has = {name: installed(name) for name in ("surface_distance", "monai", "nibabel")}
    missing = [name for name, found in has.items() if not found]
    rows = {"dice_of_1000_run_pairs": [run_list_row(arguments.masks)]}
    for name, spacing in (("brain", BRAIN_SPACING_MM), ("lungs", LUNGS_SPACING_MM)):
        if name == "brain" or not arguments.quick:
            pair = [numpy.load(arguments.masks / file) != 0 for file in (f"{name}.npy", f"{name}_prediction.npy")]
            rows |= surface_rows(f"surface/{name}", *pair, spacing, has)
    if ATLAS.exists() and has["nibabel"]:
        rows |= region_rows("surface/regions_2_threads", has)
    else:
        missing.append(str(ATLAS))
    print(json.dumps({"rows": rows, "missing": missing}))


if __name__ == "__main__":
    main()
