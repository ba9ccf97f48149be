// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "volseg/core/text.h"
#include "volseg/report/dataset_summary.h"
#include "volseg/report/internal/text_table.h"

namespace volseg::report {

namespace {

using internal::terminal_text;
using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kMostNameLetters = 32;
constexpr size_t kMostLineLetters = 160;
constexpr size_t kMostClasses = 40;
constexpr size_t kMostFolds = 12;
constexpr size_t kMostWarnings = 10;
constexpr size_t kMostNamesInLine = 6;

// "3 train, 1 test" in the order of first appearance.
template <typename Text>
std::string counts_of(const std::vector<CaseSummary>& cases, const Text& text_of) {
  std::vector<std::string> order;
  std::map<std::string, int64_t> counts;
  for (const CaseSummary& one : cases) {
    const std::string text = text_of(one);
    if (counts[text]++ == 0) {
      order.push_back(text);
    }
  }
  std::string all;
  for (const std::string& text : order) {
    all += (all.empty() ? "" : ", ") + text;
    all += order.size() > 1 ? fmt::format(" ({})", counts[text]) : "";
  }
  return all.empty() ? "-" : all;
}

std::string memory_line(const std::vector<CaseSummary>& cases) {
  std::vector<double> sizes;
  int64_t sum = 0;
  for (const CaseSummary& one : cases) {
    sizes.push_back(static_cast<double>(one.float32_bytes));
    sum += one.float32_bytes;
  }
  const std::optional<Distribution> sizes_of = distribution_of(std::move(sizes));
  if (!sizes_of) {
    return "-";
  }
  return fmt::format("{} a case as float32, at most {}; {} in all",
                     core::size_text(static_cast<int64_t>(sizes_of->median)),
                     core::size_text(static_cast<int64_t>(sizes_of->maximum)),
                     core::size_text(sum));
}

std::string presence_line(const DatasetSummary& summary) {
  std::vector<std::string> absent;
  int64_t everywhere = 0;
  for (const ClassSummary& one : summary.classes) {
    everywhere += one.present_cases == summary.labelled_cases ? 1 : 0;
    if (one.present_cases == 0) {
      absent.push_back(terminal_text(one.name, kMostNameLetters));
    }
  }
  if (summary.labelled_cases == 0) {
    return fmt::format("{}; no case has masks", summary.classes.size());
  }
  std::string line = fmt::format("{}; {} present in all {} with masks", summary.classes.size(),
                                 everywhere, core::counted(summary.labelled_cases, "case"));
  if (!absent.empty()) {
    const size_t shown = std::min(absent.size(), kMostNamesInLine);
    line +=
        fmt::format("; {} in no case: {}{}", absent.size(),
                    fmt::join(absent.begin(), absent.begin() + static_cast<int64_t>(shown), ", "),
                    shown < absent.size() ? ", ..." : "");
  }
  return line;
}

std::string overview(const DatasetSummary& summary) {
  const auto& cases = summary.cases;
  const Rows rows{
      {"cases", fmt::format("{}: {}", cases.size(),
                            counts_of(cases, [](const auto& one) { return one.part; }))},
      {"classes", presence_line(summary)},
      {"voxel type", counts_of(cases, [](const auto& one) { return one.type; })},
      {"channels", counts_of(cases, [](const auto& one) { return std::to_string(one.channels); })},
      {"memory", memory_line(cases)}};
  return internal::text_table(rows, 2);
}

// One line of the table of ranges; `value_of` may give none for a case.
std::vector<std::string> range_row(
    const std::string& name, const std::vector<CaseSummary>& cases,
    const std::function<std::optional<double>(const CaseSummary&)>& value_of) {
  std::vector<double> values;
  for (const CaseSummary& one : cases) {
    if (const std::optional<double> value = value_of(one)) {
      values.push_back(*value);
    }
  }
  const std::optional<Distribution> range = distribution_of(std::move(values));
  if (!range) {
    return {name, "-", "-", "-"};
  }
  return {name, fmt::format("{:.5g}", range->minimum), fmt::format("{:.5g}", range->median),
          fmt::format("{:.5g}", range->maximum)};
}

void add_intensity_rows(Rows& rows, const std::vector<CaseSummary>& cases) {
  size_t channels = 0;
  for (const CaseSummary& one : cases) {
    channels = std::max(channels, one.intensity_percentiles.size());
  }
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t i = 0; i < kIntensityPercents.size(); ++i) {
      const std::string where = channels > 1 ? fmt::format(", channel {}", channel) : "";
      rows.push_back(range_row(fmt::format("intensity p{}{}", kIntensityPercents[i], where), cases,
                               [&](const CaseSummary& one) {
                                 return channel < one.intensity_percentiles.size()
                                            ? std::optional(one.intensity_percentiles[channel][i])
                                            : std::nullopt;
                               }));
    }
  }
}

