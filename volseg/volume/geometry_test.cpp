// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace volseg::volume {
namespace {

using Matrix = std::array<double, 9>;

Matrix multiply(const Matrix& first, const Matrix& second) {
  Matrix product{};
  for (size_t index = 0; index < 9; ++index) {
    for (size_t inner = 0; inner < 3; ++inner) {
      product[index] += first[index / 3 * 3 + inner] * second[inner * 3 + index % 3];
    }
  }
  return product;
}

Matrix oblique() {
  const Matrix about_z{std::cos(0.3), -std::sin(0.3), 0, std::sin(0.3), std::cos(0.3), 0, 0, 0, 1};
  const Matrix about_x{1, 0, 0, 0, std::cos(0.2), -std::sin(0.2), 0, std::sin(0.2), std::cos(0.2)};
  return multiply(about_z, about_x);
}

std::vector<Matrix> directions() {
  const Matrix identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  const Matrix flipped{-1, 0, 0, 0, -1, 0, 0, 0, 1};
  const Matrix mirrored{-1, 0, 0, 0, 1, 0, 0, 0, 1};
  const Matrix permuted{0, 0, 1, -1, 0, 0, 0, 1, 0};
  return {identity, flipped, mirrored, permuted, oblique(), multiply(permuted, oblique())};
}

Geometry geometry_with(const Matrix& direction) {
  return {.known = true,
          .spacing_mm = {0.7, 1.25, 3},
          .origin_mm = {-90.5, 126, 72.25},
          .direction = direction};
}

TEST(Geometry, with_spacing_alone_is_compared_by_spacing_and_kept_by_every_writer) {
  const Geometry spacing = spacing_only({0.7, 1.25, 3});
  EXPECT_TRUE(is_spacing_only(spacing));
  EXPECT_FALSE(is_spacing_only(geometry_with(oblique())));
  EXPECT_TRUE(same_geometry(spacing, geometry_with(oblique())));
  EXPECT_FALSE(same_geometry(spacing_only({0.7, 1.25, 2}), geometry_with(oblique())));
  EXPECT_EQ(to_string(spacing), "spacing 0.7 x 1.25 x 3 mm, origin and axes unknown");
  const core::Array<int32_t> labels({2, 7, 3}, core::Order::kFortran, 1);
  const Volume written = from_labels(labels.view(), spacing);
  for (const FileFormat format :
       {FileFormat::kNifti, FileFormat::kNrrd, FileFormat::kMetaImage, FileFormat::kTiff}) {
    const Header header = read_header(encode_volume(written, format).bytes(), "a");
    EXPECT_TRUE(is_spacing_only(header.geometry)) << extension_of(format);
    EXPECT_TRUE(same_geometry(header.geometry, spacing)) << to_string(header.geometry);
  }
}

TEST(Geometry, survives_a_file_for_every_kind_of_axes) {
  const core::Array<int32_t> labels({2, 7, 3}, core::Order::kFortran, 1);
  for (const Matrix& direction : directions()) {
    const Geometry geometry = geometry_with(direction);
    const Volume written = from_labels(labels.view(), geometry);
    for (const FileFormat format : {FileFormat::kNifti, FileFormat::kNiftiGz}) {
      const core::Buffer file = encode_volume(written, format);
      const Header header = read_header(file.bytes(), "a");
      EXPECT_TRUE(same_geometry(header.geometry, geometry)) << to_string(header.geometry);
      EXPECT_EQ(header.notes.size(), 0U);
    }
  }
}

TEST(Geometry, the_qform_alone_says_the_same) {
  const core::Array<int32_t> labels({2, 7, 3}, core::Order::kFortran, 1);
  constexpr size_t kSformCode = 254;
  for (const Matrix& direction : directions()) {
    const Geometry geometry = geometry_with(direction);
    core::Buffer file = encode_volume(from_labels(labels.view(), geometry), FileFormat::kNifti);
    file.bytes()[kSformCode] = std::byte{0};
    EXPECT_TRUE(same_geometry(read_header(file.bytes(), "a.nii").geometry, geometry));
  }
}

TEST(Geometry, forms_that_no_longer_fit_are_written_anew) {
  const core::Array<int32_t> labels({2, 7, 3}, core::Order::kFortran, 1);
  const core::Buffer file =
      encode_volume(from_labels(labels.view(), geometry_with(oblique())), FileFormat::kNifti);
  Geometry moved = read_header(file.bytes(), "a.nii").geometry;
  moved.nifti->sform_code = 4;
  moved.spacing_mm[1] *= 2;
  moved.origin_mm[2] += 5;
  const core::Buffer again = encode_volume(from_labels(labels.view(), moved), FileFormat::kNifti);
  const Geometry read = read_header(again.bytes(), "a.nii").geometry;
  EXPECT_TRUE(same_geometry(read, moved));
  EXPECT_EQ(read.nifti->sform_code, 4);
}

TEST(Geometry, differs_when_one_part_differs) {
  const Geometry geometry = geometry_with(oblique());
  EXPECT_TRUE(same_geometry(geometry, geometry));
  for (size_t axis = 0; axis < 3; ++axis) {
    Geometry other = geometry;
    other.origin_mm[axis] += 5e-4;
    EXPECT_TRUE(same_geometry(geometry, other));
    other.origin_mm[axis] += 1e-3;
    EXPECT_FALSE(same_geometry(geometry, other));
    other = geometry;
    other.spacing_mm[axis] += 2e-3;
    EXPECT_FALSE(same_geometry(geometry, other));
  }
  EXPECT_FALSE(same_geometry(geometry, geometry_with({-1, 0, 0, 0, 1, 0, 0, 0, 1})));
  Geometry broken = geometry;
  broken.origin_mm[0] = std::nan("");
  EXPECT_FALSE(same_geometry(geometry, broken));
}

TEST(Geometry, is_described_with_letters_of_the_nearest_axes) {
  Geometry geometry = geometry_with({0, 0, 1, -1, 0, 0, 0, 1, 0});
  EXPECT_EQ(to_string(geometry),
            "spacing 0.7 x 1.25 x 3 mm, origin (-90.5, 126, 72.25) mm, axes P S R");
  geometry.known = false;
  EXPECT_EQ(to_string(geometry), "spacing 0.7 x 1.25 x 3 mm (assumed), origin and axes unknown");
}

}  // namespace
}  // namespace volseg::volume
