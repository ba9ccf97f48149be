#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what MONAI, MedPy, nnU-Net and scikit-image say about the pairs of tests/readers/score_inputs.py.

  tools/record_score_parity.py [--set NAME]... [-o FOLDER]      default: every set into tests/data/score_parity/

Writes one JSON for each set: versions, a checksum of the inputs, and values by case, label, tool and metric, with ten
digits. Needs a Python with monai, torch, medpy, nnunetv2, scikit-image and nibabel; docs/metrics.md says which
versions the recorded values came from. The tests need none of these.
"""

import argparse
import importlib.metadata
import json
import math
import pathlib
import sys
import warnings

import medpy.metric.binary as medpy
import monai.metrics
import numpy
import scipy.ndimage
import skimage.measure
import skimage.morphology
import torch
from monai.metrics.panoptic_quality import compute_panoptic_quality
from nnunetv2.evaluation.evaluate_predictions import compute_metrics

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/readers"))
import score_inputs  # noqa: E402

PACKAGES = ("monai", "torch", "medpy", "nnunetv2", "scikit-image", "scipy", "numpy")
SURFACE_SETS = ("random", "blobs", "shapes", "empty", "labels", "brain")


def one_hot(*masks) -> torch.Tensor:
    """Batch of one case with a channel for each mask."""
    return torch.from_numpy(numpy.stack(masks)[None].astype(numpy.float32))


def monai_overlap(truth, prediction) -> dict:
    found = {"dice": monai.metrics.compute_dice(one_hot(prediction), one_hot(truth)),
             "iou": monai.metrics.compute_iou(one_hot(prediction), one_hot(truth))}
    counts = monai.metrics.get_confusion_matrix(one_hot(prediction), one_hot(truth))
    for name in ("precision", "sensitivity", "specificity"):
        found[name] = monai.metrics.compute_confusion_matrix_metric(name, counts)
    return {name: float(value.reshape(-1)[0]) for name, value in found.items()}


def monai_surface(truth, prediction, spacing) -> dict:
    guess, right = one_hot(prediction), one_hot(truth)
    options = {"include_background": True, "spacing": list(spacing)}
    found = {"hd": monai.metrics.compute_hausdorff_distance(guess, right, **options)}
    for percentile in score_inputs.PERCENTILES:
        found[f"hd_{percentile:g}"] = monai.metrics.compute_hausdorff_distance(
            guess, right, percentile=percentile, **options)
    average = monai.metrics.compute_average_surface_distance
    found["asd_prediction_to_truth"] = average(guess, right, **options)
    found["asd_truth_to_prediction"] = average(right, guess, **options)
    found["assd"] = average(guess, right, symmetric=True, **options)
    for tolerance in score_inputs.TOLERANCES_MM:
        for name, subvoxels in (("nsd", False), ("nsd_subvoxels", True)):
            found[f"{name}_{tolerance:g}"] = monai.metrics.compute_surface_dice(
                guess, right, class_thresholds=[tolerance], use_subvoxels=subvoxels, **options)
    return {name: float(value[0, 0]) for name, value in found.items()}


def medpy_overlap(truth, prediction) -> dict:
    found = {"dice": medpy.dc(prediction, truth), "iou": medpy.jc(prediction, truth)}
    for name in ("precision", "recall", "specificity"):
        found[name] = getattr(medpy, name)(prediction, truth)
    if truth.any():
        found["ravd"] = medpy.ravd(prediction, truth)
    return found


def medpy_surface(truth, prediction, spacing) -> dict:
    if not truth.any() or not prediction.any():
        return {}
    return {"hd": medpy.hd(prediction, truth, spacing), "hd_95": medpy.hd95(prediction, truth, spacing),
            "asd_prediction_to_truth": medpy.asd(prediction, truth, spacing),
            "asd_truth_to_prediction": medpy.asd(truth, prediction, spacing),
            "assd": medpy.assd(prediction, truth, spacing)}


def medpy_lesions(truth, prediction) -> dict:
    return {"obj_tpr": medpy.obj_tpr(prediction, truth, 3), "obj_fpr": medpy.obj_fpr(prediction, truth, 3)}


def monai_lesions(truth, prediction) -> dict:
    """Panoptic quality of 26-connected components; the numbers behind it as well."""
    labels = [torch.from_numpy(skimage.measure.label(mask, connectivity=3).astype(numpy.int32))
              for mask in (prediction, truth)]
    found = {name: compute_panoptic_quality(*labels, metric_name=name) for name in ("pq", "sq", "rq")}
    counts = compute_panoptic_quality(*labels, output_confusion_matrix=True)
    found |= dict(zip(("true_positive", "false_positive", "false_negative", "iou_sum"), counts))
    return {name: float(value) for name, value in found.items()}


def centrelines(truth, prediction) -> dict:
    """Centreline Dice by the skeletons of Lee's method."""
    right, guess = (skimage.morphology.skeletonize(mask, method="lee") > 0 for mask in (truth, prediction))
    precision = (guess & truth).sum() / guess.sum()
    sensitivity = (right & prediction).sum() / right.sum()
    return {"truth_skeleton_voxels": int(right.sum()), "prediction_skeleton_voxels": int(guess.sum()),
            "topology_precision": precision, "topology_sensitivity": sensitivity,
            "centreline_dice": 2 * precision * sensitivity / (precision + sensitivity)}


