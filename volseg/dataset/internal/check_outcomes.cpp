// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

namespace {

void check_channels(const std::vector<const Row*>& rows, const std::vector<RowOutcome>& outcomes,
                    FindingSink& sink) {
  const auto first =
      std::ranges::find_if(outcomes, [](const RowOutcome& one) { return one.channels > 0; });
  for (size_t index = 0; index < outcomes.size(); ++index) {
    const int64_t channels = outcomes[index].channels;
    if (channels > 0 && channels != first->channels) {
      sink.add(make_finding(
          "image-channels-differ", {.member = rows[index]->member}, counted(channels, "channel"),
          fmt::format("{} as in {}", first->channels,
                      rows[static_cast<size_t>(first - outcomes.begin())]->member)));
    }
  }
}

void check_empty_classes(const Resolved& resolved, const std::vector<RowOutcome>& outcomes,
                         FindingSink& sink) {
  for (size_t index = 0; index < resolved.class_names.size(); ++index) {
    bool any_masks = false;
    bool any_voxel = false;
    for (const RowOutcome& outcome : outcomes) {
      any_masks = any_masks || !outcome.may_have_class.empty();
      any_voxel = any_voxel || (!outcome.may_have_class.empty() && outcome.may_have_class[index]);
    }
    if (any_masks && !any_voxel) {
      sink.add(make_finding("class-empty-everywhere", {.class_name = resolved.class_names[index]},
                            "no voxel in any row", "a voxel in one row or more"));
    }
  }
}

void check_overlaps(const Resolved& resolved, const std::vector<const Row*>& rows,
                    const std::vector<RowOutcome>& outcomes, FindingSink& sink) {
  struct Sum {
    const Row* first_row;
    int64_t rows;
    int64_t voxels;
  };
  std::map<std::pair<size_t, size_t>, Sum> sums;
  for (size_t index = 0; index < outcomes.size(); ++index) {
    for (const auto& [pair, voxels] : outcomes[index].overlap_voxels) {
      Sum& sum = sums.try_emplace(pair, Sum{rows[index], 0, 0}).first->second;
      sum.rows += 1;
      sum.voxels += voxels;
    }
  }
  for (const auto& [pair, sum] : sums) {
    sink.add(make_finding(
        "classes-overlap",
        {.member = resolved.table_of(sum.first_row->part),
         .row = sum.first_row->number,
         .column = resolved.settings.rle_mask_column,
         .class_name = resolved.class_names[pair.first]},
        fmt::format("shares {} with class {} in {}", counted(sum.voxels, "voxel"),
                    in_quotes(resolved.class_names[pair.second]), counted(sum.rows, "row")),
        ""));
  }
}

void check_zero_based(const Resolved& resolved, const std::vector<RowOutcome>& outcomes,
                      FindingSink& sink) {
  std::vector<ZeroBasedEvidence> evidence;
  for (const RowOutcome& outcome : outcomes) {
    evidence.push_back(outcome.zero_based);
  }
  if (std::optional<std::string> reason = suspect_zero_based(evidence)) {
    sink.add(make_finding("rle-zero-based", {.column = resolved.settings.rle_mask_column},
                          std::move(*reason), "positions start at 1"));
  }
}

void check_folds_without_voxels(const Resolved& resolved, const std::vector<const Row*>& rows,
                                const std::vector<RowOutcome>& outcomes, FindingSink& sink) {
  std::map<std::string_view, bool> has_voxel;
  for (size_t index = 0; index < rows.size(); ++index) {
    if (rows[index]->part == Part::kTrain && !rows[index]->fold.empty()) {
      has_voxel[rows[index]->fold] |= std::ranges::find(outcomes[index].may_have_class, true) !=
                                      outcomes[index].may_have_class.end();
    }
  }
  for (const auto& [fold, has_any] : has_voxel) {
    if (!has_any) {
      sink.add(make_finding(
          "fold-empty",
          {.member = resolved.table_of(Part::kTrain), .column = resolved.settings.fold_column},
          fmt::format("no row of fold {} has a voxel of any class", in_quotes(fold)),
          "a voxel in every fold"));
    }
  }
}

}  // namespace

void check_outcomes(const Resolved& resolved, const std::vector<const Row*>& rows,
                    const std::vector<RowOutcome>& outcomes, FindingSink& sink) {
  check_channels(rows, outcomes, sink);
  check_empty_classes(resolved, outcomes, sink);
  check_overlaps(resolved, rows, outcomes, sink);
  check_folds_without_voxels(resolved, rows, outcomes, sink);
  check_zero_based(resolved, outcomes, sink);
}

}  // namespace volseg::dataset::internal
