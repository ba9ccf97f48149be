# SPDX-License-Identifier: Apache-2.0
"""What `volseg score` writes equals NumPy's counts of the same label maps, by nnU-Net's rules."""

import csv
import io
import json
import math
import pathlib
import re
import unittest

import nibabel
import numpy

from program import ProgramTest, volseg

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPACING = (0.8, 1.2, 2.5)
NAMES = {1: "liver", 2: "kidney", 3: "never", 4: "missed"}
SHAPES = {"one": (5, 7, 6), "two": (9, 4, 8), "three": (6, 8, 3)}
KEYS = {"Dice": "dice", "IoU": "iou", "TP": "true_positive", "FP": "false_positive",
        "FN": "false_negative", "TN": "true_negative", "n_pred": "prediction_voxels",
        "n_ref": "truth_voxels"}


def summary_of(truth: numpy.ndarray, prediction: numpy.ndarray) -> dict:
    """The figures of nnU-Net's summary.json: NaN where a class is on neither side."""
    both = int((truth & prediction).sum())
    false, missed = int((prediction & ~truth).sum()), int((truth & ~prediction).sum())
    absent = both + false + missed == 0
    return {"Dice": math.nan if absent else 2 * both / (2 * both + false + missed),
            "IoU": math.nan if absent else both / (both + false + missed),
            "TP": both, "FP": false, "FN": missed, "TN": int((~truth & ~prediction).sum()),
            "n_pred": both + false, "n_ref": both + missed}


