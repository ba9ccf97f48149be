"""The commands of docs/guide/pack.md and of `volseg pack --help` run as they stand, in order."""

import json
import pathlib
import re
import shlex
import unittest

import nibabel
import numpy

import dicom_test
from program import ProgramTest, volseg

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE = (10, 12, 14)
AFFINE = numpy.diag([0.8, 1.2, 2.5, 1.0])


def guide_commands() -> list[list[str]]:
    text = (ROOT / "docs/guide/pack.md").read_text()
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for line in "".join(blocks).splitlines() if line]


def help_commands() -> list[list[str]]:
    text = volseg("pack", "--help").stdout
    return [shlex.split(line) for line in text.splitlines() if line.startswith("  volseg ")]


class PackGuide(ProgramTest):
    def setUp(self):
        super().setUp()
        self.generator = numpy.random.default_rng(5)
        for index in range(3):
            self.save_case("imagesTr", "labelsTr", f"case_{index}", [1, 5])
            self.save_case("Dataset001_Liver/imagesTr", "Dataset001_Liver/labelsTr",
                           f"liver_{index}", [1, 5], "_0000")
            self.save_case("Task09_Spleen/imagesTr", "Task09_Spleen/labelsTr",
                           f"spleen_{index}", [1])
            self.save_case("scans", "scans", f"p{index}", [1, 2], "_t1", "_seg")
            self.save_image(f"scans/p{index}_t2.nii.gz")
            coarse = numpy.full([extent // 2 for extent in SHAPE], 3, numpy.uint8)
            self.save(f"coarse/case_{index}.nii.gz", coarse, AFFINE @ numpy.diag([2, 2, 2, 1]))
            for name in ("liver", "vessel"):
                self.save_labels(f"masks/{name}/case_{index}.nii.gz", [1])
        self.save_image("imagesTs/new.nii.gz")
        self.save_image("Dataset001_Liver/imagesTs/liver_9_0000.nii.gz")
        self.save_dicom()
        self.write_texts()

    def save_dicom(self):
        slices = [dicom_test.slice_of(numpy.full((6, 7), z), z, "1.2.3", "1.2.4") for z in range(4)]
        (self.folder / "series/case_1").mkdir(parents=True)
        (self.folder / "segs").mkdir()
        for index, one in enumerate(slices):
            one.save_as(self.folder / f"series/case_1/{index}", enforce_file_format=True)
        masks = numpy.ones((4, 6, 7, 1), numpy.uint8)
        dicom_test.segmentation(slices, masks, ["liver"], "BINARY").save_as(self.folder / "segs/case_1.dcm")

    def write_texts(self):
        (self.folder / "names.json").write_text(json.dumps({"liver": 1, "tumour": 5}))
        (self.folder / "Dataset001_Liver/dataset.json").write_text(json.dumps({
            "channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "tumour": 5},
            "numTraining": 3, "file_ending": ".nii.gz"}))
        splits = [{"train": [f"liver_{one}" for one in range(3) if one != fold],
                   "val": [f"liver_{fold}"]} for fold in range(3)]
        (self.folder / "Dataset001_Liver/splits_final.json").write_text(json.dumps(splits))
        (self.folder / "Task09_Spleen/dataset.json").write_text(json.dumps({
            "modality": {"0": "CT"}, "labels": {"0": "background", "1": "spleen"},
            "training": [{"image": f"./imagesTr/spleen_{one}.nii.gz",
                          "label": f"./labelsTr/spleen_{one}.nii.gz"} for one in range(3)],
            "test": []}))
        rows = [f"imagesTr/case_{one}.nii.gz,labelsTr/case_{one}.nii.gz,{one},p{one}"
                for one in range(3)]
        (self.folder / "cases.csv").write_text("\n".join(["image,label,fold,group", *rows]))

    def save(self, name, array, affine=AFFINE):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(array, affine), path)

    def save_image(self, name):
        self.save(name, self.generator.normal(0, 100, SHAPE).astype(numpy.float32))

    def save_labels(self, name, values):
        self.save(name, self.generator.choice([0, *values], SHAPE).astype(numpy.uint8))

    def save_case(self, images, labels, name, values, channel="", suffix=""):
        self.save_image(f"{images}/{name}{channel}.nii.gz")
        self.save_labels(f"{labels}/{name}{suffix}.nii.gz", values)

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def test_the_guide(self):
        commands = guide_commands()
        self.assertGreater(len(commands), 10)
        for command in commands:
            self.assertEqual(command[0], "volseg")
            volseg(*command[1:], cwd=self.folder)
        self.assertEqual(self.bytes_of("same-too.zip"), self.bytes_of("nnunet.zip"))
        self.assertEqual(self.bytes_of("same.zip"), self.bytes_of("pairs.zip"))
        for path in self.folder.glob("*.zip"):
            volseg("check", path, "--json", expect=0)

    def test_the_help(self):
        volseg("pack", "Dataset001_Liver", "-o", "old.zip", cwd=self.folder)
        commands = help_commands()
        self.assertGreater(len(commands), 4)
        for command in commands:
            volseg(*command[1:], "--force", cwd=self.folder)

    def test_exported_nnunet_folder_is_as_documented(self):
        volseg("pack", "Dataset001_Liver", "-o", "nnunet.zip", cwd=self.folder)
        volseg("export", "nnunet.zip", "--format", "nnunet", "-o", "raw", cwd=self.folder)
        raw = self.folder / "raw"
        for source in (self.folder / "Dataset001_Liver/imagesTr").iterdir():
            self.assertEqual((raw / "imagesTr" / source.name).read_bytes(), source.read_bytes())
        names = json.loads((raw / "dataset.json").read_text())
        self.assertEqual(names["labels"], {"background": 0, "liver": 1, "tumour": 2})
        self.assertEqual(names["numTraining"], 3)
        for source in (self.folder / "Dataset001_Liver/labelsTr").iterdir():
            before = nibabel.load(source)
            after = nibabel.load(raw / "labelsTr" / source.name)
            numpy.testing.assert_allclose(after.affine, before.affine)
            expected = numpy.asarray(before.dataobj)
            expected[expected == 5] = 2
            numpy.testing.assert_array_equal(numpy.asarray(after.dataobj), expected)
        splits = json.loads((raw / "splits_final.json").read_text())
        self.assertEqual(splits[1], {"train": ["liver_0", "liver_2"], "val": ["liver_1"]})


if __name__ == "__main__":
    unittest.main()
