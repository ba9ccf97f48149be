// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/check_other_members.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/resolve.h"

namespace volseg::dataset {

namespace {

using internal::Resolved;
using internal::RowOutcome;

void report_ignored(const archive::Archive& archive, internal::FindingSink& sink) {
  for (const std::string& name : archive.ignored()) {
    sink.add(internal::make_finding("file-ignored", {.member = internal::printable(name)},
                                    "passed over", ""));
  }
}

std::vector<const Row*> all_rows(const Resolved& resolved) {
  std::vector<const Row*> rows;
  for (const Part part : internal::kParts) {
    for (const Row& row : resolved.rows_of(part)) {
      rows.push_back(&row);
    }
  }
  return rows;
}

const internal::OddMasks* odd_masks_of(const Resolved& resolved, const Row& row) {
  const auto key = [](const auto& one) { return std::pair(one.part, one.number); };
  const auto found = std::ranges::lower_bound(resolved.odd_masks, key(row), {}, key);
  return found != resolved.odd_masks.end() && key(*found) == key(row) ? &*found : nullptr;
}

RowOutcome check_row(const archive::Archive& archive, const Resolved& resolved, const Row& row,
                     internal::SpareRuns& spare) {
  RowOutcome outcome;
  const std::optional<volume::Volume> image =
      internal::check_image(archive, resolved, row, outcome);
  const auto shape = image ? image->header.shape : row.shape;
  internal::check_masks(resolved, row, shape, image ? &*image : nullptr, spare, outcome);
  if (const auto* masks = row.has_masks ? nullptr : odd_masks_of(resolved, row)) {
    internal::check_odd_masks(resolved, *masks, shape, outcome);
  }
  return outcome;
}

void count_all(const Resolved& resolved, const std::vector<const Row*>& rows, CheckReport& report) {
  std::set<std::string_view> images;
  for (const Row* row : rows) {
    report.masks += static_cast<int64_t>(row->run_texts.size());
    if (!row->member.empty()) {
      images.insert(row->member);
    }
  }
  for (const internal::OddMasks& masks : resolved.odd_masks) {
    report.masks += static_cast<int64_t>(masks.run_texts.size());
  }
  report.rows = static_cast<int64_t>(rows.size());
  report.images = static_cast<int64_t>(images.size());
}

void check_rows(const archive::Archive& archive, const Resolved& resolved,
                const std::vector<const Row*>& rows, const core::WorkOptions& work,
                internal::CollectingSink& sink) {
  const auto count = static_cast<int64_t>(rows.size());
  std::vector<RowOutcome> outcomes(rows.size());
  internal::SpareRuns spare;
  core::for_each_reported(work, "check", count, "rows", [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    outcomes[position] = check_row(archive, resolved, *rows[position], spare);
  });
  for (RowOutcome& outcome : outcomes) {
    std::ranges::move(outcome.findings, std::back_inserter(sink.findings));
  }
  internal::check_outcomes(resolved, rows, outcomes, sink);
  internal::check_content(archive, resolved, rows, outcomes, work, sink);
  internal::check_outliers(rows, outcomes, sink);
}

}  // namespace

CheckReport check(const std::filesystem::path& path, const ImportSettings& settings,
                  const core::WorkOptions& work) {
  CheckReport report;
  internal::CollectingSink sink;
  const auto archive = internal::open_archive(path, settings, sink);
  if (archive != nullptr) {
    internal::check_archive(*archive, sink);
    report_ignored(*archive, sink);
    const Resolved resolved = internal::resolve(*archive, settings, sink);
    internal::check_tables(resolved, sink);
    internal::check_unused_images(*archive, resolved, sink);
    const std::vector<const Row*> rows = all_rows(resolved);
    check_rows(*archive, resolved, rows, work, sink);
    internal::check_other_members(*archive, resolved, rows, work, sink);
    count_all(resolved, rows, report);
    report.detected = resolved.detected;
    report.ignored_members = static_cast<int64_t>(archive->ignored().size());
  }
  report.findings = std::move(sink.findings);
  return report;
}

}  // namespace volseg::dataset
