// SPDX-License-Identifier: Apache-2.0
// Rows I01 to I13 of the catalogue of bad inputs: NIfTI images seen through `check`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::buffer_of;
using internal::check_image_bytes;
using internal::count_of;
using internal::counting_image;
using internal::holds;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::only;
using internal::Texts;
using volume::FileFormat;

// Offsets of fields of a NIfTI-1 header.
constexpr size_t kDim = 40;
constexpr size_t kDatatype = 70;
constexpr size_t kBitpix = 72;
constexpr size_t kPixdim = 76;
constexpr size_t kVoxOffset = 108;
constexpr size_t kSlope = 112;
constexpr size_t kIntercept = 116;
constexpr size_t kQformCode = 252;
constexpr size_t kSformCode = 254;
constexpr size_t kSrowX = 280;
constexpr size_t kMagic = 344;
constexpr size_t kExtender = 348;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class Nifti {
 public:
  explicit Nifti(FileFormat format = FileFormat::kNifti) {
    const core::Buffer encoded = volume::encode_volume(
        counting_image({4, 5, 3}, 0, {.known = true, .spacing_mm = {1, 1.5, 2}}), format);
    bytes_.assign(reinterpret_cast<const char*>(encoded.data()),
                  static_cast<size_t>(encoded.size_bytes()));
  }

  template <typename T>
  Nifti& set(size_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof value);
    return *this;
  }
  Nifti& dim(size_t axis, int16_t value) { return set(kDim + 2 * axis, value); }
  Nifti& insert(const std::string& extension) {
    bytes_.insert(352, extension);
    return set(kVoxOffset, static_cast<float>(352 + extension.size()));
  }
  Nifti& append(const std::string& more) {
    bytes_ += more;
    return *this;
  }
  Nifti& cut(size_t size) {
    bytes_.resize(size);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string refusal(const Nifti& image, const std::string& name = "a.nii") {
  return internal::image_refusal(name, buffer_of(image.bytes()));
}

// The findings about the header, joined; the image must be readable.
std::string notes(const Nifti& image) {
  const CheckReport report = check_image_bytes("a.nii", buffer_of(image.bytes()));
  EXPECT_EQ(count_of(report, "image-unreadable"), 0) << to_text(report);
  std::string all;
  for (const Finding& finding : report.findings) {
    if (finding.code == "image-header") {
      EXPECT_EQ(finding.severity, Severity::kWarning);
      all += finding.found + "\n";
    }
  }
  return all;
}

TEST(CheckCatalogue, I01_kinds_of_headers) {
  EXPECT_EQ(refusal(Nifti()), "");
  const CheckReport report =
      check_image_bytes("a.nii", buffer_of(Nifti().set(0, int32_t{347}).bytes()));
  EXPECT_EQ(only(report, "image-unreadable").severity, Severity::kError);
  EXPECT_EQ(only(report, "image-unreadable").member, "images/a.nii");
  EXPECT_NE(refusal(Nifti().set(0, int32_t{540})), "");
  EXPECT_TRUE(holds(refusal(Nifti().set(kMagic, uint32_t{0})), "Analyze"));
  EXPECT_TRUE(holds(refusal(Nifti().set(kMagic + 1, 'i')), ".hdr and .img"));
}

// The same image with every number in the other byte order.
std::string swapped(std::string bytes) {
  struct Fields {
    size_t offset;
    size_t count;
    size_t width;
  };
  const std::vector<Fields> fields = {{0, 1, 4},          {kDim, 8, 2},    {kDatatype, 1, 2},
                                      {kBitpix, 1, 2},    {kPixdim, 8, 4}, {kVoxOffset, 3, 4},
                                      {kQformCode, 2, 2}, {256, 18, 4},    {352, 60, 4}};
  for (const Fields& part : fields) {
    for (size_t index = 0; index < part.count; ++index) {
      const auto begin = bytes.begin() + static_cast<int64_t>(part.offset + index * part.width);
      std::reverse(begin, begin + static_cast<int64_t>(part.width));
    }
  }
  return bytes;
}

TEST(CheckCatalogue, I01_byte_order_and_second_version_are_read) {
  MadeDataset made;
  const std::string image = Nifti().bytes();
  made.add("images/a.nii", buffer_of(image)).add("images/b.nii", buffer_of(swapped(image)));
  made.add("images/c.nii",
           volume::encode_volume(counting_image({40'000, 2, 1}, 0), FileFormat::kNifti));
  std::vector<MadeRow> rows;
  for (const std::string name : {"a.nii", "b.nii", "c.nii"}) {
    rows.push_back({name, Texts{"lung"}, Texts{"1 1"}});
  }
  const CheckReport report = internal::check_bounded(made.add_table("train.pq", MadeTable(rows)));
  EXPECT_EQ(count_of(report, "image-unreadable"), 0) << to_text(report);
  EXPECT_EQ(only(report, "image-content-repeated").row, 1) << to_text(report);
}

TEST(CheckCatalogue, I02_extents) {
  for (const int16_t axes : {0, 8, -1}) {
    EXPECT_TRUE(holds(refusal(Nifti().dim(0, axes)), "dim[0]")) << axes;
  }
  for (const int16_t extent : {0, -4}) {
    EXPECT_TRUE(holds(refusal(Nifti().dim(2, extent)), "dim[2]")) << extent;
  }
  Nifti huge;
  huge.dim(0, 4).dim(1, 32767).dim(2, 32767).dim(3, 32767).dim(4, 32767);
  EXPECT_NE(refusal(huge), "");
  EXPECT_EQ(refusal(Nifti().dim(0, 4).dim(4, 1)), "");
  Nifti series;
  series.dim(0, 4).dim(1, 2).dim(2, 2).dim(3, 1).dim(4, 15);
  EXPECT_EQ(
      only(check_image_bytes("a.nii", buffer_of(series.bytes())), "image-many-channels").found,
      "15 channels");
}

TEST(CheckCatalogue, I03_voxel_types) {
  for (const int16_t type : {0, 1, 3, 128, 32, 1536, 9999}) {
    EXPECT_NE(refusal(Nifti().set(kDatatype, type)), "") << type;
  }
  EXPECT_TRUE(holds(refusal(Nifti().set(kBitpix, int16_t{8})), "bitpix is 8"));
}

TEST(CheckCatalogue, I04_offset_of_the_voxels) {
  for (const float offset : {kNan, kInfinity, -352.0F, 0.0F, 347.0F, 1e30F, 1e6F}) {
    EXPECT_NE(refusal(Nifti().set(kVoxOffset, offset)), "") << offset;
  }
}

TEST(CheckCatalogue, I05_scale) {
  EXPECT_EQ(refusal(Nifti().set(kSlope, 0.0F)), "");
  EXPECT_EQ(refusal(Nifti().set(kSlope, 1.0F).set(kIntercept, 1e30F)), "");
  EXPECT_TRUE(holds(refusal(Nifti().set(kSlope, kNan)), "scl_slope"));
  EXPECT_TRUE(holds(refusal(Nifti().set(kSlope, kInfinity)), "scl_slope"));
  EXPECT_NE(refusal(Nifti().set(kSlope, 1.0F).set(kIntercept, kNan)), "");
}

TEST(CheckCatalogue, I06_spacing) {
  for (const float spacing : {0.0F, -1.5F, kNan}) {
    EXPECT_TRUE(holds(notes(Nifti().set(kPixdim + 8, spacing)), "pixdim[2]")) << spacing;
  }
  EXPECT_EQ(notes(Nifti()), "");
}

TEST(CheckCatalogue, I07_orientation) {
  const auto forms = [](int16_t qform, int16_t sform) {
    return Nifti().set(kQformCode, qform).set(kSformCode, sform);
  };
  EXPECT_TRUE(holds(notes(forms(0, 0)), "orientation and position are unknown"));
  EXPECT_TRUE(holds(notes(forms(1, 1).set(kSrowX, 3.0F)), "the sform is used"));
  Nifti singular = forms(1, 1);
  for (size_t index = 0; index < 3; ++index) {
    singular.set(kSrowX + 4 * index, 0.0F);
  }
  EXPECT_TRUE(holds(notes(singular), "singular"));
  EXPECT_TRUE(holds(notes(forms(0, 1).set(kSrowX + 4, 0.7F)), "sheared"));
  EXPECT_TRUE(holds(notes(forms(1, 0).set(kPixdim, 0.0F)), "qfac"));
}

TEST(CheckCatalogue, I08_extensions) {
  const auto extension = [](int32_t size) {
    std::string bytes(32, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);
    return Nifti().insert(bytes).set(kExtender, char{1});
  };
  EXPECT_EQ(notes(extension(32)), "");
  for (const int32_t size : {0, -16, 17, 4096}) {
    EXPECT_TRUE(holds(notes(extension(size)), "extensions are malformed")) << size;
  }
  EXPECT_TRUE(holds(notes(Nifti().set(kExtender, char{1})), "extensions are malformed"));
}

TEST(CheckCatalogue, I09_gzip) {
  const Nifti image(FileFormat::kNiftiGz);
  const size_t size = image.bytes().size();
  EXPECT_EQ(refusal(image, "a.nii.gz"), "");
  EXPECT_NE(refusal(Nifti(image).cut(size / 2), "a.nii.gz"), "");
  EXPECT_NE(refusal(Nifti(image).set(size - 8, uint32_t{7}), "a.nii.gz"), "");
  EXPECT_NE(refusal(Nifti(image).set(size - 4, uint32_t{7}), "a.nii.gz"), "");
  const std::string empty_member("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);
  EXPECT_EQ(refusal(Nifti(image).append(empty_member), "a.nii.gz"), "");
  EXPECT_TRUE(holds(refusal(Nifti(image).append("junk"), "a.nii.gz"), "follow the gzip data"));
}

TEST(CheckCatalogue, I10_names_that_disagree_with_contents) {
  const CheckReport packed =
      check_image_bytes("a.nii", buffer_of(Nifti(FileFormat::kNiftiGz).bytes()));
  EXPECT_EQ(count_of(packed, "image-unreadable"), 0);
  EXPECT_EQ(only(packed, "image-header").severity, Severity::kWarning);
  const CheckReport plain = check_image_bytes("a.nii.gz", buffer_of(Nifti().bytes()));
  EXPECT_EQ(count_of(plain, "image-unreadable"), 0);
  EXPECT_EQ(only(plain, "image-header").severity, Severity::kWarning);
}

TEST(CheckCatalogue, I11_more_voxels_than_bytes) {
  Nifti image;
  image.dim(1, 1000).dim(2, 1500).dim(3, 3000).cut(377);
  EXPECT_TRUE(holds(refusal(image), "18000000000 bytes")) << refusal(image);
}

TEST(CheckCatalogue, I12_label_values) {
  const auto to_labels = [](float value) {
    core::Array<float> values({4, 5, 3}, core::Order::kC, 0);
    values(1, 2, 1) = value;
    return internal::refusal([&] {
      static_cast<void>(volume::to_labels(volume::from_float(values.view(), {}), "labels.nii"));
    });
  };
  EXPECT_TRUE(holds(to_labels(0.9999F), "labels.nii"));
  EXPECT_EQ(to_labels(-1), "");
  EXPECT_EQ(to_labels(70'000), "");
}

TEST(CheckCatalogue, I13_masks_of_another_size_or_spacing) {
  MadeDataset made;
  const std::vector<MadeRow> rows = {{"a.nii", Texts{"lung"}, Texts{"1 500"}}};
  made.add("images/a.nii", buffer_of(Nifti().bytes()));
  made.add_table("train.pq",
                 MadeTable(rows)
                     .add("shape", std::vector<table::ListCell<int64_t>>{{{4, 5, 25}}})
                     .add("spacing_mm", std::vector<table::ListCell<double>>{{{1, 1.5, 9}}}));
  const CheckReport report = internal::check_bounded(made);
  EXPECT_EQ(only(report, "rle-run-past-end").severity, Severity::kError);
  EXPECT_TRUE(holds(only(report, "shape-differs-from-column").found, "4 x 5 x 25"));
  const Finding spacing = only(report, "spacing-differs-from-column");
  EXPECT_EQ(spacing.severity, Severity::kError);
  EXPECT_TRUE(holds(spacing.found, "1 x 1.5 x 9 mm; images/a.nii has 1 x 1.5 x 2 mm"))
      << spacing.found;
}

}  // namespace

}  // namespace volseg::dataset
