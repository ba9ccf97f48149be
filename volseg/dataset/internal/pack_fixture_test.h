// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

/// A folder with made images and labels, and what `pack` makes of it.
class PackFixture : public ::testing::Test {
 protected:
  using Path = std::filesystem::path;

  [[nodiscard]] Path at(const std::string& name) const { return made_.folder() / name; }
  [[nodiscard]] Path output() const { return at("out.zip"); }

  void write_text(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(at(name).parent_path());
    core::write_text(at(name), text, core::Overwrite::kYes);
  }

  void write(const std::string& name, const volume::Volume& image) const {
    std::filesystem::create_directories(at(name).parent_path());
    volume::write_volume(at(name), image, core::Overwrite::kYes);
  }

  void write_image(const std::string& name, float first = 0) const {
    write(name, counting_image(kMadeShape, first, kGeometry));
  }

  /// A label map with label 1 + (index of the voxel + `shift`) modulo `labels`.
  void write_labels(const std::string& name, int32_t labels, int64_t shift = 0) const {
    core::Array<int32_t> values(kMadeShape);
    for (int64_t index = 0; index < values.size(); ++index) {
      values.data()[index] = static_cast<int32_t>((index + shift) % (labels + 1));
    }
    write(name, volume::from_labels(std::as_const(values).view(), kGeometry));
  }

  [[nodiscard]] PackSummary pack_to(const Path& zip, PackOptions options) const {
    options.work.threads = 2;
    options.overwrite = core::Overwrite::kYes;
    return pack(zip, options);
  }

  [[nodiscard]] Dataset packed(const PackOptions& options) const {
    static_cast<void>(pack_to(output(), options));
    return Dataset::open(output());
  }

  [[nodiscard]] std::string refused(const PackOptions& options) const {
    return refusal([&] { static_cast<void>(pack_to(output(), options)); });
  }

  static std::vector<std::string> images_of(const Dataset& dataset, Part part) {
    std::vector<std::string> images;
    for (const Row& row : dataset.rows(part)) {
      images.push_back(row.image);
    }
    return images;
  }

  static std::vector<std::string> folds_of(const Dataset& dataset) {
    std::vector<std::string> folds;
    for (const Row& row : dataset.rows(Part::kTrain)) {
      folds.push_back(row.fold);
    }
    return folds;
  }

  static void expect_equal_bytes(const Path& first, const Path& second) {
    const core::Buffer one = core::read_file(first);
    const core::Buffer other = core::read_file(second);
    EXPECT_TRUE(std::ranges::equal(one.bytes(), other.bytes()))
        << first.string() << " and " << second.string();
  }

  MadeDataset made_;
  inline static const volume::Geometry kGeometry{
      .known = true, .spacing_mm = {0.5, 1.25, 2}, .origin_mm = {1, 2, 3}, .nifti = {}};
};

using Names = std::vector<std::string>;

}  // namespace volseg::dataset::internal
