"""DICOM written by pydicom and highdicom: images and segmentations come out exactly, and no patient does."""

import gzip
import io
import json
import unittest
import zipfile

import highdicom
import nibabel
import numpy
import pandas
import pydicom
from pydicom.sr.codedict import codes

from program import ProgramTest, decode, volseg

SLICES, ROWS, COLUMNS = 9, 10, 13
SPACING = (0.7, 0.5, 2.5)  # between columns, between rows, between slices
ORIGIN = numpy.array([-40.0, 12.5, -7.0])
ANGLE = 0.2
ROW = numpy.array([numpy.cos(ANGLE), numpy.sin(ANGLE), 0])
COLUMN = numpy.array([-numpy.sin(ANGLE), numpy.cos(ANGLE), 0])
SECRETS = ["SECRET", "1.2.826.0.1.3680043", "19610203", "19991231"]


def slice_of(pixels: numpy.ndarray, index: int, series: str, frame_of_reference: str) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    dataset.SOPClassUID = pydicom.uid.CTImageStorage
    dataset.SOPInstanceUID = pydicom.uid.generate_uid()
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.PatientName, dataset.PatientID, dataset.PatientSex = "SECRET^Name", "SECRET-17", "O"
    dataset.PatientBirthDate, dataset.StudyDate, dataset.StudyTime = "19610203", "19991231", "101112"
    dataset.AccessionNumber, dataset.ReferringPhysicianName = "SECRET-ACC", "SECRET^Doctor"
    dataset.StudyID, dataset.StudyInstanceUID = "SECRET", pydicom.uid.generate_uid(entropy_srcs=["study"])
    dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = series, frame_of_reference
    dataset.Modality, dataset.SeriesNumber, dataset.SeriesDescription = "CT", 3, "chest"
    dataset.Manufacturer, dataset.PositionReferenceIndicator, dataset.Laterality = "maker", "", ""
    dataset.InstanceNumber, dataset.ImageType = index + 1, ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ImagePositionPatient = [round(value, 6) for value in ORIGIN + index * SPACING[2] * numpy.array([0, 0, 1])]
    dataset.ImageOrientationPatient = [round(value, 8) for value in [*ROW, *COLUMN]]
    dataset.PixelSpacing, dataset.SliceThickness = [SPACING[1], SPACING[0]], SPACING[2]
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, -1024, "HU"
    dataset.KVP, dataset.ContentDate, dataset.ContentTime = 120, "19991231", "101112"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = pixels.astype(numpy.uint16).tobytes()
    return dataset


def segments(labels) -> list:
    algorithm = highdicom.AlgorithmIdentificationSequence("made", codes.DCM.ArtificialIntelligence, "1")
    return [highdicom.seg.SegmentDescription(number, label, codes.SCT.Organ, codes.SCT.Liver, "AUTOMATIC", algorithm)
            for number, label in enumerate(labels, 1)]


def segmentation(source, masks: numpy.ndarray, labels, kind: str, **more) -> highdicom.seg.Segmentation:
    return highdicom.seg.Segmentation(
        source_images=source, pixel_array=masks, segmentation_type=kind, segment_descriptions=segments(labels),
        series_instance_uid=pydicom.uid.generate_uid(), series_number=9, sop_instance_uid=pydicom.uid.generate_uid(),
        instance_number=1, manufacturer="maker", manufacturer_model_name="SECRET model", software_versions="1",
        device_serial_number="SECRET", **more)


