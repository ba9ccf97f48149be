// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "volseg/core/text.h"
#include "volseg/report/dataset_summary.h"
#include "volseg/report/internal/distribution_charts.h"
#include "volseg/report/internal/html.h"

namespace volseg::report {

namespace {

using internal::Cell;

constexpr size_t kMostChannels = 8;

std::string tiles(const DatasetSummary& summary) {
  int64_t sum_bytes = 0;
  int64_t most_bytes = 0;
  int64_t most_channels = 0;
  for (const CaseSummary& one : summary.cases) {
    sum_bytes += one.float32_bytes;
    most_bytes = std::max(most_bytes, one.float32_bytes);
    most_channels = std::max(most_channels, one.channels);
  }
  return internal::html_tiles({{std::to_string(summary.cases.size()), "images"},
                               {std::to_string(summary.labelled_cases), "of them with masks"},
                               {std::to_string(summary.classes.size()), "classes"},
                               {std::to_string(most_channels), "channels"},
                               {core::size_text(most_bytes), "largest case as float32"},
                               {core::size_text(sum_bytes), "all cases as float32"}});
}

std::string warnings(const DatasetSummary& summary) {
  std::string html;
  for (const std::string& warning : summary.warnings) {
    html += "<p class=\"quiet\">Warning: " + internal::escape_html(warning) + "</p>\n";
  }
  return html;
}

std::string class_charts(const DatasetSummary& summary) {
  std::vector<internal::ChartBox> boxes;
  std::vector<internal::ChartBar> bars;
  for (const ClassSummary& one : summary.classes) {
    boxes.push_back({one.name, one.volume_ml});
    bars.push_back({one.name, one.present_cases});
  }
  return "<div class=\"charts\">\n" +
         internal::box_rows("Volume of each class where it is present", "ml, logarithmic", boxes) +
         internal::bar_rows("Cases that have each class", "cases", bars, summary.labelled_cases) +
         "</div>\n";
}

std::string class_table(const DatasetSummary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const ClassSummary& one : summary.classes) {
    std::vector<Cell> row{{one.name}, {std::to_string(one.present_cases), true}};
    const Distribution volume = one.volume_ml.value_or(Distribution{});
    for (const double value : {volume.minimum, volume.lower_quartile, volume.median,
                               volume.upper_quartile, volume.maximum}) {
      row.push_back({one.volume_ml ? fmt::format("{:.4g}", value) : "-", true});
    }
    rows.push_back(std::move(row));
  }
  return internal::html_table({"class", "cases", "lowest ml", "lower quartile ml", "median ml",
                               "upper quartile ml", "highest ml"},
                              rows);
}

std::string grid_chart(const DatasetSummary& summary) {
  internal::ScatterChart chart{.title = "Shape and spacing of each case",
                               .x_name = "spacing along an axis, mm",
                               .y_name = "voxels along it",
                               .series = {"axis 0", "axis 1", "axis 2"},
                               .points = {}};
  for (const CaseSummary& one : summary.cases) {
    for (size_t axis = 0; axis < 3; ++axis) {
      chart.points.push_back(
          {one.spacing_mm[axis], static_cast<double>(one.shape[axis]), axis,
           fmt::format("{}, axis {}: {} voxels of {:.4g} mm{}", one.name, axis, one.shape[axis],
                       one.spacing_mm[axis], one.geometry_known ? "" : " (assumed)")});
    }
  }
  return internal::scatter_chart(chart);
}

// Cases by their median, so that outliers stand at the ends.
std::string intensity_chart(const DatasetSummary& summary, size_t channel, bool only_channel) {
  std::vector<internal::ChartBox> boxes;
  for (const CaseSummary& one : summary.cases) {
    if (channel < one.intensity_percentiles.size()) {
      const auto& p = one.intensity_percentiles[channel];
      boxes.push_back({one.name, Distribution{p[0], p[1], p[2], p[3], p[4]}});
    }
  }
  std::ranges::stable_sort(boxes, {},
                           [](const internal::ChartBox& box) { return box.values->median; });
  const std::string where = only_channel ? "" : fmt::format(", channel {}", channel);
  return internal::box_columns("Intensities" + where,
                               "cases by median; line 0.5 to 99.5 %, box 25 to 75 %", boxes);
}

std::string image_charts(const DatasetSummary& summary) {
  size_t channels = 0;
  for (const CaseSummary& one : summary.cases) {
    channels = std::max(channels, one.intensity_percentiles.size());
  }
  std::string html = "<div class=\"charts\">\n" + grid_chart(summary);
  for (size_t channel = 0; channel < std::min(channels, kMostChannels); ++channel) {
    html += intensity_chart(summary, channel, channels == 1);
  }
  return html + "</div>\n";
}

std::string case_table(const DatasetSummary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const CaseSummary& one : summary.cases) {
    const auto& spacing = one.spacing_mm;
    const auto& levels = one.intensity_percentiles.front();
    rows.push_back({{one.name},
                    {one.part},
                    {one.type},
                    {std::to_string(one.channels), true},
                    {core::to_string(one.shape)},
                    {one.geometry_known ? fmt::format("{:.4g} x {:.4g} x {:.4g}", spacing[0],
                                                      spacing[1], spacing[2])
                                        : "not known"},
                    {fmt::format("{:.4g}", levels[0]), true},
                    {fmt::format("{:.4g}", levels[2]), true},
                    {fmt::format("{:.4g}", levels[4]), true}});
  }
  return internal::html_table(
      {"case", "table", "type", "channels", "shape", "spacing mm", "p0.5", "p50", "p99.5"}, rows);
}

std::string fold_table(const DatasetSummary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const FoldSummary& one : summary.folds) {
    rows.push_back({{one.name},
                    {std::to_string(one.training_cases), true},
                    {std::to_string(one.validation_cases), true}});
  }
  return internal::html_table({"fold", "training cases", "validation cases"}, rows);
}

std::string settings(const DatasetSummary& summary) {
  std::string text;
  for (const std::string& line : summary.detected) {
    text += line + "\n";
  }
  return "<pre>" + internal::escape_html(text) + "</pre>\n";
}

}  // namespace

std::string to_html(const DatasetSummary& summary) {
  std::string sections = internal::html_section("Summary", tiles(summary) + warnings(summary));
  if (!summary.classes.empty()) {
    sections += internal::html_section("Classes", class_charts(summary) + class_table(summary));
  }
  sections += internal::html_section("Images", image_charts(summary) + case_table(summary));
  if (!summary.folds.empty()) {
    sections += internal::html_section("Folds", fold_table(summary));
  }
  sections += internal::html_section("Import settings", settings(summary));
  return internal::html_page("volseg info", summary.name, sections);
}

}  // namespace volseg::report
