// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/dataset_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace volseg::app {

namespace {

std::array<double, 3> percentiles_of(const volume::Volume& image) {
  core::Array<float> values = volume::to_float(image, 0);
  std::array<double, 3> percentiles{};
  if (values.size() == 0) {
    return percentiles;
  }
  constexpr std::array<double, 3> kFractions = {0.005, 0.5, 0.995};
  for (size_t index = 0; index < kFractions.size(); ++index) {
    const auto rank =
        static_cast<int64_t>(kFractions[index] * static_cast<double>(values.size() - 1));
    std::nth_element(values.data(), values.data() + rank, values.data() + values.size());
    percentiles[index] = values.data()[rank];
  }
  return percentiles;
}

CaseSummary summarize_case(const dataset::Dataset& dataset, const dataset::Row& row) {
  const volume::Volume image = dataset.load_volume(row);
  const volume::Geometry& geometry = image.header.geometry;
  CaseSummary summary{.part = std::string(dataset::name_of(row.part)),
                      .name = row.name,
                      .type = std::string(volume::name_of(image.header.type)),
                      .shape = image.header.shape,
                      .channels = image.header.channels,
                      .geometry_known = geometry.known,
                      .spacing_mm = geometry.spacing_mm,
                      .intensity_percentiles = percentiles_of(image),
                      .class_volumes_ml = {}};
  if (row.has_masks) {
    const auto& spacing = geometry.spacing_mm;
    const double voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
    for (const mask::RunMask& mask : dataset.load_masks(row, image.header.shape)) {
      summary.class_volumes_ml.push_back(static_cast<double>(mask::area(mask)) * voxel_ml);
    }
  }
  return summary;
}

std::vector<std::string> fold_lines(const dataset::Dataset& dataset) {
  std::vector<std::string> lines;
  for (const dataset::Split& split : dataset.splits()) {
    lines.push_back(fmt::format("{}: {} training, {} validation", split.name, split.training.size(),
                                split.validation.size()));
  }
  return lines;
}

// Volumes of one class over the cases that have it, ascending.
std::vector<double> present_volumes(const DatasetSummary& summary, size_t class_index) {
  std::vector<double> volumes;
  for (const CaseSummary& one : summary.cases) {
    if (class_index < one.class_volumes_ml.size() && one.class_volumes_ml[class_index] > 0) {
      volumes.push_back(one.class_volumes_ml[class_index]);
    }
  }
  std::ranges::sort(volumes);
  return volumes;
}

int64_t labelled_cases(const DatasetSummary& summary) {
  return std::ranges::count_if(
      summary.cases, [](const CaseSummary& one) { return !one.class_volumes_ml.empty(); });
}

std::string class_table(const DatasetSummary& summary) {
  std::string text = fmt::format("\n{:<24} {:>9} {:>11} {:>11} {:>11}\n", "class", "present",
                                 "lowest ml", "median ml", "highest ml");
  const int64_t labelled = labelled_cases(summary);
  for (size_t index = 0; index < summary.class_names.size(); ++index) {
    const std::vector<double> volumes = present_volumes(summary, index);
    text += fmt::format("{:<24} {:>9}", summary.class_names[index],
                        fmt::format("{}/{}", volumes.size(), labelled));
    if (volumes.empty()) {
      text += fmt::format(" {:>11} {:>11} {:>11}\n", "-", "-", "-");
      continue;
    }
    text += fmt::format(" {:>11.2f} {:>11.2f} {:>11.2f}\n", volumes.front(),
                        volumes[volumes.size() / 2], volumes.back());
  }
  return text;
}

std::string case_table(const DatasetSummary& summary) {
  std::string text =
      fmt::format("\n{:<11} {:<24} {:<8} {:>17} {:>3} {:>22} {:>24}\n", "table", "case", "type",
                  "shape", "ch", "spacing mm", "intensity p0.5/50/99.5");
  for (const CaseSummary& one : summary.cases) {
    const auto& spacing = one.spacing_mm;
    const auto& levels = one.intensity_percentiles;
    const std::string spacing_text =
        fmt::format("{:.3g} x {:.3g} x {:.3g}{}", spacing[0], spacing[1], spacing[2],
                    one.geometry_known ? "" : " ?");
    text += fmt::format("{:<11} {:<24} {:<8} {:>17} {:>3} {:>22} {:>24}\n", one.part, one.name,
                        one.type, core::to_string(one.shape), one.channels, spacing_text,
                        fmt::format("{:.4g} / {:.4g} / {:.4g}", levels[0], levels[1], levels[2]));
  }
  if (std::ranges::any_of(summary.cases, [](const auto& one) { return !one.geometry_known; })) {
    text += "? the file has no spacing; 1 mm, or the table's spacing_mm column, is used\n";
  }
  return text;
}

}  // namespace

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
                         .class_names = dataset.class_names(),
                         .cases = std::vector<CaseSummary>(rows.size()),
                         .folds = fold_lines(dataset)};
  core::for_each_reported(work, "info", std::ssize(rows), "cases", [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    summary.cases[position] = summarize_case(dataset, *rows[position]);
  });
  return summary;
}

std::string to_json(const DatasetSummary& summary) {
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (const CaseSummary& one : summary.cases) {
    cases.push_back({{"table", one.part},
                     {"case", one.name},
                     {"type", one.type},
                     {"shape", one.shape},
                     {"channels", one.channels},
                     {"geometry_known", one.geometry_known},
                     {"spacing_mm", one.spacing_mm},
                     {"intensity_percentiles_0.5_50_99.5", one.intensity_percentiles},
                     {"class_volumes_ml", one.class_volumes_ml}});
  }
  const nlohmann::ordered_json whole = {{"version", 1},
                                        {"dataset", summary.name},
                                        {"detected", summary.detected},
                                        {"warnings", summary.warnings},
                                        {"class_names", summary.class_names},
                                        {"folds", summary.folds},
                                        {"cases", cases}};
  return whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string to_text(const DatasetSummary& summary) {
  std::string text = summary.name + "\n\ndetected\n";
  for (const std::string& line : summary.detected) {
    text += "  " + line + "\n";
  }
  for (const std::string& line : summary.warnings) {
    text += "warning: " + line + "\n";
  }
  text += case_table(summary) + class_table(summary) + "\nfolds\n";
  for (const std::string& line : summary.folds) {
    text += "  " + line + "\n";
  }
  return text;
}

}  // namespace volseg::app
