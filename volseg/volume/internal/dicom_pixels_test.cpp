// SPDX-License-Identifier: Apache-2.0
#include <gdcmImage.h>
#include <gdcmImageChangeTransferSyntax.h>
#include <gdcmSequenceOfFragments.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "volseg/volume/internal/dicom_slice.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/made_dicom_test.h"

namespace volseg::volume::internal {
namespace {

constexpr const char* kRle = "1.2.840.10008.1.2.5";

/// Words 0, 1001, 2002, ... row after row.
std::string counting_words(size_t count) {
  std::string words;
  for (size_t index = 0; index < count; ++index) {
    words += little(index * 1001 % 4096, 2);
  }
  return words;
}

std::string decode(const MadeSlice& made) {
  const std::string file = made.file();
  const DicomElements elements(std::as_bytes(std::span(file)), "a.dcm");
  const DicomSlice slice = read_dicom_slice(elements, "a.dcm");
  check_pixel_bytes(slice);
  std::string pixels(static_cast<size_t>(slice.rows * slice.columns * slice.bits_allocated / 8),
                     '\0');
  read_dicom_pixels(elements, slice, std::as_writable_bytes(std::span(pixels)));
  return pixels;
}

void refuses(const std::string& words, const MadeSlice& made) {
  expect_error(ErrorKind::kFormat, words, [&] { (void)decode(made); });
}

/// A run-length frame of two byte planes of 12 bytes, each a literal and a repeated run.
std::string run_length_frame() {
  const std::string plane = std::string(
                                "\x03"
                                "abcd") +
                            '\xF9' + "e";
  const std::string padded = plane + std::string(1, '\0');
  std::string header = little(2, 4) + little(64, 4) + little(64 + padded.size(), 4);
  header.resize(64, '\0');
  return header + padded + padded;
}

MadeSlice run_length_slice(const std::string& frame) {
  MadeSlice made;
  made.syntax = kRle;
  made.fragments = item("") + item(frame);
  return made;
}

/// The fragments into which GDCM encodes 16-bit pixels.
std::string gdcm_fragments(const std::string& pixels, unsigned int columns, unsigned int rows,
                           gdcm::TransferSyntax::TSType syntax) {
  gdcm::ImageChangeTransferSyntax change;
  const gdcm::SmartPointer<gdcm::Image> input = new gdcm::Image;
  gdcm::Image& image = *input;
  image.SetNumberOfDimensions(2);
  image.SetDimension(0, columns);
  image.SetDimension(1, rows);
  image.SetPixelFormat(gdcm::PixelFormat(1, 16, 12, 11, 0));
  image.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
  image.SetTransferSyntax(gdcm::TransferSyntax::ExplicitVRLittleEndian);
  gdcm::DataElement element(gdcm::Tag(0x7FE0, 0x0010));
  element.SetByteValue(pixels.data(), gdcm::VL(static_cast<uint32_t>(pixels.size())));
  image.SetDataElement(element);
  change.SetTransferSyntax(syntax);
  change.SetInput(image);
  if (!change.Change()) {
    return {};
  }
  std::string all = item("");
  const auto* fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments();
  for (unsigned int index = 0; index < fragments->GetNumberOfFragments(); ++index) {
    const gdcm::ByteValue* value = fragments->GetFragment(index).GetByteValue();
    all += item({value->GetPointer(), static_cast<size_t>(value->GetLength())});
  }
  return all;
}

TEST(DicomPixels, D05_bits_above_the_stored_ones_become_the_sign_or_nothing) {
  MadeSlice made;
  made.stored = 12;
  made.high = 11;
  made.pixels = little(0xF801, 2) + little(0x07FF, 2) + std::string(20, '\0');
  std::array<int16_t, 2> found{};
  std::memcpy(found.data(), decode(made).data(), 4);
  EXPECT_EQ(found, (std::array<int16_t, 2>{-2047, 2047}));
  made.is_signed = 0;
  made.pixels = little(0xF801, 2) + little(0x1FFF, 2) + std::string(20, '\0');
  std::memcpy(found.data(), decode(made).data(), 4);
  EXPECT_EQ(found, (std::array<int16_t, 2>{0x0801, 0x0FFF}));
}

TEST(DicomPixels, D01_big_endian_words_are_turned) {
  MadeSlice made;
  made.syntax = "1.2.840.10008.1.2.2";
  made.pixels = std::string("\x01\x02", 2) + std::string(22, '\0');
  const std::string file = made.head() + made.elements({.big_endian = true});
  const DicomElements elements(std::as_bytes(std::span(file)), "a");
  std::string pixels(24, '\0');
  read_dicom_pixels(elements, read_dicom_slice(elements, "a"),
                    std::as_writable_bytes(std::span(pixels)));
  EXPECT_EQ(pixels.substr(0, 2), "\x02\x01");
}

TEST(DicomPixels, run_lengths_are_expanded) {
  const std::string pixels = decode(run_length_slice(run_length_frame()));
  EXPECT_EQ(pixels, "aabbccddeeeeeeeeeeeeeeee");
}

TEST(DicomPixels, D06_malformed_run_lengths_are_refused) {
  const std::string whole = run_length_frame();
  refuses("header is cut", run_length_slice(whole.substr(0, 62)));
  std::string frame = whole;
  frame[0] = 16;
  refuses("another number of segments", run_length_slice(frame));
  frame = whole;
  std::swap(frame[4], frame[8]);
  refuses("out of order", run_length_slice(frame));
  frame = whole;
  frame[8] = '\x7F';
  refuses("out of order", run_length_slice(frame));
  refuses("ends early", run_length_slice(whole.substr(0, whole.size() - 2)));
  frame = whole;
  frame[64] = 100;
  refuses("passes the end", run_length_slice(frame));
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    frame = whole;
    frame[bit / 8] = static_cast<char>(frame[bit / 8] ^ (1 << bit % 8));
    try {
      (void)decode(run_length_slice(frame));
    } catch (const Error&) {
    }
  }
}

TEST(DicomPixels, lossless_jpeg_jpeg_ls_and_jpeg_2000_give_the_exact_values) {
  const std::string pixels = counting_words(24 * 17);
  for (const auto& [syntax, uid] :
       {std::pair(gdcm::TransferSyntax::JPEGLosslessProcess14_1, "1.2.840.10008.1.2.4.70"),
        std::pair(gdcm::TransferSyntax::JPEGLSLossless, "1.2.840.10008.1.2.4.80"),
        std::pair(gdcm::TransferSyntax::JPEG2000Lossless, "1.2.840.10008.1.2.4.90")}) {
    MadeSlice made;
    made.syntax = uid;
    made.columns = 24;
    made.rows = 17;
    made.stored = 12;
    made.high = 11;
    made.is_signed = 0;
    made.fragments = gdcm_fragments(pixels, 24, 17, syntax);
    ASSERT_FALSE(made.fragments.empty()) << uid;
    EXPECT_EQ(decode(made), pixels) << uid;
    made.rows = 16;
    refuses("declares 17 x 24 pixels", made);
    made.rows = 17;
    made.allocated = 8;
    made.stored = 8;
    made.high = 7;
    refuses("unlike the header", made);
  }
}

TEST(DicomPixels, D07_damaged_streams_are_refused_or_give_pixels) {
  const std::string pixels = counting_words(24 * 17);
  for (const auto& [syntax, uid] :
       {std::pair(gdcm::TransferSyntax::JPEGLosslessProcess14_1, "1.2.840.10008.1.2.4.70"),
        std::pair(gdcm::TransferSyntax::JPEGLSLossless, "1.2.840.10008.1.2.4.80"),
        std::pair(gdcm::TransferSyntax::JPEG2000Lossless, "1.2.840.10008.1.2.4.90")}) {
    MadeSlice made;
    made.syntax = uid;
    made.columns = 24;
    made.rows = 17;
    made.stored = 12;
    made.high = 11;
    made.is_signed = 0;
    const std::string whole = gdcm_fragments(pixels, 24, 17, syntax);
    int64_t refused = 0;
    for (size_t byte = 16; byte < whole.size(); ++byte) {
      made.fragments = whole;
      made.fragments[byte] = static_cast<char>(~made.fragments[byte]);
      try {
        EXPECT_EQ(decode(made).size(), pixels.size());
      } catch (const Error&) {
        ++refused;
      }
    }
    EXPECT_GT(refused, 10) << uid;
  }
}

TEST(DicomPixels, D07_other_streams_and_other_methods_are_refused) {
  MadeSlice made;
  made.syntax = "1.2.840.10008.1.2.4.70";
  made.fragments = item("") + item("no JPEG stream");
  refuses("no JPEG stream", made);
  made.fragments = item("") + item(std::string("\xFF\xD8\xFF\xD9", 4));
  refuses("unlike the header", made);
  made.syntax = "1.2.3";
  expect_error(ErrorKind::kUnsupported, "method", [&] { (void)decode(made); });
}

}  // namespace
}  // namespace volseg::volume::internal
