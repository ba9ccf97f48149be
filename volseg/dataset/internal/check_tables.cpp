// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <unordered_map>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/make_splits.h"

namespace volseg::dataset::internal {

namespace {

void check_leakage(const Resolved& resolved, FindingSink& sink) {
  std::unordered_map<std::string_view, const Row*> training;
  for (const Row& row : resolved.rows_of(Part::kTrain)) {
    training.try_emplace(row.image, &row);
  }
  for (const Row& row : resolved.rows_of(Part::kValidation)) {
    const auto found = training.find(row.image);
    if (row.image.empty() || found == training.end()) {
      continue;
    }
    sink.add(make_finding("image-in-train-and-validation",
                          {.member = resolved.table_of(Part::kValidation),
                           .row = row.number,
                           .column = resolved.settings.image_column},
                          fmt::format("{} is in row {} of {}", in_quotes(row.image),
                                      found->second->number, resolved.table_of(Part::kTrain)),
                          "an image is in one of the two tables"));
  }
}

void check_folds(const Resolved& resolved, FindingSink& sink) {
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  Place place{.member = resolved.table_of(Part::kTrain), .column = resolved.settings.fold_column};
  if (place.column.empty() || rows.empty()) {
    return;
  }
  for (const Row& row : rows) {
    if (row.fold.empty()) {
      place.row = row.number;
      sink.add(make_finding("fold-null", place, "null or empty", "every row has a fold"));
    }
  }
  place.row.reset();
  const std::vector<std::string> folds = sorted_folds(rows);
  if (folds.size() == 1 && rows.size() > 1) {
    sink.add(make_finding("fold-single", place, "all rows are in fold " + in_quotes(folds[0]),
                          "two folds or more"));
  }
}

}  // namespace

void check_tables(const Resolved& resolved, FindingSink& sink) {
  check_leakage(resolved, sink);
  check_folds(resolved, sink);
}

}  // namespace volseg::dataset::internal
