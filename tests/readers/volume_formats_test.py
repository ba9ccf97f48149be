"""Volumes written byte by byte in Python agree with NIfTI files of nibabel in voxels, axes and geometry."""

import gzip
import io
import json
import struct
import unittest
import zipfile
import zlib

import nibabel
import numpy
import pandas
from PIL import Image

from program import ProgramTest, decode, volseg

SHAPE = (5, 7, 6)
ANGLE = 0.3
SPACING = numpy.array([0.8, 1.25, 2.5])
DIRECTION = numpy.array([[numpy.cos(ANGLE), 0, numpy.sin(ANGLE)],
                         [numpy.sin(ANGLE), 0, -numpy.cos(ANGLE)],
                         [0, 1, 0]])
ORIGIN = numpy.array([-12.5, 30, 7.75])
LPS = numpy.array([-1, -1, 1])


def affine() -> numpy.ndarray:
    matrix = numpy.eye(4)
    matrix[:3, :3] = DIRECTION * SPACING
    matrix[:3, 3] = ORIGIN
    return matrix


def text_of(vector) -> str:
    return ",".join(repr(float(value)) for value in vector)


def nrrd(array: numpy.ndarray, packed: bool) -> bytes:
    columns = (DIRECTION * SPACING).T * LPS
    header = (f"NRRD0004\n# by hand\ntype: {array.dtype.name}\ndimension: 3\nspace: left-posterior-superior\n"
              f"sizes: {' '.join(map(str, array.shape))}\n"
              f"space directions: {' '.join(f'({text_of(column)})' for column in columns)}\n"
              f"kinds: domain domain domain\nendian: {'big' if packed else 'little'}\n"
              f"encoding: {'gzip' if packed else 'raw'}\nspace origin: ({text_of(ORIGIN * LPS)})\n\n")
    order = array.dtype.newbyteorder(">" if packed else "<")
    voxels = array.astype(order).tobytes(order="F")
    return header.encode() + (gzip.compress(voxels) if packed else voxels)


def meta_image(array: numpy.ndarray, packed: bool) -> bytes:
    kind = {"int16": "MET_SHORT", "uint8": "MET_UCHAR"}[array.dtype.name]
    voxels = array.tobytes(order="F")
    rows = (DIRECTION.T * LPS).flatten()
    header = (f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
              f"CompressedData = {packed}\nTransformMatrix = {text_of(rows).replace(',', ' ')}\n"
              f"Offset = {text_of(ORIGIN * LPS).replace(',', ' ')}\nCenterOfRotation = 0 0 0\n"
              f"ElementSpacing = {text_of(SPACING).replace(',', ' ')}\n"
              f"DimSize = {' '.join(map(str, array.shape))}\nElementType = {kind}\nElementDataFile = LOCAL\n")
    return header.encode() + (zlib.compress(voxels) if packed else voxels)


def tiff(array: numpy.ndarray, packed: bool) -> bytes:
    """One page a slice; deflate when packed."""
    pages = [array[:, :, z].tobytes(order="F") for z in range(array.shape[2])]
    pages = [zlib.compress(page) for page in pages] if packed else pages
    content, directories = b"II*\0\0\0\0\0", []
    for page in pages:
        offset = len(content)
        content += page + b"\0" * (len(page) % 2)
        signed = 2 if array.dtype.kind == "i" else 1
        entries = [(256, 4, array.shape[0]), (257, 4, array.shape[1]), (258, 3, 8 * array.itemsize),
                   (259, 3, 8 if packed else 1), (262, 3, 1), (273, 4, offset), (277, 3, 1),
                   (278, 4, array.shape[1]), (279, 4, len(page)), (339, 3, signed)]
        directories.append(len(content))
        content += struct.pack("<H", len(entries))
        content += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        content += b"\0\0\0\0"
    places = [4] + [begin + 2 + 10 * 12 for begin in directories]
    whole = bytearray(content)
    for place, begin in zip(places, directories):
        whole[place:place + 4] = struct.pack("<I", begin)
    return bytes(whole)


