// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/make_splits.h"

namespace volseg::dataset::internal {

namespace {

// Rows of one image in two tables; an image that is missing counts by its name.
std::string_view key_of(const Row& row) { return row.member.empty() ? row.image : row.member; }

void check_shared(const Resolved& resolved, Part first, Part second, FindingSink& sink) {
  std::unordered_map<std::string_view, const Row*> known;
  for (const Row& row : resolved.rows_of(first)) {
    known.try_emplace(key_of(row), &row);
  }
  for (const Row& row : resolved.rows_of(second)) {
    const auto found = known.find(key_of(row));
    if (row.image.empty() || found == known.end()) {
      continue;
    }
    sink.add(make_finding(fmt::format("image-in-{}-and-{}", name_of(first), name_of(second)),
                          {.member = resolved.table_of(second),
                           .row = row.number,
                           .column = resolved.settings.image_column},
                          fmt::format("{} is in row {} of {}", in_quotes(row.image),
                                      found->second->number, resolved.table_of(first)),
                          "each image in one of the two tables"));
  }
}

std::string fault_of_name(const std::string& name) {
  constexpr size_t kMostNameBytes = 255;
  const bool has_control = std::ranges::any_of(name, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
  });
  return name.empty()                   ? "an empty name"
         : name.size() > kMostNameBytes ? fmt::format("a name of {} bytes", name.size())
         : has_control                  ? "a control character"
                                        : "";
}

std::string oddity_of_name(const std::string& name) {
  constexpr unsigned char kFirstOfFourBytes = 0xF0;
  const bool has_symbol = std::ranges::any_of(
      name, [](char letter) { return static_cast<unsigned char>(letter) >= kFirstOfFourBytes; });
  return name.front() == ' ' || name.back() == ' '          ? "a space at an end"
         : name.find_first_of(",;\"'") != std::string::npos ? "a comma, semicolon or quote"
         : has_symbol                                       ? "a symbol such as an emoji"
                                                            : "";
}

void check_class_names(const Resolved& resolved, FindingSink& sink) {
  for (const std::string& name : resolved.class_names) {
    const Place place{.column = resolved.settings.class_name_column, .class_name = name};
    if (std::string fault = fault_of_name(name); !fault.empty()) {
      sink.add(make_finding("class-name-invalid", place, std::move(fault),
                            "printable text of 1 to 255 bytes"));
    } else if (std::string oddity = oddity_of_name(name); !oddity.empty()) {
      sink.add(make_finding("class-name-unusual", place, std::move(oddity), "a plain name"));
    }
  }
}

// Whole numbers, when all folds are such.
std::vector<int64_t> numbers_of(const std::vector<std::string>& folds) {
  std::vector<int64_t> numbers;
  for (const std::string& fold : folds) {
    int64_t number = 0;
    const auto read = std::from_chars(fold.data(), fold.data() + fold.size(), number);
    if (read.ec != std::errc{} || read.ptr != fold.data() + fold.size()) {
      return {};
    }
    numbers.push_back(number);
  }
  return numbers;
}

void check_fold_values(const std::vector<std::string>& folds, const Place& place,
                       FindingSink& sink) {
  const std::vector<int64_t> numbers = numbers_of(folds);
  const auto count = static_cast<int64_t>(folds.size());
  const bool is_usual = !numbers.empty() && numbers.front() >= 0 && numbers.front() <= 1 &&
                        numbers.back() - numbers.front() == count - 1;
  if (is_usual || folds.empty()) {
    return;
  }
  constexpr size_t kMostShown = 20;
  std::string mapping;
  for (size_t index = 0; index < std::min(folds.size(), kMostShown); ++index) {
    mapping +=
        fmt::format("{}{} is fold {}", index == 0 ? "" : ", ", in_quotes(folds[index]), index);
  }
  sink.add(make_finding("fold-values", place, mapping + (folds.size() > kMostShown ? " ..." : ""),
                        "whole numbers from 0 or 1 without gaps"));
  constexpr uint64_t kMostGaps = 20;
  const auto span = numbers.empty() ? 0
                                    : static_cast<uint64_t>(numbers.back()) -
                                          static_cast<uint64_t>(numbers.front());
  if (span > folds.size() + kMostGaps) {
    return;
  }
  for (uint64_t step = 1; step < span; ++step) {
    const int64_t number = numbers.front() + static_cast<int64_t>(step);
    if (std::ranges::find(numbers, number) == numbers.end()) {
      sink.add(make_finding("fold-empty", place, fmt::format("no row of fold {}", number),
                            "rows in every fold"));
    }
  }
}

// @return true when make_splits can read the folds.
bool check_folds(const Resolved& resolved, FindingSink& sink) {
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  Place place{.member = resolved.table_of(Part::kTrain), .column = resolved.settings.fold_column};
  if (place.column.empty() || rows.empty()) {
    return true;
  }
  bool is_sound = true;
  for (const Row& row : rows) {
    if (row.fold.empty()) {
      is_sound = false;
      place.row = row.number;
      sink.add(make_finding("fold-null", place, "null or empty", "every row has a fold"));
    }
  }
  place.row.reset();
  const std::vector<std::string> folds = sorted_folds(rows);
  if (folds.size() == 1 && rows.size() > 1) {
    sink.add(make_finding("fold-single", place, "all rows are in fold " + in_quotes(folds[0]),
                          "two folds or more"));
    return false;
  }
  check_fold_values(folds, place, sink);
  return is_sound;
}

}  // namespace

void check_tables(const Resolved& resolved, FindingSink& sink) {
  check_class_names(resolved, sink);
  check_shared(resolved, Part::kTrain, Part::kValidation, sink);
  check_shared(resolved, Part::kTrain, Part::kTest, sink);
  check_shared(resolved, Part::kValidation, Part::kTest, sink);
  check_groups(resolved, sink);
  if (check_folds(resolved, sink)) {
    check_splits(resolved, sink);
  }
}

}  // namespace volseg::dataset::internal
