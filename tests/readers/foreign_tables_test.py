"""Tables written by pandas, polars and PyArrow, in every list and string type and codec, are read."""

import io
import json
import unittest
import zipfile

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

    def check_table(self, table: bytes):
        path = self.folder / "dataset.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("train.pq", table)
            for index, name in enumerate(self.rows["image"]):
                stream = io.BytesIO()
                numpy.save(stream, numpy.random.default_rng(index).random(SHAPE, dtype=numpy.float32))
                archive.writestr(f"images/{name}", stream.getvalue())
        volseg("check", path)
        info = json.loads(volseg("info", path, "--json", "-q").stdout)
        self.assertEqual(info["class_names"], CLASSES)
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


if __name__ == "__main__":
    unittest.main()
