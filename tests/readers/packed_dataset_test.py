"""What `volseg pack` writes is read by pandas, polars, DuckDB and PyArrow and decodes to the label maps."""

import io
import unittest
import zipfile

import duckdb
import nibabel
import numpy
import pandas
import polars
import pyarrow.parquet

from program import ProgramTest, decode, volseg

LABEL_NAMES = {1: "liver", 2: "spleen", 5: "left kidney"}


class PackedDataset(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(7)
        self.labels = {}
        for folder in ("images", "labels"):
            (self.folder / folder).mkdir()
        shapes = {"one": (5, 7, 6), "two": (4, 9, 3), "three": (6, 5, 8)}
        for name, shape in shapes.items():
            image = generator.integers(-1000, 1000, shape).astype(numpy.int16)
            label = generator.choice([0, 0, 1, 2, 5], shape).astype(numpy.uint8)
            self.labels[name] = label
            if name == "two":
                numpy.save(self.folder / "images/two.npy", image)
                numpy.save(self.folder / "labels/two.npy", label)
                continue
            affine = numpy.diag([0.8, 1.2, 2.5, 1.0])
            affine[:3, 3] = [-10, 20, 5]
            nibabel.save(nibabel.Nifti1Image(image, affine), self.folder / f"images/{name}.nii.gz")
            nibabel.save(nibabel.Nifti1Image(label, affine), self.folder / f"labels/{name}_seg.nii.gz")
        (self.folder / "names.txt").write_text(
            "".join(f"{value} {name}\n" for value, name in LABEL_NAMES.items()))
        self.zip = self.folder / "dataset.zip"
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "labels",
               "--label-names", self.folder / "names.txt", "-o", self.zip)
        with zipfile.ZipFile(self.zip) as archive:
            self.table = archive.read("train.pq")
            self.members = archive.namelist()

    def check_rows(self, rows):
        rows = list(rows)
        self.assertEqual(len(rows), len(self.labels))
        for image, classes, texts in rows:
            label = self.labels[image.split(".")[0]]
            self.assertEqual(list(classes), list(LABEL_NAMES.values()))
            for value, text in zip(LABEL_NAMES, texts):
                numpy.testing.assert_array_equal(decode(text, label.shape), label == value)

    def test_pandas_and_numpy_find_exactly_the_label_maps(self):
        frame = pandas.read_parquet(io.BytesIO(self.table))
        self.check_rows(zip(frame["image"], frame["class_id"], frame["rle_mask"]))

    def test_polars_reads_the_table(self):
        frame = polars.read_parquet(io.BytesIO(self.table))
        self.check_rows(zip(frame["image"], frame["class_id"], frame["rle_mask"]))

    def test_duckdb_reads_the_table(self):
        path = self.folder / "train.pq"
        path.write_bytes(self.table)
        self.check_rows(duckdb.sql(f"select image, class_id, rle_mask from read_parquet('{path}')").fetchall())

    def test_pyarrow_finds_list_columns_and_geometry(self):
        table = pyarrow.parquet.read_table(io.BytesIO(self.table))
        self.assertEqual(str(table.schema.field("class_id").type.value_type), "string")
        row = table.column("image").to_pylist().index("three.nii.gz")
        self.assertEqual(table.column("shape").to_pylist()[row], [6, 5, 8])
        numpy.testing.assert_allclose(table.column("spacing_mm").to_pylist()[row], [0.8, 1.2, 2.5],
                                      rtol=1e-6)

    def test_images_keep_their_bytes(self):
        with zipfile.ZipFile(self.zip) as archive:
            self.assertIsNone(archive.testzip())
            for path in (self.folder / "images").iterdir():
                self.assertEqual(archive.read(f"images/{path.name}"), path.read_bytes())

    def test_packing_twice_gives_the_same_bytes(self):
        again = self.folder / "again.zip"
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "labels",
               "--label-names", self.folder / "names.txt", "-j", 1, "-o", again)
        self.assertEqual(again.read_bytes(), self.zip.read_bytes())

    def test_check_is_clean_and_export_gives_the_labels_back(self):
        volseg("check", self.zip)
        volseg("export", self.zip, "-o", self.folder / "exported")
        for name, label in self.labels.items():
            found = list((self.folder / "exported").rglob(f"labels/{name}*"))
            self.assertEqual(len(found), 1, f"label maps of {name}: {found}")
            written = nibabel.load(found[0]).get_fdata()
            values = numpy.unique(label[label > 0])
            for order, value in enumerate(LABEL_NAMES, 1):
                if value in values:
                    numpy.testing.assert_array_equal(written == order, label == value)


if __name__ == "__main__":
    unittest.main()