std::string ranges(const DatasetSummary& summary) {
  Rows rows{{"", "lowest", "median", "highest"}};
  for (size_t axis = 0; axis < 3; ++axis) {
    rows.push_back(range_row(fmt::format("shape, axis {}", axis), summary.cases,
                             [axis](const CaseSummary& one) {
                               return std::optional(static_cast<double>(one.shape[axis]));
                             }));
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    rows.push_back(range_row(
        fmt::format("spacing mm, axis {}", axis), summary.cases, [axis](const CaseSummary& one) {
          return one.geometry_known ? std::optional(one.spacing_mm[axis]) : std::nullopt;
        }));
  }
  add_intensity_rows(rows, summary.cases);
  std::string text = internal::text_table(rows, 1);
  if (const auto unknown = std::ranges::count(summary.cases, false, &CaseSummary::geometry_known);
      unknown > 0) {
    text += fmt::format("{} without a spacing; volumes take 1 mm for it\n",
                        core::counted(unknown, "case"));
  }
  return text;
}

// All classes in their order, or the rarest and smallest when there are too many.
std::vector<const ClassSummary*> listed_classes(const DatasetSummary& summary, bool all) {
  std::vector<const ClassSummary*> listed;
  for (const ClassSummary& one : summary.classes) {
    listed.push_back(&one);
  }
  if (all || listed.size() <= kMostClasses) {
    return listed;
  }
  std::ranges::stable_sort(listed, {}, [](const ClassSummary* one) {
    return std::pair(one->present_cases, one->volume_ml ? one->volume_ml->median : 0.0);
  });
  listed.resize(kMostClasses);
  return listed;
}

std::string class_table(const DatasetSummary& summary, bool all) {
  if (summary.classes.empty()) {
    return "";
  }
  Rows rows{{"class", "cases", "lowest ml", "median ml", "highest ml"}};
  const std::vector<const ClassSummary*> listed = listed_classes(summary, all);
  for (const ClassSummary* one : listed) {
    std::vector<std::string> row{terminal_text(one->name, kMostNameLetters),
                                 fmt::format("{}/{}", one->present_cases, summary.labelled_cases)};
    if (one->volume_ml) {
      const Distribution& volume = *one->volume_ml;
      for (const double value : {volume.minimum, volume.median, volume.maximum}) {
        row.push_back(fmt::format("{:.4g}", value));
      }
    } else {
      row.insert(row.end(), 3, "-");
    }
    rows.push_back(std::move(row));
  }
  std::string text = "\n" + internal::text_table(rows, 1);
  if (listed.size() < summary.classes.size()) {
    text += fmt::format(
        "the {} of {} classes in the fewest cases, then the smallest; --classes "
        "lists all\n",
        listed.size(), summary.classes.size());
  }
  return text;
}

std::string fold_table(const DatasetSummary& summary) {
  if (summary.folds.empty()) {
    return "";
  }
  Rows rows{{"fold", "training", "validation"}};
  const size_t shown = std::min(summary.folds.size(), kMostFolds);
  for (size_t i = 0; i < shown; ++i) {
    const FoldSummary& fold = summary.folds[i];
    rows.push_back({terminal_text(fold.name, kMostNameLetters), std::to_string(fold.training_cases),
                    std::to_string(fold.validation_cases)});
  }
  std::string text = "\n" + internal::text_table(rows, 1);
  if (shown < summary.folds.size()) {
    text += fmt::format("and {} more; --json has all\n", summary.folds.size() - shown);
  }
  return text;
}

std::string case_table(const DatasetSummary& summary) {
  Rows rows{{"table", "case", "type", "channels", "shape", "spacing mm", "p0.5", "p50", "p99.5",
             "memory"}};
  for (const CaseSummary& one : summary.cases) {
    const auto& spacing = one.spacing_mm;
    const auto& levels = one.intensity_percentiles.front();
    rows.push_back({one.part, terminal_text(one.name, kMostNameLetters), one.type,
                    std::to_string(one.channels), core::to_string(one.shape),
                    one.geometry_known ? fmt::format("{:.3g} x {:.3g} x {:.3g}", spacing[0],
                                                     spacing[1], spacing[2])
                                       : "-",
                    fmt::format("{:.4g}", levels[0]), fmt::format("{:.4g}", levels[2]),
                    fmt::format("{:.4g}", levels[4]), core::size_text(one.float32_bytes)});
  }
  return "\n" + internal::text_table(rows, 3);
}

std::string lines(const std::vector<std::string>& items, size_t most, std::string_view before) {
  std::string text;
  const size_t shown = std::min(items.size(), most);
  for (size_t i = 0; i < shown; ++i) {
    text += fmt::format("{}{}\n", before, terminal_text(items[i], kMostLineLetters));
  }
  if (shown < items.size()) {
    text += fmt::format("{}{} more; --json has all\n", before, items.size() - shown);
  }
  return text;
}

}  // namespace

std::string to_text(const DatasetSummary& summary, const SummaryTextOptions& options) {
  return terminal_text(summary.name, kMostLineLetters) + "\n\n" +
         lines(summary.warnings, kMostWarnings, "warning: ") +
         (summary.warnings.empty() ? "" : "\n") + overview(summary) + "\n" + ranges(summary) +
         class_table(summary, options.all_classes) + fold_table(summary) +
         (options.all_cases ? case_table(summary) : "") + "\nimport settings\n" +
         lines(summary.detected, summary.detected.size(), "  ");
}

}  // namespace volseg::report