class Dicom(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(11)
        self.voxels = generator.integers(0, 4096, (SLICES, ROWS, COLUMNS))
        series, frame = pydicom.uid.generate_uid(), pydicom.uid.generate_uid()
        self.source = [slice_of(self.voxels[z], z, series, frame) for z in range(SLICES)]
        self.masks = numpy.zeros((SLICES, ROWS, COLUMNS, 2), numpy.uint8)
        self.masks[2:6, 1:8, 2:11, 0] = generator.integers(0, 2, (4, 7, 9))
        self.masks[5, 4:9, 3:12, 1] = generator.integers(0, 2, (5, 9))
        self.masks[7, 2, 2, 1] = 1
        for name in ("images/case_1", "segs"):
            (self.folder / name).mkdir(parents=True)
        self.write_series("images/case_1", self.source)

    def write_series(self, folder: str, datasets):
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for index, dataset in enumerate(datasets):
            dataset.save_as(self.folder / folder / f"IM{1000 - index}", enforce_file_format=True)

    def write_segmentation(self, kind="BINARY", name="segs/case_1.dcm", labels=("liver", "liver tumour"), masks=None,
                           **more):
        masks = self.masks if masks is None else masks
        segmentation(self.source, masks, labels, kind, **more).save_as(self.folder / name)

    def pack(self, *more, images="images", labels="segs", expect=0):
        return volseg("pack", "--images", self.folder / images, "--labels", self.folder / labels, "-o",
                      self.folder / "out.zip", "--force", *more, expect=expect)

    def frame(self):
        with zipfile.ZipFile(self.folder / "out.zip") as archive:
            return pandas.read_parquet(io.BytesIO(archive.read("train.pq")))

    def image(self, name="case_1.nii.gz"):
        with zipfile.ZipFile(self.folder / "out.zip") as archive:
            return nibabel.Nifti1Image.from_bytes(gzip.decompress(archive.read(f"images/{name}")))

    def check_masks(self, masks=None):
        row = self.frame().iloc[0]
        self.assertEqual(list(row["class_id"]), ["liver", "liver tumour"])
        for index, text in enumerate(row["rle_mask"]):
            expected = (self.masks if masks is None else masks)[..., index].transpose(2, 1, 0)
            numpy.testing.assert_array_equal(decode(text, (COLUMNS, ROWS, SLICES)), expected)

    def check_image(self, **name):
        image = self.image(**name)
        numpy.testing.assert_allclose(image.get_fdata(), self.voxels.transpose(2, 1, 0) - 1024.0)
        affine = numpy.eye(4)
        affine[:3, 0], affine[:3, 1], affine[:3, 2] = ROW * SPACING[0], COLUMN * SPACING[1], [0, 0, SPACING[2]]
        affine[:3, 3] = ORIGIN
        numpy.testing.assert_allclose(image.affine, numpy.diag([-1, -1, 1, 1]) @ affine, atol=1e-5)

    def test_binary_segmentation_gives_exact_overlapping_masks(self):
        self.write_segmentation(omit_empty_frames=True)
        self.pack()
        self.check_masks()
        self.check_image()
        volseg("check", self.folder / "out.zip")
        self.write_segmentation(omit_empty_frames=False)
        self.pack()
        self.check_masks()

    def test_fractional_segmentation_is_cut_at_the_threshold(self):
        fractions = numpy.random.default_rng(3).random(self.masks.shape) * (self.masks.max(axis=(1, 2), keepdims=True))
        for syntax in (pydicom.uid.ExplicitVRLittleEndian, pydicom.uid.RLELossless):
            self.write_segmentation("FRACTIONAL", masks=fractions, transfer_syntax_uid=syntax)
            self.pack()
            self.check_masks(numpy.around(fractions * 255) >= 127.5)
            outcome = self.pack("--fraction-threshold", "0.9")
            self.assertIn("inside from 0.9 of its largest value on", outcome.stdout)
            self.check_masks(numpy.around(fractions * 255) >= 0.9 * 255)

    def test_label_map_segmentation_gives_its_labels(self):
        numbers = self.masks[..., 0].copy()
        numbers[self.masks[..., 1] == 1] = 2
        self.write_segmentation("LABELMAP", masks=numbers)
        self.pack()
        self.check_masks(numpy.stack([numbers == 1, numbers == 2], -1))

    def test_segments_of_one_label_become_one_class(self):
        self.write_segmentation(labels=("lesion", "lesion"))
        outcome = self.pack()
        self.assertIn('segments 1, 2 of "lesion" become one class', outcome.stdout)
        text = self.frame().iloc[0]["rle_mask"][0]
        numpy.testing.assert_array_equal(decode(text, (COLUMNS, ROWS, SLICES)), self.masks.max(-1).transpose(2, 1, 0))

    def test_zips_and_multi_frame_files_are_images_too(self):
        self.write_segmentation()
        (self.folder / "zips").mkdir()
        with zipfile.ZipFile(self.folder / "zips/case_1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in (self.folder / "images/case_1").iterdir():
                archive.write(path, f"study/{path.name}")
        self.pack(images="zips")
        self.check_masks()
        self.check_image()
        enhanced = highdicom.legacy.LegacyConvertedEnhancedCTImage(
            self.source, series_instance_uid=pydicom.uid.generate_uid(), series_number=4,
            sop_instance_uid=pydicom.uid.generate_uid(), instance_number=1)
        (self.folder / "enhanced").mkdir()
        enhanced.save_as(self.folder / "enhanced/case_1.dcm")
        self.pack(images="enhanced")
        self.check_masks()
        self.check_image()
        for name in ("zips/case_1.zip", "enhanced/case_1.dcm", "images/case_1"):
            volseg("show", self.folder / name, "-o", self.folder / "show.png", "--force")

    def test_segmentation_fits_a_nifti_of_the_series_with_turned_axes(self):
        self.write_segmentation()
        self.pack()
        image = self.image()
        (self.folder / "nifti").mkdir()
        for name, codes_of_axes in (("flipped", "LAS"), ("turned", "SPL")):
            turn = nibabel.orientations.ornt_transform(nibabel.io_orientation(image.affine),
                                                       nibabel.orientations.axcodes2ornt(codes_of_axes))
            turned = image.as_reoriented(turn)
            nibabel.save(turned, self.folder / "nifti/case_1.nii.gz")
            self.pack(images="nifti")
            for index, text in enumerate(self.frame().iloc[0]["rle_mask"]):
                expected = nibabel.orientations.apply_orientation(self.masks[..., index].transpose(2, 1, 0), turn)
                numpy.testing.assert_array_equal(decode(text, turned.shape), expected)

    def test_another_grid_is_refused_with_both_and_resampled_on_request(self):
        self.write_segmentation()
        self.pack()
        image = self.image()
        moved = image.affine.copy()
        moved[0, 3] += 0.3
        (self.folder / "nifti").mkdir()
        nibabel.save(nibabel.Nifti1Image(image.get_fdata(), moved), self.folder / "nifti/case_1.nii.gz")
        outcome = self.pack(images="nifti", expect=3)
        for words in ("segs/case_1.dcm: frame 1 at (40, -12.5, ", "mm is on no slice of the image",
                      "slices of 13 x 10 pixels, spacing 0.7 x 0.5 x 2.5 mm, origin (40, -12.5, -2) mm",
                      "its image", "origin (40.3, -12.5, -7) mm", "--resample-masks"):
            self.assertIn(words, outcome.stderr)
        self.pack("--resample-masks", images="nifti")
        self.check_masks()

    def test_compressed_series_are_read(self):
        self.write_segmentation()
        for syntax in (pydicom.uid.RLELossless, pydicom.uid.JPEGLSLossless):
            for dataset in self.source:
                if dataset.file_meta.TransferSyntaxUID.is_compressed:
                    dataset.decompress()
                dataset.compress(syntax, generate_instance_uid=False)
            self.write_series("images/case_1", self.source)
            self.pack()
            self.check_image()
            self.check_masks()

    def test_series_are_chosen_by_number_or_description(self):
        uids = [f"1.2.826.0.1.3680043.{number}" for number in (7, 8)]
        other = [slice_of(self.voxels[0][:5, :6], z, *uids) for z in range(3)]
        for index, dataset in enumerate(other):
            dataset.SeriesNumber, dataset.SeriesDescription = 1, "scout"
            dataset.save_as(self.folder / f"images/case_1/S{index}", enforce_file_format=True)
        self.write_segmentation()
        outcome = self.pack(expect=2)
        for words in ("2 series", "1: 3 slices of 6 x 5, CT, scout", "2: 9 slices of 13 x 10, CT, chest", "--series"):
            self.assertIn(words, outcome.stderr)
        for chosen in ("2", "chest"):
            self.pack("--series", chosen)
            self.check_masks()
        case = self.folder / "images/case_1"
        volseg("show", case, "--series", "scout", "-o", self.folder / "scout.png")
        runs = volseg("encode", case, "--series", "scout", "--json").stdout
        self.assertEqual(json.loads(runs)["shape"], [6, 5, 3])
        (self.folder / "empty.txt").write_text("\n")
        volseg("decode", self.folder / "empty.txt", "--like", case, "--series", "scout", "-o", self.folder / "m.npy")
        self.assertEqual(numpy.load(self.folder / "m.npy").shape, (6, 5, 3))

    def test_series_are_trained_on_and_predicted_in_their_geometry(self):
        self.masks[..., 1] &= 1 - self.masks[..., 0]
        self.write_segmentation()
        uids = pydicom.uid.generate_uid(), pydicom.uid.generate_uid()
        self.source = [slice_of(self.voxels[z], z, *uids) for z in range(SLICES)]
        self.write_series("images/case_2", self.source)
        self.write_segmentation(name="segs/case_2.dcm")
        self.pack()
        run = self.folder / "run"
        volseg("train", self.folder / "out.zip", "-o", run, "--recipe", "quick", "--epochs", 1, "--steps-per-epoch", 1)
        with zipfile.ZipFile(self.folder / "scan.zip", "w") as archive:
            for path in (self.folder / "images/case_2").iterdir():
                archive.write(path, path.name)
        for number, (source, names) in enumerate({"images": ["case_1", "case_2"], "images/case_2": ["case_2"],
                                                  "scan.zip": ["scan"]}.items()):
            out = self.folder / f"predicted_{number}"
            volseg("predict", run, self.folder / source, "-o", out, "--checkpoint", "last")
            self.assertEqual(sorted(path.name for path in out.glob("*.nii.gz")), [f"{name}.nii.gz" for name in names])
            for name in names:
                found = nibabel.load(out / f"{name}.nii.gz")
                self.assertEqual(found.shape, (COLUMNS, ROWS, SLICES))
                numpy.testing.assert_allclose(found.affine, self.image().affine, atol=1e-5)

    def test_D10_no_patient_is_in_any_output(self):
        self.write_segmentation()
        del self.source[4]
        (self.folder / "images/case_1/IM996").unlink()
        said = []
        self.masks[4] = 0
        self.write_segmentation(masks=numpy.delete(self.masks, 4, 0))
        said.append(self.pack())
        self.assertIn("1 slice is missing, after IM997", said[-1].stdout)
        said += [volseg("check", self.folder / "out.zip", expect=None),
                 volseg("info", self.folder / "out.zip", "--json"),
                 volseg("show", self.folder / "out.zip", "-o", self.folder / "a.png"),
                 volseg("show", self.folder / "images/case_1", "-o", self.folder / "b.png"),
                 volseg("export", self.folder / "out.zip", "-o", self.folder / "exported")]
        damaged = bytearray((self.folder / "images/case_1/IM998").read_bytes())
        for cut in (200, 400, 700, len(damaged) - 30):
            (self.folder / "images/case_1/IM998").write_bytes(damaged[:cut])
            said.append(self.pack(expect=None))
            said.append(volseg("encode", self.folder / "images/case_1", expect=None))
        texts = [(outcome.stdout + outcome.stderr).encode() for outcome in said]
        with zipfile.ZipFile(self.folder / "out.zip") as archive:
            texts += [archive.read(name) for name in archive.namelist()]
        texts.append(gzip.decompress(next(text for text in texts if text[:2] == b"\x1f\x8b")))
        for path in self.folder.rglob("*"):
            if path.is_file() and "images/" not in str(path) and "segs/" not in str(path):
                texts.append(path.read_bytes())
        for text in texts:
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), text)


if __name__ == "__main__":
    unittest.main()