def npz(array: numpy.ndarray, packed: bool) -> bytes:
    stream = io.BytesIO()
    (numpy.savez_compressed if packed else numpy.savez)(stream, array)
    return stream.getvalue()


def write_detached(path, array: numpy.ndarray):
    """A header beside its voxels: .nhdr or .mhd."""
    is_nrrd = path.suffix == ".nhdr"
    whole = (nrrd if is_nrrd else meta_image)(array, False)
    voxels = array.tobytes(order="F")
    header = whole[:len(whole) - len(voxels)].decode()
    data = path.with_suffix(".raw").name
    header = header.replace("\nspace origin", f"\ndata file: {data}\nspace origin") if is_nrrd else \
        header.replace("LOCAL", data)
    path.write_text(header)
    path.with_suffix(".raw").write_bytes(voxels)


def pages_of(array: numpy.ndarray) -> list:
    return [Image.fromarray(numpy.ascontiguousarray(array[:, :, z].T)) for z in range(array.shape[2])]


def write_tiff(path, array: numpy.ndarray, **how):
    first, *others = pages_of(array)
    first.save(path, save_all=True, append_images=others, **how)


def write_pictures(folder, array: numpy.ndarray, extension: str):
    folder.mkdir()
    for z, page in enumerate(pages_of(array)):
        page.save(folder / f"z{z}{extension}")
    (folder / "readme.txt").write_text("slices")


FORMATS = {".nrrd": nrrd, ".mha": meta_image, ".tif": tiff, ".npz": npz}


class VolumeFormats(ProgramTest):
    def setUp(self):
        super().setUp()
        self.labels = {}
        for folder in ("images", "labels", "nifti"):
            (self.folder / folder).mkdir()
        generator = numpy.random.default_rng(5)
        for extension, writer in FORMATS.items():
            for packed in (False, True):
                name = f"{extension[1:]}{'_packed' if packed else ''}"
                image = generator.integers(-1000, 1000, SHAPE).astype(numpy.int16)
                label = generator.choice([0, 0, 1, 2], SHAPE).astype(numpy.uint8)
                self.labels[name] = label
                (self.folder / f"images/{name}{extension}").write_bytes(writer(image, packed))
                (self.folder / f"labels/{name}_seg{extension}").write_bytes(writer(label, packed))
                nibabel.save(nibabel.Nifti1Image(label, affine()), self.folder / f"nifti/{name}.nii.gz")

    def check_pack(self, labels: str):
        """Packing compares shape and geometry of each image with its labels."""
        path = self.folder / f"{labels}.zip"
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / labels, "-o", path)
        volseg("check", path)
        with zipfile.ZipFile(path) as archive:
            frame = pandas.read_parquet(io.BytesIO(archive.read("train.pq")))
        self.assertEqual(len(frame), len(self.labels))
        for _, row in frame.iterrows():
            label = self.labels[row["image"].rsplit(".", 1)[0]]
            for value, text in enumerate(row["rle_mask"], 1):
                numpy.testing.assert_array_equal(decode(text, SHAPE), label == value)
        return path

    def test_label_maps_of_every_format_give_their_exact_masks(self):
        self.check_pack("labels")

    def test_geometry_equals_that_of_nibabel(self):
        path = self.check_pack("nifti")
        info = json.loads(volseg("info", path, "--json", "-q").stdout)
        for case in info["cases"]:
            numpy.testing.assert_allclose(case["spacing_mm"], SPACING, rtol=1e-6)
        moved = affine()
        moved[0, 3] += 5
        for name in ("nrrd", "mha"):
            nibabel.save(nibabel.Nifti1Image(self.labels[name], moved), self.folder / f"nifti/{name}.nii.gz")
            outcome = volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "nifti",
                             "-o", self.folder / "moved.zip", expect=3)
            self.assertIn(f"{name}.nii.gz: spacing", outcome.stderr)
            nibabel.save(nibabel.Nifti1Image(self.labels[name], affine()), self.folder / f"nifti/{name}.nii.gz")


