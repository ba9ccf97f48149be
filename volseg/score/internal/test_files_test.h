// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/files.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::score {

inline constexpr core::Shape3 kShape = {2, 3, 4};

/// A fresh folder, removed at the end.
class TestFolder {
 public:
  TestFolder()
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("volseg_score_" + std::to_string(getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  /// A folder below this one.
  [[nodiscard]] std::filesystem::path folder(const std::string& name) const {
    std::filesystem::create_directories(path_ / name);
    return path_ / name;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Known geometry with three different spacings.
inline volume::Geometry test_geometry() {
  volume::Geometry geometry;
  geometry.known = true;
  geometry.spacing_mm = {1, 2, 5};
  geometry.origin_mm = {10, 20, 30};
  return geometry;
}

/// Class i of `texts` becomes label i + 1.
inline core::Array<int32_t> label_map(const std::vector<std::string>& texts,
                                      const core::Shape3& shape = kShape) {
  core::Array<int32_t> labels(shape, core::Order::kFortran, 0);
  for (size_t i = 0; i < texts.size(); ++i) {
    mask::paint(mask::parse_runs_or_throw(texts[i], shape), static_cast<int32_t>(i) + 1,
                labels.view());
  }
  return labels;
}

inline void write_map(const std::filesystem::path& file, const std::vector<std::string>& texts,
                      const volume::Geometry& geometry = test_geometry(),
                      const core::Shape3& shape = kShape) {
  const core::Array<int32_t> labels = label_map(texts, shape);
  volume::write_volume(file, volume::from_labels(labels.view(), geometry), core::Overwrite::kNo);
}

inline dataset::PredictedCase dataset_case(const std::string& name,
                                           const std::vector<std::string>& texts) {
  const core::Array<float> image(kShape, core::Order::kFortran, 0.5F);
  return {.image = name + ".nii.gz",
          .image_bytes = volume::encode_volume(volume::from_float(image.view(), test_geometry()),
                                               volume::FileFormat::kNiftiGz),
          .run_texts = texts,
          .shape = kShape,
          .spacing_mm = test_geometry().spacing_mm};
}

}  // namespace volseg::score
