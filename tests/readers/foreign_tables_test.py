"""Tables written by pandas, polars and PyArrow, in every list and string type and codec, are read."""

import io
import json
import unittest
import zipfile

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet

from program import ProgramTest, encode, volseg

CLASSES = ["lung", "lésion"]
SHAPE = (4, 5, 3)


def masks(seed: int) -> list[numpy.ndarray]:
    generator = numpy.random.default_rng(seed)
    first = generator.random(SHAPE) < 0.3
    return [first, (generator.random(SHAPE) < 0.3) & ~first]


class ForeignTables(ProgramTest):
    rows = {
        "image": [f"case{index}.npy" for index in range(3)],
        "class_id": [CLASSES] * 3,
        "rle_mask": [[encode(mask) for mask in masks(index)] for index in range(3)],
        "fold": [0, 1, 0],
    }

    def check_table(self, table: bytes, classes=CLASSES):
        path = self.folder / "dataset.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("train.pq", table)
            for index, name in enumerate(self.rows["image"]):
                stream = io.BytesIO()
                numpy.save(stream, numpy.random.default_rng(index).random(SHAPE, dtype=numpy.float32))
                archive.writestr(f"images/{name}", stream.getvalue())
        volseg("check", path)
        info = json.loads(volseg("info", path, "--json", "-q").stdout)
        self.assertEqual(info["class_names"], classes)
        for index, case in enumerate(info["cases"]):
            expected = [mask.sum() / 1000 for mask in masks(index)]
            numpy.testing.assert_allclose(case["class_volumes_ml"], expected)

    def arrow_table(self, list_type, string_type) -> pyarrow.Table:
        strings = string_type
        columns = {
            "image": pyarrow.array(self.rows["image"]).cast(
                pyarrow.string() if pyarrow.types.is_dictionary(strings) else strings),
            "class_id": pyarrow.array(self.rows["class_id"], list_type(pyarrow.string())),
            "rle_mask": pyarrow.array(self.rows["rle_mask"], list_type(pyarrow.string())),
            "fold": pyarrow.array(self.rows["fold"], pyarrow.int8()),
        }
        for name in ("class_id", "rle_mask"):
            columns[name] = columns[name].cast(list_type(strings)) \
                if not pyarrow.types.is_dictionary(strings) else self.dictionary_list(name, list_type)
        return pyarrow.table(columns)

    def dictionary_list(self, name, list_type):
        values = pyarrow.array([item for row in self.rows[name] for item in row]).dictionary_encode()
        offsets = numpy.cumsum([0] + [len(row) for row in self.rows[name]])
        maker = pyarrow.LargeListArray if list_type is pyarrow.large_list else pyarrow.ListArray
        kind = pyarrow.int64() if list_type is pyarrow.large_list else pyarrow.int32()
        return maker.from_arrays(pyarrow.array(offsets, kind), values)

    def test_every_list_and_string_type(self):
        for list_type in (pyarrow.list_, pyarrow.large_list):
            for strings in (pyarrow.string(), pyarrow.large_string(),
                            pyarrow.dictionary(pyarrow.int32(), pyarrow.string())):
                with self.subTest(list=list_type.__name__, strings=str(strings)):
                    stream = io.BytesIO()
                    pyarrow.parquet.write_table(self.arrow_table(list_type, strings), stream)
                    self.check_table(stream.getvalue())

    def test_every_codec_and_row_group_size(self):
        table = self.arrow_table(pyarrow.list_, pyarrow.string())
        for codec in ("none", "snappy", "gzip", "zstd"):
            for row_group_size in (1, 1000):
                with self.subTest(codec=codec, row_group_size=row_group_size):
                    stream = io.BytesIO()
                    pyarrow.parquet.write_table(table, stream, compression=codec,
                                                row_group_size=row_group_size)
                    self.check_table(stream.getvalue())

    def test_pandas(self):
        stream = io.BytesIO()
        pandas.DataFrame(self.rows).to_parquet(stream)
        self.check_table(stream.getvalue())

    def test_pandas_with_an_index_column(self):
        stream = io.BytesIO()
        frame = pandas.DataFrame(self.rows)
        frame.index = [10, 20, 30]
        frame.to_parquet(stream)
        self.check_table(stream.getvalue())

    def test_polars(self):
        stream = io.BytesIO()
        polars.DataFrame(self.rows).write_parquet(stream)
        self.check_table(stream.getvalue())

    def test_duckdb(self):
        frame = pandas.DataFrame(self.rows)
        path = self.folder / "train.parquet"
        duckdb.sql(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT parquet)")
        self.check_table(path.read_bytes())

    def test_class_names_given_as_integers(self):
        for integers in (pyarrow.int64(), pyarrow.int8(), pyarrow.uint16()):
            table = pyarrow.table({
                "image": self.rows["image"],
                "class_id": pyarrow.array([[1, 20]] * 3, pyarrow.list_(integers)),
                "rle_mask": self.rows["rle_mask"]})
            stream = io.BytesIO()
            pyarrow.parquet.write_table(table, stream)
            self.check_table(stream.getvalue(), classes=["1", "20"])

    def test_a_hundred_thousand_rows(self):
        count = 100_000
        table = pyarrow.table({
            "image": [f"case{index}.npy" for index in range(count)],
            "class_id": [CLASSES] * count,
            "rle_mask": [[f"{index % 50 + 1} 7", ""] for index in range(count)],
            "fold": [index % 5 for index in range(count)]})
        for row_group_size in (999, count):
            path = self.folder / f"rows{row_group_size}.zip"
            stream = io.BytesIO()
            pyarrow.parquet.write_table(table, stream, row_group_size=row_group_size)
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("train.pq", stream.getvalue())
                archive.writestr("images/case0.npy", b"")
            report = json.loads(volseg("check", path, "--json", "-q", expect=1).stdout)
            self.assertEqual(report["rows"], count)
            missing = [each for each in report["findings"] if each["code"] == "image-missing"]
            self.assertEqual(len(missing), count - 1)


if __name__ == "__main__":
    unittest.main()
