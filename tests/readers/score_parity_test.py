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
import scipy.stats

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
                for part in scipy.ndimage.find_objects((truth | prediction).astype(numpy.uint8))[0])
    return truth[box], prediction[box]


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
            if all(mask.any() for mask in masks_of(pair, label)):
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


    def test_difference_medpy_names_lesion_rates_the_other_way_round(self):
        """obj_tpr is matched / predicted lesions, a precision; obj_fpr is missed / true lesions."""
        any_voxel = values_of(score(self.folder, "--metrics", "lesions", "--lesion-threshold", 0))
        for pair, label, tools in self.pairs(("lesions",)):
            values = any_voxel[pair.name, label]
            self.assert_close(values["lesion_precision"], tools["medpy"]["obj_tpr"], AGREED, pair.name)
            self.assert_close(1 - values["lesion_recall"], tools["medpy"]["obj_fpr"], AGREED, pair.name)

    def test_lesions_are_those_of_plain_scipy_and_of_monai(self):
        for pair, label, tools in self.pairs(("lesions",)):
            values = self.values[pair.name, label]
            expected = score_reference.lesions(*masks_of(pair, label), 0.5)
            matched, false, missed = (expected[key] for key in ("true_positive", "false_positive", "false_negative"))
            self.assertEqual((values["matched_lesions"], values["prediction_lesions"], values["truth_lesions"]),
                             (matched, matched + false, matched + missed), pair.name)
            quality = expected["iou_sum"] / (matched + (false + missed) / 2)
            self.assert_close(values["panoptic_quality"], quality, OWN, pair.name)
            self.assert_close(values["lesion_dice"], expected["dice_sum"] / (matched + false + missed), OWN, pair.name)
            self.assert_close(values["panoptic_quality"], tools["monai"]["pq"], AGREED, pair.name)
            self.assert_close(values["segmentation_quality"], tools["monai"]["sq"], AGREED, pair.name)
            self.assert_close(values["lesion_f1"], tools["monai"]["rq"], AGREED, pair.name)

    def test_generalized_dice_is_that_of_monai(self):
        cases = {case["case"]: case["case_metrics"] for case in self.scores["sets"][0]["cases"]}
        for name, record in self.records["labels"]["cases"].items():
            self.assert_close(cases[name]["generalized_dice"], record["monai_generalized_dice"]["square"], AGREED,
                              name)

    def test_difference_scikit_image_thins_by_a_rule_that_may_break_lines(self):
        largest = 0
        for pair, label, tools in self.pairs(("tubes",)):
            theirs = tools["scikit-image"]["centreline_dice"]
            largest = max(largest, abs(self.values[pair.name, label]["cl_dice"] - theirs))
        self.assertGreater(largest, 0.01)
        self.assertLess(largest, 0.02)

    def test_difference_classes_on_one_side_only(self):
        """Where one tool has no value and another 0 or infinity, this is what each of them says."""
        values = {name: self.values[name, 1] for name in ("no_truth", "no_prediction")}
        tools = {name: record["labels"]["1"] for name, record in self.records["empty"]["cases"].items()}
        for name in values:
            self.assertEqual([values[name][key] for key in ("dice", "iou", "surface_dice")], [0, 0, 0])
            self.assertEqual([tools[name]["nnunet"]["Dice"], tools[name]["medpy"]["dice"]], [0, 0])
            self.assertEqual([values[name][f"hausdorff_{end}mm"] for end in ("", "95_")], [math.inf, math.inf])
            self.assertEqual([tools[name]["monai"][key] for key in ("hd", "hd_95")], ["inf", "nan"])
            self.assertEqual([tools[name]["monai"]["nsd_1"], tools[name]["monai"]["nsd_subvoxels_1"]], [0, 0])
            self.assertNotIn("hd", tools[name]["medpy"])
        self.assertEqual([tools[name]["monai"]["dice"] for name in values], ["nan", 0])
        self.assertEqual(values["no_truth"]["recall"], 0)
        self.assertEqual(tools["no_truth"]["medpy"]["recall"], "nan")
        self.assertEqual(values["no_prediction"]["precision"], 0)
        self.assertEqual(tools["no_prediction"]["medpy"]["precision"], "nan")

    def test_difference_classes_on_neither_side(self):
        tools = self.records["empty"]["cases"]["neither"]["labels"]["1"]
        self.assertEqual([tools[tool][key] for tool, key in (
            ("nnunet", "Dice"), ("monai", "dice"), ("medpy", "dice"), ("medpy", "iou"), ("monai", "hd"))],
            ["nan", "nan", "nan", 1, "nan"])
        for rule, expected in (("nan", (None, None, None)), ("one", (1, 0, 1)), ("zero", (0, math.inf, 0))):
            values = values_of(score(self.folder, "--when-absent", rule))["neither", 1]
            self.assertEqual(tuple(values[key] for key in ("dice", "hausdorff_mm", "surface_dice")), expected, rule)

    def test_values_depend_neither_on_the_volume_around_nor_on_axes_nor_on_threads(self):
        pairs = [pair for name in ("blobs", "shapes") for pair in self.sets[name]]
        order = (2, 0, 1)

        def grown(labels):
            return numpy.pad(labels, ((3, 0), (1, 4), (0, 2)))

        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_pairs(folder / "grown", [pair._replace(
                truth=grown(pair.truth), prediction=grown(pair.prediction)) for pair in pairs])
            write_pairs(folder / "turned", [pair._replace(
                truth=pair.truth.transpose(order), prediction=pair.prediction.transpose(order),
                spacing_mm=tuple(pair.spacing_mm[axis] for axis in order)) for pair in pairs])
            for definition, expected in self.surfaces.items():
                for change in ("grown", "turned"):
                    found = surface_values(folder / change, definition)
                    for key, values in found.items():
                        self.assert_all_close(values, expected[key], OWN, (definition, change, key))
        one, two = (score(self.folder, "--metrics", "all", "-j", threads) for threads in (1, 2))
        self.assertEqual(one, two)


