# SPDX-License-Identifier: Apache-2.0
"""`volseg score` beside SciPy and surface-distance, run here, and MONAI, MedPy, nnU-Net and scikit-image, recorded.

Where definitions agree, values agree to 1e-6. Where they do not, a test names the difference and shows its size;
docs/metrics.md lists the same ones.
"""

import json
import math
import pathlib
import tempfile
import unittest
import warnings

import numpy
import scipy.ndimage

import score_inputs
import score_reference
from score_program import score, values_of, write_pairs

numpy.Inf = getattr(numpy, "Inf", numpy.inf)  # surface-distance 0.1 was written for NumPy 1
warnings.filterwarnings("ignore", category=DeprecationWarning)
import surface_distance  # noqa: E402

RECORDS = pathlib.Path(__file__).resolve().parents[1] / "data/score_parity"
SMALL_SETS = ("random", "blobs", "shapes", "empty", "lesions", "tubes", "labels")
SURFACE_SETS = ("random", "blobs", "shapes", "labels")
AGREED = 1e-6
OWN = 1e-10
SURFACE_KEYS = {"hd": "hausdorff_mm", "asd_prediction_to_truth": "average_surface_distance_mm",
                "asd_truth_to_prediction": "average_surface_distance_from_truth_mm",
                "assd": "average_symmetric_surface_distance_mm"}


def record_of(name: str) -> dict:
    return json.loads((RECORDS / f"{name}.json").read_text())


def surface_values(folder: pathlib.Path, definition: str) -> dict:
    """Surface metrics by (case, label), under the names of score_reference.surface."""
    found = {}
    percents = score_inputs.PERCENTILES + score_inputs.PERCENTILES[-1:] * 2
    for percent, tolerance in zip(percents, score_inputs.TOLERANCES_MM):
        scores = score(folder, "--metrics", "overlap,surface", "--surface", definition, "--percentile", percent,
                       "--tolerance", tolerance)
        for key, values in values_of(scores).items():
            kept = found.setdefault(key, {name: values[ours] for name, ours in SURFACE_KEYS.items()})
            kept[f"hd_{percent:g}"] = values[f"hausdorff_{percent:g}_mm"]
            kept[f"nsd_{tolerance:g}"] = values["surface_dice"]
    return found


def masks_of(pair, label: int) -> tuple:
    return pair.truth == label, pair.prediction == label


def cropped(pair, label: int, margin: int) -> tuple:
    """Both masks in their joint box with a margin of background, which a whole volume has as well."""
    truth, prediction = masks_of(pair, label)
    box = tuple(slice(max(0, part.start - margin), part.stop + margin)
                for part in scipy.ndimage.find_objects(truth | prediction)[0])
    return truth[box], prediction[box]


class Parity(unittest.TestCase):
    def assert_close(self, found, expected, tolerance, what):
        """Equal to a relative tolerance; recorded values that are not finite are text, no value is None."""
        expected = None if expected is None or expected == "nan" else float(expected)
        if found is None or expected is None or math.isinf(expected):
            self.assertEqual(found, expected, what)
        elif not math.isclose(found, expected, rel_tol=tolerance, abs_tol=1e-12):
            self.fail(f"{what}: volseg {found!r}, expected {expected!r}")

    def assert_all_close(self, found: dict, expected: dict, tolerance, what):
        for key, value in expected.items():
            self.assert_close(found[key], value, tolerance, f"{what}, {key}")


