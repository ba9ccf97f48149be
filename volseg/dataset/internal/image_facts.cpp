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

std::array<uint64_t, 2> content_hash(const volume::Volume& image) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15U;
  const VoxelValues values(image);
  const core::Shape3& shape = image.header.shape;
  std::array<uint64_t, 2> hash = {hash_of_shape(image.header), 0};
  uint64_t position = 0;
  for (int64_t channel = 0; channel < image.header.channels; ++channel) {
    for (int64_t row = 0; row < shape[1] * shape[2]; ++row) {
      int64_t offset = values.offset_of(row * shape[0], channel);
      for (int64_t a = 0; a < shape[0]; ++a, offset += values.stride(0)) {
        const uint64_t one = mixed(bits_of(values.at(offset)) + ++position * kOdd);
        hash[0] += one;
        hash[1] += mixed(one);
      }
    }
  }
  return hash;
}

}  // namespace volseg::dataset::internal
