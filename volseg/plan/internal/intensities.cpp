// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/internal/intensities.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "volseg/core/random.h"

namespace volseg::plan {
namespace {

constexpr uint64_t kSeed = 1234;

/// Calls `visit(voxel)` along the runs.
template <typename T, typename Visit>
void for_each_voxel(core::ArrayView<const T> voxels, const std::vector<mask::Run>& runs,
                    Visit visit) {
  const core::Shape3& shape = voxels.shape;
  for (const mask::Run& run : runs) {
    int64_t position = run.start;
    int64_t left = run.length;
    while (left > 0) {
      const int64_t a = position % shape[0];
      const int64_t row = position / shape[0];
      const int64_t count = std::min(left, shape[0] - a);
      const T* voxel = &voxels(a, row % shape[1], row / shape[1]);
      for (int64_t index = 0; index < count; ++index) {
        visit(voxel[index * voxels.strides[0]]);
      }
      position += count;
      left -= count;
    }
  }
}

template <typename T>
std::vector<WeightedValue> histogram(const volume::Volume& image, int64_t channel,
                                     const std::vector<mask::Run>& runs) {
  constexpr auto kLowest = static_cast<int64_t>(std::numeric_limits<T>::min());
  std::vector<int64_t> counts(size_t{1} << (8 * sizeof(T)));
  for_each_voxel(image.channel<T>(channel), runs,
                 [&](T voxel) { ++counts[static_cast<size_t>(voxel - kLowest)]; });
  std::vector<WeightedValue> values;
  for (size_t bin = 0; bin < counts.size(); ++bin) {
    if (counts[bin] == 0) {
      continue;
    }
    const auto stored = static_cast<double>(static_cast<int64_t>(bin) + kLowest);
    values.push_back({stored * image.header.scale_slope + image.header.scale_intercept,
                      static_cast<double>(counts[bin])});
  }
  return values;
}

std::vector<WeightedValue> sample(core::ArrayView<const float> values, const Foreground& foreground,
                                  int64_t case_index, int64_t channel, int64_t most_samples) {
  const mask::RunMask mask{values.shape, foreground.runs};
  const int64_t voxels = mask::area(mask);
  std::vector<WeightedValue> drawn;
  if (voxels <= most_samples) {
    for_each_voxel(values, foreground.runs, [&](float value) { drawn.push_back({value, 1}); });
    return drawn;
  }
  const mask::VoxelSampler sampler(mask);
  core::CounterRandom random(kSeed, static_cast<uint64_t>(channel),
                             static_cast<uint64_t>(case_index));
  const double weight = static_cast<double>(voxels) / static_cast<double>(most_samples);
  for (int64_t index = 0; index < most_samples; ++index) {
    const core::Shape3 at = sampler.draw(random);
    drawn.push_back({values(at[0], at[1], at[2]), weight});
  }
  return drawn;
}

/// Values at ranks, walking the cumulative weights once.
double value_at(const std::vector<WeightedValue>& values, const std::vector<double>& until,
                double percent) {
  const double rank = percent / 100 * (until.back() - 1);
  const double below = std::floor(rank);
  const auto at = [&](double index) {
    const auto found = std::ranges::upper_bound(until, index);
    return values[std::min<size_t>(found - until.begin(), values.size() - 1)].value;
  };
  return at(below) + (rank - below) * (at(below + 1) - at(below));
}

}  // namespace

Foreground join(const std::vector<mask::RunMask>& masks) {
  std::vector<mask::Run> runs;
  for (const mask::RunMask& mask : masks) {
    runs.insert(runs.end(), mask.runs.begin(), mask.runs.end());
  }
  std::ranges::sort(runs, {}, &mask::Run::start);
  Foreground foreground;
  for (const mask::Run& run : runs) {
    if (foreground.runs.empty()) {
      foreground.runs.push_back(run);
      continue;
    }
    mask::Run& last = foreground.runs.back();
    const int64_t end = last.start + last.length;
    foreground.overlaps |= run.start < end;
    if (run.start <= end) {
      last.length = std::max(end, run.start + run.length) - last.start;
    } else {
      foreground.runs.push_back(run);
    }
  }
  return foreground;
}

std::vector<WeightedValue> foreground_values(const volume::Volume& image, int64_t channel,
                                             core::ArrayView<const float> values,
                                             const Foreground& foreground, int64_t case_index,
                                             int64_t most_samples) {
  switch (image.header.type) {
    case volume::DataType::kBool:
    case volume::DataType::kUint8:
      return histogram<uint8_t>(image, channel, foreground.runs);
    case volume::DataType::kInt8:
      return histogram<int8_t>(image, channel, foreground.runs);
    case volume::DataType::kUint16:
      return histogram<uint16_t>(image, channel, foreground.runs);
    case volume::DataType::kInt16:
      return histogram<int16_t>(image, channel, foreground.runs);
    default:
      return sample(values, foreground, case_index, channel, most_samples);
  }
}

IntensityStatistics statistics_of(std::vector<WeightedValue> values) {
  IntensityStatistics statistics;
  if (values.empty()) {
    return statistics;
  }
  std::ranges::stable_sort(values, {}, &WeightedValue::value);
  std::vector<double> until;
  double weight = 0;
  double sum = 0;
  for (const WeightedValue& entry : values) {
    weight += entry.weight;
    sum += entry.weight * entry.value;
    until.push_back(weight);
  }
  statistics.mean = sum / weight;
  double squares = 0;
  for (const WeightedValue& entry : values) {
    const double distance = entry.value - statistics.mean;
    squares += entry.weight * distance * distance;
  }
  statistics.standard_deviation = std::sqrt(squares / weight);
  statistics.median = value_at(values, until, 50);
  statistics.minimum = values.front().value;
  statistics.maximum = values.back().value;
  statistics.percentile_00_5 = value_at(values, until, 0.5);
  statistics.percentile_99_5 = value_at(values, until, 99.5);
  return statistics;
}

}  // namespace volseg::plan