class SmallPairs(Parity):
    """Noise, blobs, borders, single voxels, lesions, tubes and label maps, scored in one call."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.sets = {name: score_inputs.SETS[name]() for name in SMALL_SETS}
        cls.records = {name: record_of(name) for name in SMALL_SETS}
        write_pairs(cls.folder, [pair for pairs in cls.sets.values() for pair in pairs])
        cls.scores = score(cls.folder, "--metrics", "all", "--lesion-threshold", 0.5)
        cls.values = values_of(cls.scores)
        cls.surfaces = {definition: surface_values(cls.folder, definition)
                        for definition in score_reference.SURFACES}

    def pairs(self, names=SMALL_SETS):
        """Name of the set, pair, label and recorded values by tool, of each class that occurs."""
        for name in names:
            for pair in self.sets[name]:
                for label, tools in self.records[name]["cases"][pair.name]["labels"].items():
                    yield pair, int(label), tools

    def pairs_with_surfaces(self):
        for pair, label, tools in self.pairs(SURFACE_SETS):
            if all(mask.any() for mask in masks_of(pair, label)):
                yield pair, label, tools

    def test_the_recorded_values_belong_to_these_inputs(self):
        for name, pairs in self.sets.items():
            self.assertEqual(self.records[name]["inputs_checksum"], score_inputs.checksum(pairs), name)

    def test_overlap_is_that_of_plain_numpy(self):
        for pair, label, _ in self.pairs():
            if pair.name != "neither":
                expected = score_reference.overlap(*masks_of(pair, label), pair.spacing_mm)
                self.assert_all_close(self.values[pair.name, label], expected, OWN, (pair.name, label))

    def test_overlap_is_that_of_nnunet(self):
        keys = {"Dice": "dice", "IoU": "iou", "TP": "true_positive", "FP": "false_positive",
                "FN": "false_negative", "TN": "true_negative", "n_ref": "truth_voxels",
                "n_pred": "prediction_voxels"}
        for pair, label, tools in self.pairs():
            if pair.name != "neither":
                for theirs, ours in keys.items():
                    self.assert_close(self.values[pair.name, label][ours], tools["nnunet"][theirs], AGREED,
                                      (pair.name, label, ours))

    def test_overlap_is_that_of_medpy_and_monai(self):
        for pair, label, tools in self.pairs():
            values = self.values.get((pair.name, label))
            if not all(mask.any() for mask in masks_of(pair, label)):
                continue
            expected = {key: tools["medpy"][key] for key in ("dice", "iou", "precision", "recall", "specificity")}
            expected["relative_volume_difference"] = tools["medpy"]["ravd"]
            self.assert_all_close(values, expected, AGREED, ("medpy", pair.name, label))
            expected = {key: tools["monai"][key] for key in ("dice", "iou", "precision", "specificity")}
            expected["recall"] = tools["monai"]["sensitivity"]
            self.assert_all_close(values, expected, AGREED, ("monai", pair.name, label))

    def test_surfaces_are_those_of_plain_scipy(self):
        for pair, label, _ in self.pairs_with_surfaces():
            for definition, found in self.surfaces.items():
                expected = score_reference.surface(
                    *masks_of(pair, label), pair.spacing_mm, definition, score_inputs.PERCENTILES,
                    score_inputs.TOLERANCES_MM)
                kept = {key: value for key, value in expected.items() if not key.startswith("pooled")}
                self.assert_all_close(found[pair.name, label], kept, OWN, (definition, pair.name, label))

    def test_element_surfaces_are_those_of_surface_distance(self):
        for pair, label, _ in self.pairs_with_surfaces():
            expected = of_surface_distance(*masks_of(pair, label), pair.spacing_mm)
            self.assert_all_close(self.surfaces["element"][pair.name, label], expected, AGREED,
                                  ("surface-distance", pair.name, label))

    def test_voxel_surfaces_are_those_of_monai(self):
        for pair, label, tools in self.pairs_with_surfaces():
            expected = {key: value for key, value in tools["monai"].items()
                        if key in self.surfaces["voxel"][pair.name, label]}
            self.assertEqual(len(expected), 10)
            self.assert_all_close(self.surfaces["voxel"][pair.name, label], expected, AGREED,
                                  ("monai", pair.name, label))

    def test_element_surface_dice_is_that_of_monai_with_subvoxels(self):
        for pair, label, tools in self.pairs_with_surfaces():
            for tolerance in score_inputs.TOLERANCES_MM:
                self.assert_close(self.surfaces["element"][pair.name, label][f"nsd_{tolerance:g}"],
                                  tools["monai"][f"nsd_subvoxels_{tolerance:g}"], AGREED,
                                  ("monai", pair.name, label, tolerance))

    def test_voxel_surfaces_are_those_of_medpy(self):
        for pair, label, tools in self.pairs_with_surfaces():
            expected = {key: tools["medpy"][key] for key in SURFACE_KEYS}
            self.assert_all_close(self.surfaces["voxel"][pair.name, label], expected, AGREED,
                                  ("medpy", pair.name, label))

    def test_difference_medpy_takes_one_percentile_of_both_directions_together(self):
        largest = 0
        for pair, label, tools in self.pairs_with_surfaces():
            expected = score_reference.surface(*masks_of(pair, label), pair.spacing_mm, "voxel", (95,), ())
            self.assert_close(expected["pooled_hd_95"], tools["medpy"]["hd_95"], AGREED, (pair.name, label))
            ours = self.surfaces["voxel"][pair.name, label]["hd_95"]
            largest = max(largest, ours / tools["medpy"]["hd_95"] if tools["medpy"]["hd_95"] else 0)
        self.assertGreater(largest, 10)


def of_surface_distance(truth, prediction, spacing_mm) -> dict:
    """What the surface-distance package says, under the names of score_reference.surface."""
    found = surface_distance.compute_surface_distances(truth, prediction, spacing_mm)
    average = surface_distance.compute_average_surface_distance(found)
    areas = found["surfel_areas_gt"].sum(), found["surfel_areas_pred"].sum()
    values = {"hd": surface_distance.compute_robust_hausdorff(found, 100),
              "asd_truth_to_prediction": average[0], "asd_prediction_to_truth": average[1],
              "assd": (average[0] * areas[0] + average[1] * areas[1]) / sum(areas)}
    for percent in score_inputs.PERCENTILES:
        values[f"hd_{percent:g}"] = surface_distance.compute_robust_hausdorff(found, percent)
    for tolerance in score_inputs.TOLERANCES_MM:
        values[f"nsd_{tolerance:g}"] = surface_distance.compute_surface_dice_at_tolerance(found, tolerance)
    return values


if __name__ == "__main__":
    unittest.main()
