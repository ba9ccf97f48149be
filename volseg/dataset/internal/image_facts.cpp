// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/image_facts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "volseg/dataset/internal/voxel_values.h"

namespace volseg::dataset::internal {

namespace {

constexpr int64_t kSampleVoxels = 4096;

// The finalizer of splitmix64.
uint64_t mixed(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
  value = (value ^ value >> 27) * 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

uint64_t bits_of(double value) {
  constexpr uint64_t kNan = 0x7ff8000000000000U;
  return std::isnan(value) ? kNan : std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
}

uint64_t hash_of_shape(const volume::Header& header) {
  uint64_t hash = static_cast<uint64_t>(header.channels);
  for (const int64_t extent : header.shape) {
    hash = mixed(hash + static_cast<uint64_t>(extent));
  }
  return hash;
}

double percentile(const std::vector<double>& sorted, double fraction) {
  return sorted[static_cast<size_t>(fraction * static_cast<double>(sorted.size() - 1))];
}

struct Line {
  int64_t channel = 0;
  int64_t begin = 0;  // position of its first voxel in the channel, Fortran order
};

// Of the lines along an axis, one after the other; `step` is from voxel to voxel of a line.
Line line_at(int64_t index, const core::Shape3& shape, size_t axis, int64_t step) {
  const int64_t lines = core::voxel_count(shape) / shape[axis];
  const int64_t here = index % lines;
  return {index / lines, here % step + here / step * step * shape[axis]};
}

}  // namespace

ImageFacts facts_of(const volume::Volume& image) {
  const volume::Header& header = image.header;
  ImageFacts facts{.shape = header.shape, .fingerprint = hash_of_shape(header)};
  if (header.geometry.known) {
    facts.spacing_mm = header.geometry.spacing_mm;
  }
  const VoxelValues values(image);
  const int64_t voxels = core::voxel_count(header.shape);
  const int64_t step = std::max<int64_t>(1, voxels / kSampleVoxels);
  std::vector<double> sample;
  for (int64_t channel = 0; channel < std::min<int64_t>(header.channels, 4); ++channel) {
    for (int64_t position = 0; position < voxels; position += step) {
      const double value = values.at(values.offset_of(position, channel));
      facts.fingerprint = mixed(facts.fingerprint + bits_of(value));
      if (channel == 0 && std::isfinite(value)) {
        sample.push_back(value);
      }
    }
  }
  std::ranges::sort(sample);
  facts.is_constant = sample.empty() || sample.front() == sample.back();
  if (!sample.empty()) {
    facts.median = percentile(sample, 0.5);
    facts.range = percentile(sample, 0.95) - percentile(sample, 0.05);
  }
  return facts;
}

// A sum over voxels of a value and its position, so that lines may come in any order.
std::array<uint64_t, 2> content_hash(const volume::Volume& image) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15U;
  constexpr int kHalf = 32;
  const VoxelValues values(image);
  const core::Shape3& shape = image.header.shape;
  const core::Strides3& strides = image.header.strides;
  const auto fastest = static_cast<size_t>(std::ranges::min_element(strides) - strides.begin());
  const int64_t step = core::dense_strides(shape, core::Order::kFortran)[fastest];
  const int64_t voxels = core::voxel_count(shape);
  std::array<uint64_t, 2> hash = {hash_of_shape(image.header), 0};
  std::vector<double> line(static_cast<size_t>(shape[fastest]));
  for (int64_t index = 0; index < image.header.channels * (voxels / shape[fastest]); ++index) {
    const auto [channel, begin] = line_at(index, shape, fastest, step);
    values.read_line(values.offset_of(begin, channel), values.stride(fastest), line);
    auto position = static_cast<uint64_t>(channel * voxels + begin);
    for (const double value : line) {
      const uint64_t one = mixed(bits_of(value) + ++position * kOdd);
      hash[0] += one;
      hash[1] += one * (one >> kHalf | 1);
      position += static_cast<uint64_t>(step - 1);
    }
  }
  return hash;
}

}  // namespace volseg::dataset::internal
