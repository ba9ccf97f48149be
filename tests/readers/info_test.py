# SPDX-License-Identifier: Apache-2.0
"""What `volseg info --json` tells equals what NumPy finds in the same files."""

import json
import pathlib
import re
import unittest

import nibabel
import numpy

from program import ProgramTest, volseg

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPACING = (0.8, 1.2, 2.5)


class Info(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(5)
        self.cases = {}
        for folder in ("images", "labels"):
            (self.folder / folder).mkdir()
        for name, shape in {"one": (5, 7, 6), "two": (9, 4, 8), "three": (6, 8, 3)}.items():
            image = generator.integers(-1000, 1000, shape).astype(numpy.int16)
            label = generator.choice([0, 1, 2] if name == "one" else [0, 1], shape)
            self.cases[name] = image, label
            for folder, array in (("images", image), ("labels", label.astype(numpy.uint8))):
                nibabel.save(nibabel.Nifti1Image(array, numpy.diag([*SPACING, 1])),
                             self.folder / folder / f"{name}.nii.gz")
        volseg("pack", "-q", "--images", self.folder / "images", "--labels",
               self.folder / "labels", "-o", self.folder / "dataset.zip")
        self.info = json.loads(volseg("info", "-q", self.folder / "dataset.zip", "--json").stdout)

    def test_cases(self):
        self.assertEqual({case["case"] for case in self.info["cases"]}, set(self.cases))
        for case in self.info["cases"]:
            image, label = self.cases[case["case"]]
            self.assertEqual(tuple(case["shape"]), image.shape)
            self.assertEqual(case["float32_bytes"], image.astype(numpy.float32).nbytes)
            numpy.testing.assert_allclose(case["spacing_mm"], SPACING, rtol=1e-6)
            expected = numpy.percentile(image, self.info["intensity_percents"], method="lower")
            self.assertEqual(case["intensity_percentiles"], [expected.tolist()])
            volumes = [(label == value).sum() * numpy.prod(SPACING) / 1000 for value in (1, 2)]
            numpy.testing.assert_allclose(case["class_volumes_ml"], volumes, rtol=1e-6)

    def test_classes(self):
        self.assertEqual([one["present_cases"] for one in self.info["classes"]], [3, 1])
        volumes = [(label == 1).sum() * numpy.prod(SPACING) / 1000
                   for _, label in self.cases.values()]
        found = self.info["classes"][0]["volume_ml"]
        expected = numpy.percentile(volumes, [0, 25, 50, 75, 100])
        numpy.testing.assert_allclose(list(found.values()), expected, rtol=1e-6)

    def test_the_documented_example_has_the_same_keys(self):
        text = (ROOT / "docs/formats/info.md").read_text()
        example = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL).group(1))
        self.assertEqual(list(example), list(self.info))
        for part in ("cases", "classes", "folds"):
            self.assertEqual(list(example[part][0]), list(self.info[part][0]))


if __name__ == "__main__":
    unittest.main()