class Scores(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(7)
        self.maps = {}
        for side, values in {"truth": (0, 1, 2, 4), "a": (0, 1, 2), "b": (0, 1, 2, 2)}.items():
            (self.folder / side).mkdir()
            (self.folder / side / "label_names.json").write_text(
                json.dumps({str(value): name for value, name in NAMES.items()}))
            for name, shape in SHAPES.items():
                array = generator.choice(values, shape).astype(numpy.uint8)
                self.maps[side, name] = array
                nibabel.save(nibabel.Nifti1Image(array, numpy.diag([*SPACING, 1])),
                             self.folder / side / f"{name}.nii.gz")

    def score(self, *arguments, expect=0):
        return json.loads(volseg("score", "-q", self.folder / "truth", self.folder / "a", "--json",
                                 "-", *arguments, expect=expect).stdout)

    def expected(self, name, value, side="a"):
        return summary_of(self.maps["truth", name] == value, self.maps[side, name] == value)

    def test_equals_the_summary_of_nnunet(self):
        scores = self.score()["sets"][0]
        dice = {value: [] for value in NAMES}
        for case in scores["cases"]:
            for value, found in zip(NAMES, case["classes"]):
                expected = self.expected(case["case"], value)
                dice[value].append(expected["Dice"])
                for key, number in expected.items():
                    figure = found[KEYS[key]]
                    self.assertEqual(math.nan if figure is None else figure, number) \
                        if not math.isnan(number) else self.assertIsNone(figure)
        means = [numpy.nanmean(values) for value, values in dice.items() if value != 3]
        self.assertAlmostEqual(scores["summary"]["all_classes"]["dice"]["mean"],
                               numpy.mean(means), places=12)
        liver = scores["summary"]["classes"][0]["metrics"]["dice"]
        self.assertAlmostEqual(liver["mean"], numpy.mean(dice[1]), places=12)
        self.assertAlmostEqual(liver["median"], numpy.median(dice[1]), places=12)
        self.assertAlmostEqual(liver["standard_deviation"], numpy.std(dice[1], ddof=1), places=12)
        self.assertAlmostEqual(liver["percentile_5"], numpy.percentile(dice[1], 5), places=12)

    def test_csv_holds_the_same_values(self):
        volseg("score", "-q", self.folder / "truth", self.folder / "a", self.folder / "b", "--csv",
               self.folder / "scores.csv", "--metrics", "all")
        rows = list(csv.DictReader(io.StringIO((self.folder / "scores.csv").read_text())))
        scores = self.score(self.folder / "b", "--metrics", "all")
        metrics = [one for one in scores["metrics"] if one["scope"] == "class"]
        self.assertEqual(len([row for row in rows if row["class"]]), 2 * 3 * 4 * len(metrics))
        by_key = {(row["set"], row["case"], row["class"], row["metric"]): row for row in rows}
        for one_set in scores["sets"]:
            for case in one_set["cases"]:
                for each in case["classes"]:
                    for metric in metrics:
                        row = by_key[one_set["set"], case["case"], each["class"], metric["key"]]
                        value = each[metric["key"]]
                        self.assertEqual(row["value"] and float(row["value"]),
                                         "" if value is None else float(value))
                        self.assertEqual(row["unit"], metric["unit"])
                        expected = {"dice": "when_absent=nan", "surface_dice":
                                    "when_absent=nan surface=voxel tolerance_mm=1"}
                        self.assertEqual(row["settings"],
                                         expected.get(metric["key"], row["settings"]))

    def test_does_not_depend_on_threads(self):
        one, many = (self.score(self.folder / "b", "--metrics", "all", "-j", jobs)
                     for jobs in (1, 2))
        self.assertEqual(one, many)

    def test_ranks_sets_and_pairs_them(self):
        comparison = self.score(self.folder / "b")["comparison"]
        pair = comparison["pairs"][0]
        self.assertEqual((pair["first"], pair["second"]), ("a", "b"))
        found = pair["classes"][0]["metrics"]["dice"]
        differences = [self.expected(name, 1, "b")["Dice"] - self.expected(name, 1)["Dice"]
                       for name in SHAPES]
        self.assertAlmostEqual(found["mean_difference"], numpy.mean(differences), places=12)
        self.assertAlmostEqual(found["median_difference"], numpy.median(differences), places=12)
        ranks = {one["set"]: one["mean_rank"] for one in comparison["rankings"]["dice"]["sets"]}
        self.assertAlmostEqual(sum(ranks.values()), 3, places=12)

    def test_the_rule_for_absent_classes(self):
        for rule, value in {"nan": None, "one": 1, "zero": 0}.items():
            scores = self.score("--when-absent", rule)
            self.assertEqual(scores["settings"]["when_absent"], rule)
            self.assertEqual(scores["sets"][0]["cases"][0]["classes"][2]["dice"], value)
            self.assertEqual(scores["sets"][0]["cases"][0]["classes"][3]["hausdorff_mm"], "inf")

    def test_probabilities_are_cut_at_the_threshold(self):
        generator = numpy.random.default_rng(11)
        for kind in ("channels", "background", "files"):
            (self.folder / kind).mkdir()
        (self.folder / "files" / "label_names.json").write_text(
            (self.folder / "truth" / "label_names.json").read_text())
        chances = {}
        affine = numpy.diag([*SPACING, 1])
        for name, shape in SHAPES.items():
            values = generator.random((*shape, len(NAMES))).astype(numpy.float32)
            chances[name] = values
            nibabel.save(nibabel.Nifti1Image(values, affine),
                         self.folder / "channels" / f"{name}.nii.gz")
            background = generator.random((*shape, 1)).astype(numpy.float64)
            nibabel.save(nibabel.Nifti1Image(numpy.concatenate([background, values], 3), affine),
                         self.folder / "background" / f"{name}.nii.gz")
            for index, class_name in enumerate(NAMES.values()):
                nibabel.save(nibabel.Nifti1Image(values[..., index], affine),
                             self.folder / "files" / f"{name}_{class_name}.nii")
        scores = json.loads(volseg("score", "-q", self.folder / "truth", self.folder / "channels",
                                   self.folder / "background", self.folder / "files", "--json",
                                   "-", "--threshold", "0.7").stdout)
        for one_set in scores["sets"]:
            for case in one_set["cases"]:
                for value, found in zip(NAMES, case["classes"]):
                    prediction = chances[case["case"]][..., value - 1] > 0.7
                    expected = summary_of(self.maps["truth", case["case"]] == value, prediction)
                    self.assertEqual(found["iou"], expected["IoU"])

    def test_a_bad_case_is_listed_and_the_others_are_scored(self):
        (self.folder / "a" / "two.nii.gz").write_bytes(b"no image")
        scores = self.score(expect=1)
        self.assertTrue(scores["partial"])
        self.assertEqual([one["case"] for one in scores["sets"][0]["failed_cases"]], ["two"])
        self.assertEqual([one["case"] for one in scores["sets"][0]["cases"]], ["one", "three"])

    def test_the_documented_examples_have_the_same_keys(self):
        page = (ROOT / "docs/formats/scores.md").read_text()
        example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL).group(1))
        found = self.score(self.folder / "b")
        self.assertEqual(example["version"], found["version"])

        def compare(documented, real, where):
            """Keys of the example are those of the program; its metrics are some of them."""
            if isinstance(documented, dict):
                self.assertLessEqual(set(documented), set(real), where)
                if not set(documented) <= {one["key"] for one in found["metrics"]} | {"class"} \
                        and where.rsplit(".", 1)[-1] != "class_tolerances_mm":
                    self.assertEqual(list(documented), list(real), where)
                for key in documented:
                    compare(documented[key], real[key], f"{where}.{key}")
            elif isinstance(documented, list) and documented and real:
                compare(documented[0], real[0], where + "[]")

        example["settings"]["class_tolerances_mm"] = {}
        compare(example, found, "")
        header = re.search(r"```csv\n(.*?)\n", page).group(1)
        written = volseg("score", "-q", self.folder / "truth", self.folder / "a", "--csv", "-")
        self.assertEqual(written.stdout.splitlines()[0], header)


if __name__ == "__main__":
    unittest.main()