class LabelFiles(ProgramTest):
    """Label maps of independent writers; each must give the exact array as run-length text."""

    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(8)
        # Extents above 10 tell natural from alphabetic order of slices.
        self.labels = generator.choice([0, 0, 1, 2], (5, 7, 12)).astype(numpy.uint8)

    def check(self, path, labels=None):
        labels = self.labels if labels is None else labels
        found = json.loads(volseg("encode", path, "--json").stdout)
        self.assertEqual(found["shape"], list(labels.shape), path)
        self.assertEqual([one["label"] for one in found["masks"]], [value for value in numpy.unique(labels) if value])
        for one in found["masks"]:
            numpy.testing.assert_array_equal(decode(one["rle_mask"], labels.shape), labels == one["label"])

    def test_tiff_of_pillow_in_every_type_and_compression(self):
        types = {"uint8": self.labels, "uint16": self.labels.astype(numpy.uint16) * 300,
                 "int32": self.labels.astype(numpy.int32) * 70000, "float32": self.labels.astype(numpy.float32)}
        for name, labels in types.items():
            for compression in ("raw", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits", "lzma", "zstd"):
                for big in (False, True):
                    path = self.folder / f"{name}_{compression}_{big}.tif"
                    try:
                        write_tiff(path, labels, compression=compression, big_tiff=big)
                    except (OSError, KeyError):
                        self.assertIn(compression, ("lzma", "zstd"))  # not in every build of libtiff
                        continue
                    self.check(path, labels.astype(numpy.int64))

    def test_detached_headers(self):
        for extension in (".nhdr", ".mhd"):
            write_detached(self.folder / f"a{extension}", self.labels)
            self.check(self.folder / f"a{extension}")
            (self.folder / "a.raw").unlink()
            outcome = volseg("encode", self.folder / f"a{extension}", expect=4)
            self.assertIn("a.raw", outcome.stderr)

    def test_folders_and_zips_of_pictures_are_one_stack(self):
        for extension in (".png", ".tif"):
            folder = self.folder / extension[1:]
            write_pictures(folder, self.labels, extension)
            self.check(folder)
            with zipfile.ZipFile(self.folder / f"{extension[1:]}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for path in folder.iterdir():
                    archive.write(path, path.name)
            self.check(self.folder / f"{extension[1:]}.zip")
        wide = self.labels.astype(numpy.uint16) * 300
        write_pictures(self.folder / "wide", wide, ".png")
        self.check(self.folder / "wide", wide)

    def test_arrays_of_numpy_in_both_orders_and_byte_orders(self):
        for order in ("C", "F"):
            for kind in ("|u1", "<i2", ">i4", "<u8", ">f4", "<f8"):
                path = self.folder / f"{order}_{kind[1:]}.npy"
                numpy.save(path, numpy.asarray(self.labels, dtype=kind, order=order))
                self.check(path)

    def test_content_decides_and_other_names_are_said(self):
        (self.folder / "images").mkdir()
        (self.folder / "labels").mkdir()
        for name, content in (("a.nii.gz", nrrd(self.labels, True)), ("b.mha", nrrd(self.labels, False)),
                              ("c.tif", npz(self.labels, True)), ("d.npy", meta_image(self.labels, False))):
            (self.folder / name).write_bytes(content)
            self.check(self.folder / name)
            (self.folder / "images" / name).write_bytes(content)
            numpy.save(self.folder / "labels" / name.split(".")[0], self.labels)
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "labels", "-o",
               self.folder / "a.zip")
        text = volseg("check", self.folder / "a.zip", expect=None).stdout
        self.assertIn("the name ends in .nii.gz and the content is .nrrd", text)


if __name__ == "__main__":
    unittest.main()