class TwoSets(Parity):
    """Two sets of predictions on the same cases."""

    def compare(self, pairs) -> None:
        """Wilcoxon's test of volseg beside SciPy's on the values that volseg gives."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_pairs(folder, pairs)
            write_pairs(folder / "second", [pair._replace(
                prediction=score_inputs.shifted(pair.prediction, (1, 0, 0))) for pair in pairs])
            scores = score(folder, folder / "second/prediction", "--metrics", "overlap,surface")
        found = scores["comparison"]["pairs"][0]["all_classes"]["metrics"] if "metrics" in \
            scores["comparison"]["pairs"][0]["all_classes"] else scores["comparison"]["pairs"][0]["all_classes"]
        for key in ("dice", "hausdorff_95_mm", "average_symmetric_surface_distance_mm"):
            first, second = ([case["mean_of_classes"][key] for case in side["cases"]] for side in scores["sets"])
            differences = numpy.subtract(second, first)
            expected = scipy.stats.wilcoxon(differences)
            self.assert_close(found[key]["wilcoxon_p"], expected.pvalue, AGREED, key)
            self.assert_close(found[key]["mean_difference"], differences.mean(), OWN, key)
            self.assert_close(found[key]["median_difference"], numpy.median(differences), OWN, key)
            low, high = found[key]["interval_95"]
            theirs = scipy.stats.bootstrap((differences,), numpy.mean, method="percentile", rng=1,
                                           n_resamples=10000).confidence_interval
            width = theirs.high - theirs.low
            self.assertLess(max(abs(low - theirs.low), abs(high - theirs.high)), 0.05 * width, key)

    def test_wilcoxon_and_intervals_are_those_of_scipy(self):
        self.compare(score_inputs.blob_pairs())
        self.compare([pair for pair in score_inputs.blob_pairs() + score_inputs.lesion_pairs()])


@unittest.skipUnless(score_inputs.ATLAS.exists(), "needs Debian's mricron-data (tools/bootstrap --readers)")
class Brain(Parity):
    """116 regions against themselves, moved by (2, -1, 1) voxels of 1 x 1.2 x 2.5 mm."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.pair = score_inputs.brain_pair()
        cls.record = record_of("brain")
        write_pairs(cls.folder, [cls.pair])
        cls.scores = score(cls.folder)
        cls.values = values_of(cls.scores)
        cls.surfaces = {definition: surface_values(cls.folder, definition)
                        for definition in score_reference.SURFACES}

    def regions(self):
        for label, tools in self.record["cases"]["brain"]["labels"].items():
            yield int(label), tools

    def test_the_recorded_values_belong_to_this_input(self):
        self.assertEqual(self.record["inputs_checksum"], score_inputs.checksum([self.pair]))
        self.assertEqual(len(self.values), 116)
        self.assertEqual(len(list(self.regions())), 116)

    def test_overlap_is_that_of_nnunet_medpy_and_monai(self):
        for label, tools in self.regions():
            values = self.values["brain", label]
            counts = [values[key] for key in ("true_positive", "false_positive", "false_negative", "true_negative")]
            self.assertEqual(counts, [tools["nnunet"][key] for key in ("TP", "FP", "FN", "TN")], label)
            for key in ("dice", "iou", "precision"):
                self.assert_close(values[key], tools["medpy"][key], AGREED, (label, key))
                self.assert_close(values[key], tools["monai"][key], AGREED, (label, key))

    def test_surfaces_are_those_of_scipy_surface_distance_monai_and_medpy(self):
        for label, tools in self.regions():
            masks = cropped(self.pair, label, 2)
            voxel, element = (self.surfaces[name]["brain", label] for name in ("voxel", "element"))
            expected = score_reference.surface(*masks, self.pair.spacing_mm, "voxel", score_inputs.PERCENTILES,
                                               score_inputs.TOLERANCES_MM)
            self.assert_all_close(voxel, {key: value for key, value in expected.items() if "pooled" not in key}, OWN,
                                  ("SciPy", label))
            self.assert_all_close(element, of_surface_distance(*masks, self.pair.spacing_mm), AGREED,
                                  ("surface-distance", label))
            self.assert_all_close(voxel, {key: tools["monai"][key] for key in voxel}, AGREED, ("monai", label))
            self.assert_all_close(voxel, {key: tools["medpy"][key] for key in SURFACE_KEYS}, AGREED,
                                  ("medpy", label))
            for tolerance in score_inputs.TOLERANCES_MM:
                self.assert_close(element[f"nsd_{tolerance:g}"], tools["monai"][f"nsd_subvoxels_{tolerance:g}"],
                                  AGREED, ("monai with subvoxels", label, tolerance))

    def test_difference_monai_adds_a_constant_to_generalized_dice(self):
        """Its 1e-8 stands beside sum(w (truth + prediction)), w = 1 / truth^2."""
        truth = numpy.bincount(self.pair.truth.ravel(), minlength=117)[1:].astype(float)
        both = truth + numpy.bincount(self.pair.prediction.ravel(), minlength=117)[1:]
        denominator = (both / truth ** 2).sum()
        ours = self.scores["sets"][0]["cases"][0]["case_metrics"]["generalized_dice"]
        theirs = self.record["cases"]["brain"]["monai_generalized_dice"]["square"]
        self.assert_close(ours * denominator / (denominator + 1e-8), theirs, AGREED, "generalized Dice")


if __name__ == "__main__":
    unittest.main()