class InMemory:
    """Gives nnU-Net's evaluation its label maps without files."""

    def __init__(self, pair):
        self.maps = {"truth": pair.truth, "prediction": pair.prediction}

    def read_seg(self, name):
        return self.maps[name][None], {}


def nnunet_summary(pair, labels) -> dict:
    found = compute_metrics("truth", "prediction", InMemory(pair), labels)["metrics"]
    return {label: {key: float(value) for key, value in found[label].items()} for label in labels}


def generalized_dice(pair, labels) -> dict:
    """Over the voxels that are not background on both sides, the only ones that count."""
    kept = (pair.prediction | pair.truth) != 0
    guess, right = (one_hot(*(found[kept] == label for label in labels)) for found in (pair.prediction, pair.truth))
    return {weight: float(monai.metrics.compute_generalized_dice(
        guess, right, weight_type=weight, sum_over_classes=True).reshape(-1)[0]) for weight in ("square", "simple")}


def joint_box(*masks) -> tuple:
    """Both masks without the background around them, which would cost hours on the brain's 116 regions.

    Of all values only the specificity depends on it; the brain's is that of the box.
    """
    box = scipy.ndimage.find_objects((masks[0] | masks[1]).astype(numpy.uint8))[0]
    around = tuple(slice(max(0, part.start - 2), part.stop + 2) for part in box)
    return tuple(mask[around] for mask in masks)


def record_case(set_name, pair) -> dict:
    labels = [int(label) for label in numpy.union1d(pair.truth, pair.prediction) if label] or [1]
    summary = nnunet_summary(pair, labels)
    record = {"labels": {}}
    for label in labels:
        truth, prediction = pair.truth == label, pair.prediction == label
        if set_name == "brain":
            truth, prediction = joint_box(truth, prediction)
        tools = {"monai": monai_overlap(truth, prediction), "medpy": medpy_overlap(truth, prediction),
                 "nnunet": summary[label]}
        if set_name in SURFACE_SETS:
            tools["monai"] |= monai_surface(truth, prediction, pair.spacing_mm)
            tools["medpy"] |= medpy_surface(truth, prediction, pair.spacing_mm)
        if set_name == "lesions":
            tools["monai"] |= monai_lesions(truth, prediction)
            tools["medpy"] |= medpy_lesions(truth, prediction)
        if set_name == "tubes":
            tools["scikit-image"] = centrelines(truth, prediction)
        record["labels"][str(label)] = tools
    if set_name in ("labels", "brain"):
        record["monai_generalized_dice"] = generalized_dice(pair, labels)
    return record


def ten_digits(value):
    """Numbers as JSON has them; those that are not finite as text."""
    if isinstance(value, dict):
        return {key: ten_digits(inner) for key, inner in value.items()}
    if isinstance(value, (int, numpy.integer)):
        return int(value)
    return float(f"{value:.10g}") if math.isfinite(value) else str(float(value))


def record_set(name: str) -> dict:
    pairs = score_inputs.SETS[name]()
    return {"set": name, "inputs_checksum": score_inputs.checksum(pairs),
            "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
            "cases": {pair.name: ten_digits(record_case(name, pair)) for pair in pairs}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", action="append", choices=score_inputs.SETS)
    parser.add_argument("-o", type=pathlib.Path, default=ROOT / "tests/data/score_parity")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    arguments.o.mkdir(parents=True, exist_ok=True)
    for name in arguments.set or score_inputs.SETS:
        record = record_set(name)
        cases = ",\n".join(f" {json.dumps(case)}: {json.dumps(values, separators=(',', ':'))}"
                           for case, values in record.pop("cases").items())
        head = json.dumps(record, indent=1).removesuffix("\n}")
        (arguments.o / f"{name}.json").write_text(f'{head},\n "cases": {{\n{cases}\n }}\n}}\n', encoding="utf-8")
        print(f"recorded {name}", flush=True)


if __name__ == "__main__":
    main()
