// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_elements.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <string>

#include "volseg/volume/internal/dicom_slice.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/made_dicom_test.h"

namespace volseg::volume::internal {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

DicomSlice read(const std::string& text) {
  return read_dicom_slice(DicomElements(bytes_of(text), "a.dcm"), "a.dcm");
}

void refuses(ErrorKind kind, const std::string& words, const std::string& text) {
  const Error error = error_of([&] { (void)read(text); });
  EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
  EXPECT_NE(error.message().find(words), std::string::npos) << error.what();
  EXPECT_EQ(error.message().find("SECRET"), std::string::npos) << "D10: " << error.what();
}

std::string deflated(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string packed(text.size() + 100, '\0');
  packed.resize(libdeflate_deflate_compress(compressor, text.data(), text.size(), packed.data(),
                                            packed.size()));
  libdeflate_free_compressor(compressor);
  return packed;
}

TEST(Dicom, D01_standard_transfer_syntaxes_are_read) {
  MadeSlice made;
  made.more = element(0x00080005, "UN", "abcd");
  const auto expect_read = [](const std::string& text) {
    const DicomSlice slice = read(text);
    EXPECT_EQ(slice.columns, 4);
    EXPECT_EQ(slice.description, "chest");
    EXPECT_EQ((*slice.spacing_mm)[0], 0.75);
    EXPECT_EQ(slice.intercept, -1000);
    EXPECT_EQ(slice.pixel_bytes, 24);
  };
  expect_read(made.file());
  made.more.clear();
  made.syntax = "1.2.840.10008.1.2";
  expect_read(made.head() + made.elements({.explicit_vr = false}));
  made.syntax = "1.2.840.10008.1.2.2";
  expect_read(made.head() + made.elements({.big_endian = true}));
  made.syntax = "1.2.840.10008.1.2.1.99";
  expect_read(made.head() + deflated(made.elements()));
  refuses(ErrorKind::kFormat, "deflated", made.head() + "no deflate");
}

TEST(Dicom, D01_files_without_preamble_or_transfer_syntax_are_refused) {
  const MadeSlice made;
  refuses(ErrorKind::kFormat, "DICM", made.file().substr(128));
  refuses(ErrorKind::kFormat, "transfer syntax", std::string(128, '\0') + "DICM" + made.elements());
}

TEST(Dicom, D01_elements_of_another_transfer_syntax_are_refused) {
  MadeSlice made;
  refuses(ErrorKind::kFormat, "does not say its type",
          made.head() + made.elements({.explicit_vr = false}));
  refuses(ErrorKind::kFormat, "damaged", made.head() + made.elements({.big_endian = true}));
  made.syntax = "1.2.840.10008.1.2";
  refuses(ErrorKind::kFormat, "damaged", made.head() + made.elements());
  made.syntax = "1.2.840.10008.1.2.2";
  refuses(ErrorKind::kFormat, "damaged", made.head() + made.elements());
}

TEST(Dicom, D02_odd_undefined_and_overlong_lengths_are_refused) {
  MadeSlice made;
  made.more = std::string(
      "\x10\x00\x00\x40LO\x03\x00"
      "abc",
      11);
  refuses(ErrorKind::kFormat, "odd length 3", made.file());
  made.more = std::string("\x10\x00\x00\x40OB\0\0\xFF\xFF\xFF\xFF", 12);
  refuses(ErrorKind::kFormat, "no length and is no sequence", made.file());
  made.more = std::string("\x10\x00\x00\x40OB\0\0\x00\x00\x00\x70", 12);
  refuses(ErrorKind::kFormat, "declares 1879048192 bytes", made.file());
  const std::string whole = MadeSlice{}.file();
  for (size_t size = 0; size < whole.size(); ++size) {
    try {
      EXPECT_LT(read(whole.substr(0, size)).pixel_bytes, 24) << size;
    } catch (const Error& error) {
      EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::kFormat));
    }
  }
}

