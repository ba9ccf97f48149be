// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

inline constexpr std::array<DataType, 12> kAllTypes{
    DataType::kBool,  DataType::kUint8,   DataType::kInt8,    DataType::kUint16,
    DataType::kInt16, DataType::kUint32,  DataType::kInt32,   DataType::kUint64,
    DataType::kInt64, DataType::kFloat16, DataType::kFloat32, DataType::kFloat64};

/// Random bytes as voxels.
inline Volume random_volume(const core::Shape3& shape, core::Order order, DataType type,
                            int64_t channels = 1) {
  Volume volume;
  volume.header.shape = shape;
  volume.header.strides = core::dense_strides(shape, order);
  volume.header.channels = channels;
  volume.header.channel_stride = core::voxel_count(shape);
  volume.header.type = type;
  volume.data = core::Buffer(volume.header.channel_stride * channels * size_bytes(type));
  core::CounterRandom random(1, 2, static_cast<uint64_t>(type));
  for (std::byte& byte : volume.data.bytes()) {
    byte = static_cast<std::byte>(random.below(type == DataType::kBool ? 2 : 256));
  }
  return volume;
}

/// A turned grid with three spacings, in R, A, S.
inline Geometry turned_geometry() {
  const double c = std::cos(0.3);
  const double s = std::sin(0.3);
  return {.known = true,
          .spacing_mm = {0.8, 1.25, 2.5},
          .origin_mm = {-12.5, 30, 7.75},
          .direction = {c, 0, s, s, 0, -c, 0, 1, 0}};
}

inline void expect_equal_values(const Volume& first, const Volume& second) {
  ASSERT_EQ(first.header.shape, second.header.shape);
  ASSERT_EQ(first.header.channels, second.header.channels);
  for (int64_t channel = 0; channel < first.header.channels; ++channel) {
    const core::Array<float> expected = to_float(first, channel);
    const core::Array<float> found = to_float(second, channel);
    const core::Shape3& shape = first.header.shape;
    for (int64_t voxel = 0; voxel < expected.size(); ++voxel) {
      const int64_t a = voxel % shape[0];
      const int64_t b = voxel / shape[0] % shape[1];
      const int64_t c = voxel / shape[0] / shape[1];
      ASSERT_EQ(expected(a, b, c), found(a, b, c)) << a << " " << b << " " << c;
    }
  }
}

/// Kind and text of the error that `work` throws; a test failure without one.
inline Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {ErrorKind::kCancelled, "test", "no error"};
}

/// That `work` throws `kind` with a message that holds `words`.
inline void expect_error(ErrorKind kind, const std::string& words,
                         const std::function<void()>& work) {
  const Error error = error_of(work);
  EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
  EXPECT_NE(error.message().find(words), std::string::npos) << error.what();
}

/// True when a note holds `words`.
inline bool has_note(const Header& header, const std::string& words) {
  for (const std::string& note : header.notes) {
    if (note.find(words) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// A folder of its own for one test.
class TestFolder {
 public:
  explicit TestFolder(const std::string& name)
      : path_(std::filesystem::path(::testing::TempDir()) /
              (name + "_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace volseg::volume::internal
