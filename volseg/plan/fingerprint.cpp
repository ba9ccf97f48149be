// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/plan/ct_range.h"
#include "volseg/plan/internal/intensities.h"
#include "volseg/plan/nonzero_box.h"

namespace volseg::plan {
namespace {

constexpr int64_t kMostSamplesOfCase = 200'000;
constexpr int64_t kFewestSamplesOfCase = 1'000;
constexpr int64_t kMostSamples = 10'000'000;

/// What one case gives.
struct CaseFacts {
  CaseFingerprint fingerprint;
  int64_t channels = 0;
  std::vector<std::vector<WeightedValue>> values;  ///< per channel
  bool overlaps = false;
  bool looks_like_ct = false;
};

CaseFacts facts_of(const dataset::Dataset& dataset, const dataset::Row& row, int64_t index,
                   int64_t most_samples) {
  const volume::Volume image = dataset.load_volume(row);
  if (const int64_t count = volume::count_non_finite(image); count > 0) {
    throw Error(ErrorKind::kFormat, "plan.fingerprint",
                fmt::format("image {}: {} voxels are NaN or infinite; expected numbers, mend the "
                            "image (`volseg check` lists all such images)",
                            row.image, count));
  }
  std::vector<core::Array<float>> channels;
  for (int64_t channel = 0; channel < image.header.channels; ++channel) {
    channels.push_back(volume::to_float(image, channel));
  }
  CaseFacts facts;
  facts.channels = image.header.channels;
  facts.fingerprint = {row.name, image.header.shape, nonzero_box(channels).extents,
                       image.header.geometry.spacing_mm, image.header.geometry.known};
  facts.looks_like_ct = std::ranges::all_of(channels, [&](const core::Array<float>& channel) {
    return spans_ct_range(image.header.type, channel);
  });
  Foreground foreground;
  if (row.has_masks) {
    foreground = join(dataset.load_masks(row, image.header.shape));
  }
  facts.overlaps = foreground.overlaps;
  for (int64_t channel = 0; channel < facts.channels; ++channel) {
    facts.values.push_back(foreground_values(
        image, channel, std::as_const(channels[channel]).view(), foreground, index, most_samples));
  }
  return facts;
}

void require_equal_channels(const std::vector<CaseFacts>& cases) {
  for (const CaseFacts& facts : cases) {
    if (facts.channels == cases.front().channels) {
      continue;
    }
    throw Error(ErrorKind::kShape, "plan.take_fingerprint",
                fmt::format("case \"{}\" has {} channels and case \"{}\" has {}; expected the same "
                            "in every case",
                            cases.front().fingerprint.name, cases.front().channels,
                            facts.fingerprint.name, facts.channels));
  }
}

IntensityStatistics channel_statistics(std::vector<CaseFacts>& cases, int64_t channel) {
  std::vector<WeightedValue> values;
  for (CaseFacts& facts : cases) {
    const std::vector<WeightedValue> own = std::exchange(facts.values[channel], {});
    values.insert(values.end(), own.begin(), own.end());
  }
  return statistics_of(std::move(values));
}

Fingerprint combine(std::vector<CaseFacts> cases) {
  Fingerprint fingerprint;
  require_equal_channels(cases);
  if (!cases.empty()) {
    fingerprint.channels = cases.front().channels;
  }
  const bool has_foreground = std::ranges::any_of(
      cases, [](const CaseFacts& facts) { return !facts.values.front().empty(); });
  const auto ct_cases = std::ranges::count(cases, true, &CaseFacts::looks_like_ct);
  // CT normalisation needs foreground statistics.
  fingerprint.looks_like_ct = has_foreground && 2 * ct_cases > std::ssize(cases);
  fingerprint.classes_overlap = std::ranges::any_of(cases, &CaseFacts::overlaps);
  for (int64_t channel = 0; channel < fingerprint.channels; ++channel) {
    fingerprint.intensities.push_back(channel_statistics(cases, channel));
  }
  for (CaseFacts& facts : cases) {
    fingerprint.cases.push_back(std::move(facts.fingerprint));
  }
  return fingerprint;
}

}  // namespace

Fingerprint take_fingerprint(const dataset::Dataset& dataset, const core::WorkOptions& work) {
  std::vector<const dataset::Row*> rows;
  for (const dataset::Row& row : dataset.rows(dataset::Part::kTrain)) {
    rows.push_back(&row);
  }
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t most_samples = std::clamp(kMostSamples / std::max<int64_t>(count, 1),
                                          kFewestSamplesOfCase, kMostSamplesOfCase);
  std::vector<CaseFacts> cases(rows.size());
  core::for_each_reported(work, "fingerprint", count, "cases", [&](int64_t index) {
    cases[index] = facts_of(dataset, *rows[index], index, most_samples);
  });
  Fingerprint fingerprint = combine(std::move(cases));
  fingerprint.class_names = dataset.class_names();
  return fingerprint;
}

}  // namespace volseg::plan