TEST(Dicom, D03_nesting_is_limited_in_every_form) {
  const auto nested = [](int depth, bool undefined) {
    std::string content;
    const std::string begin = std::string("\x10\x00\x00\x40SQ\0\0\xFF\xFF\xFF\xFF", 12) +
                              std::string("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8);
    const std::string end =
        std::string("\xFE\xFF\x0D\xE0\0\0\0\0", 8) + std::string("\xFE\xFF\xDD\xE0\0\0\0\0", 8);
    for (int level = 0; level < depth; ++level) {
      content = undefined ? begin + content + end : element(0x00104000, "SQ", item(content));
    }
    MadeSlice made;
    made.more = content;
    return made.file();
  };
  for (const bool undefined : {false, true}) {
    EXPECT_EQ(read(nested(32, undefined)).columns, 4);
    refuses(ErrorKind::kLimit, "nested", nested(33, undefined));
  }
  refuses(ErrorKind::kLimit, "nested", nested(3000, true));
  MadeSlice made;
  for (int level = 0; level < 100'000; ++level) {
    made.more +=
        std::string("\x10\x00\x00\x40SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 20);
  }
  refuses(ErrorKind::kLimit, "nested", made.file());
}

TEST(Dicom, D02_sequences_and_fragments_without_an_end_are_refused) {
  MadeSlice made;
  made.fragments = item("") + item("ab");
  const std::string whole = made.file();
  EXPECT_EQ(read(whole).pixel_bytes, 2);
  refuses(ErrorKind::kFormat, "no end", whole.substr(0, whole.size() - 8));
  made.more = element(0x00104000, "SQ", std::string("\x10\x00\x10\x00\0\0\0\0", 8));
  refuses(ErrorKind::kFormat, "item is expected", made.file());
}

TEST(Dicom, D04_sizes_that_differ_from_the_pixels_are_refused_before_allocating) {
  const auto refuses_size = [](ErrorKind kind, const std::string& words, const MadeSlice& made) {
    const DicomSlice slice = read(made.file());
    expect_error(kind, words, [&] { check_pixel_bytes(slice); });
  };
  MadeSlice made;
  made.rows = 65535;
  made.columns = 65535;
  refuses_size(ErrorKind::kFormat, "8589672450", made);
  made.fragments = item("") + item("ab");
  refuses_size(ErrorKind::kLimit, "cannot hold", made);
  made = {};
  made.rows = 0;
  refuses_size(ErrorKind::kFormat, "0 rows", made);
  made = {};
  made.frames = "2";
  refuses_size(ErrorKind::kFormat, "24 bytes of pixels; its rows, columns, frames and bits need 48",
               made);
  made = {};
  made.pixels += "more";
  refuses_size(ErrorKind::kFormat, "28 bytes", made);
}

TEST(Dicom, D05_bits_are_checked) {
  const auto type = [](const MadeSlice& made) { return pixel_type_of(read(made.file())); };
  MadeSlice made;
  EXPECT_EQ(type(made), DataType::kInt16);
  made.stored = 17;
  expect_error(ErrorKind::kFormat, "17 bits stored of 16", [&] { (void)type(made); });
  made.stored = 12;
  expect_error(ErrorKind::kFormat, "high bit 15", [&] { (void)type(made); });
  made.high = 11;
  made.is_signed = 0;
  EXPECT_EQ(type(made), DataType::kUint16);
  for (const uint16_t bits : {uint16_t{1}, uint16_t{12}}) {
    made.allocated = bits;
    expect_error(ErrorKind::kUnsupported, "bits allocated", [&] { (void)type(made); });
  }
  made.samples = 3;
  expect_error(ErrorKind::kUnsupported, "colour", [&] { (void)type(made); });
}

TEST(Dicom, D02_survives_every_flipped_bit) {
  MadeSlice made;
  made.more = element(0x00104000, "SQ", item(element(0x00100010, "PN", "SECRET")));
  const std::string whole = made.file();
  for (size_t bit = 128 * 8; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      (void)read(damaged);
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("SECRET"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace volseg::volume::internal
