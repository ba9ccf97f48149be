// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/dataset_summary.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "volseg/report/internal/values_at_ranks.h"

namespace volseg::report {

namespace {

using nlohmann::ordered_json;

std::array<double, 5> percentiles_of(const volume::Volume& image, int64_t channel) {
  const core::Array<float> values = volume::to_float(image, channel);
  std::array<double, 5> percentiles{};
  if (values.size() == 0) {
    return percentiles;
  }
  std::vector<int64_t> ranks;
  for (const double percent : kIntensityPercents) {
    ranks.push_back(static_cast<int64_t>(percent / 100 * static_cast<double>(values.size() - 1)));
  }
  const std::span<const float> all(values.data(), static_cast<size_t>(values.size()));
  std::ranges::copy(internal::values_at_ranks(all, ranks), percentiles.begin());
  return percentiles;
}

CaseSummary summarize_case(const dataset::Dataset& dataset, const dataset::Row& row) {
  const volume::Volume image = dataset.load_volume(row);
  const volume::Header& header = image.header;
  CaseSummary summary{.part = std::string(dataset::name_of(row.part)),
                      .name = row.name,
                      .type = std::string(volume::name_of(header.type)),
                      .shape = header.shape,
                      .channels = header.channels,
                      .geometry_known = header.geometry.known,
                      .spacing_mm = header.geometry.spacing_mm,
                      .float32_bytes = core::voxel_count(header.shape) * header.channels *
                                       static_cast<int64_t>(sizeof(float)),
                      .intensity_percentiles = {},
                      .class_volumes_ml = {}};
  for (int64_t channel = 0; channel < header.channels; ++channel) {
    summary.intensity_percentiles.push_back(percentiles_of(image, channel));
  }
  if (row.has_masks) {
    const auto& spacing = header.geometry.spacing_mm;
    const double voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
    for (const mask::RunMask& mask : dataset.load_masks(row, header.shape)) {
      summary.class_volumes_ml.push_back(static_cast<double>(mask::area(mask)) * voxel_ml);
    }
  }
  return summary;
}

std::vector<FoldSummary> folds_of(const dataset::Dataset& dataset) {
  std::vector<FoldSummary> folds;
  if (dataset.rows(dataset::Part::kTrain).empty()) {
    return folds;
  }
  for (const dataset::Split& split : dataset.splits()) {
    folds.push_back({split.name, std::ssize(split.training), std::ssize(split.validation)});
  }
  return folds;
}

ClassSummary summarize_class(const std::string& name, size_t index,
                             const std::vector<CaseSummary>& cases) {
  std::vector<double> volumes;
  for (const CaseSummary& one : cases) {
    if (index < one.class_volumes_ml.size() && one.class_volumes_ml[index] > 0) {
      volumes.push_back(one.class_volumes_ml[index]);
    }
  }
  const int64_t present = std::ssize(volumes);
  return {name, present, distribution_of(std::move(volumes))};
}

ordered_json json_of(const CaseSummary& one) {
  ordered_json intensities = ordered_json::array();
  for (const std::array<double, 5>& percentiles : one.intensity_percentiles) {
    intensities.push_back(percentiles);
  }
  return {{"table", one.part},
          {"case", one.name},
          {"type", one.type},
          {"shape", one.shape},
          {"channels", one.channels},
          {"geometry_known", one.geometry_known},
          {"spacing_mm", one.spacing_mm},
          {"float32_bytes", one.float32_bytes},
          {"intensity_percentiles", intensities},
          {"class_volumes_ml", one.class_volumes_ml}};
}

ordered_json json_of(const ClassSummary& one) {
  ordered_json volume = nullptr;
  if (one.volume_ml) {
    volume = {{"minimum", one.volume_ml->minimum},
              {"lower_quartile", one.volume_ml->lower_quartile},
              {"median", one.volume_ml->median},
              {"upper_quartile", one.volume_ml->upper_quartile},
              {"maximum", one.volume_ml->maximum}};
  }
  return {{"class", one.name}, {"present_cases", one.present_cases}, {"volume_ml", volume}};
}

ordered_json json_of(const FoldSummary& one) {
  return {{"fold", one.name},
          {"training_cases", one.training_cases},
          {"validation_cases", one.validation_cases}};
}

template <typename Item>
ordered_json list_of(const std::vector<Item>& items) {
  ordered_json list = ordered_json::array();
  for (const Item& item : items) {
    list.push_back(json_of(item));
  }
  return list;
}

}  // namespace

std::optional<Distribution> distribution_of(std::vector<double> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(values);
  const auto at = [&values](double fraction) {
    const double rank = fraction * static_cast<double>(values.size() - 1);
    const auto low = static_cast<size_t>(rank);
    const size_t high = std::min(low + 1, values.size() - 1);
    return std::lerp(values[low], values[high], rank - static_cast<double>(low));
  };
  return Distribution{values.front(), at(0.25), at(0.5), at(0.75), values.back()};
}

DatasetSummary summarize(const dataset::Dataset& dataset, const core::WorkOptions& work) {
  std::vector<const dataset::Row*> rows;
  for (const auto part :
       {dataset::Part::kTrain, dataset::Part::kValidation, dataset::Part::kTest}) {
    for (const dataset::Row& row : dataset.rows(part)) {
      rows.push_back(&row);
    }
  }
  DatasetSummary summary{.name = dataset.path().filename().string(),
                         .detected = dataset.detected(),
                         .warnings = dataset.warnings(),
                         .cases = std::vector<CaseSummary>(rows.size()),
                         .classes = {},
                         .folds = folds_of(dataset)};
  core::for_each_reported(work, "info", std::ssize(rows), "cases", [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    summary.cases[position] = summarize_case(dataset, *rows[position]);
  });
  summary.labelled_cases = std::ranges::count(rows, true, &dataset::Row::has_masks);
  for (size_t index = 0; index < dataset.class_names().size(); ++index) {
    summary.classes.push_back(summarize_class(dataset.class_names()[index], index, summary.cases));
  }
  return summary;
}

std::string to_json(const DatasetSummary& summary) {
  std::vector<std::string> class_names;
  for (const ClassSummary& one : summary.classes) {
    class_names.push_back(one.name);
  }
  const ordered_json whole = {{"version", 2},
                              {"dataset", summary.name},
                              {"detected", summary.detected},
                              {"warnings", summary.warnings},
                              {"labelled_cases", summary.labelled_cases},
                              {"intensity_percents", kIntensityPercents},
                              {"class_names", class_names},
                              {"classes", list_of(summary.classes)},
                              {"folds", list_of(summary.folds)},
                              {"cases", list_of(summary.cases)}};
  return whole.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace volseg::report
