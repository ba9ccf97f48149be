// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/match_sides.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "volseg/core/error.h"

namespace volseg::score::internal {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kShownNames = 5;

std::string first_of(const Names& names) {
  const auto shown = static_cast<int64_t>(std::min(kShownNames, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), names.begin() + shown, ", "),
                     names.size() > kShownNames ? ", ..." : "");
}

Names without(const Names& sorted, const Names& sorted_others) {
  Names rest;
  std::set_difference(sorted.begin(), sorted.end(), sorted_others.begin(), sorted_others.end(),
                      std::back_inserter(rest));
  return rest;
}

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

Names sorted_cases(const CaseSource& source, std::string_view side) {
  Names names = sorted(source.case_names());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    throw Error(ErrorKind::kUsage, "score.match_cases",
                fmt::format("case {} occurs twice in the {}; choose one part", *twice, side));
  }
  return names;
}

// Classes that are named for their label value, as `pack` names them, keep it; else the values of
// the named side hold for both.
std::map<int32_t, std::string> names_by_value(const CaseSource& named) {
  constexpr std::string_view kPrefix = "label_";
  std::map<int32_t, std::string> names;
  for (const std::string& name : named.class_names()) {
    int32_t value = 0;
    const char* end = name.data() + name.size();
    const char* begin = name.starts_with(kPrefix) ? name.data() + kPrefix.size() : end;
    if (std::from_chars(begin, end, value).ptr != end || begin == end) {
      return named.label_names();
    }
    names.emplace(value, name);
  }
  return names;
}

void name_labels(CaseSource& unnamed, const CaseSource& named, std::string_view side,
                 Matching& matching) {
  if (!unnamed.class_names().empty() || named.class_names().empty()) {
    return;
  }
  const std::map<int32_t, std::string> taken = names_by_value(named);
  unnamed.set_label_names(taken);
  Names pairs;
  for (const auto& [label, name] : taken) {
    pairs.push_back(fmt::format("{} = {}", label, name));
  }
  matching.notes.push_back(
      fmt::format("labels of the {} have no names; taken as {}", side, first_of(pairs)));
}

void match_classes(const CaseSource& truth, const CaseSource& prediction, Matching& matching) {
  matching.class_names = truth.class_names();
  const Names truth_names = sorted(truth.class_names());
  const Names prediction_names = sorted(prediction.class_names());
  const Names missing = without(truth_names, prediction_names);
  if (!truth_names.empty() && missing.size() == truth_names.size()) {
    throw Error(ErrorKind::kNotFound, "score.match_classes",
                fmt::format("no class is on both sides: truth has {}; prediction has {}",
                            first_of(truth_names), first_of(prediction_names)));
  }
  for (const std::string& name : missing) {
    matching.notes.push_back(
        fmt::format("class {} is not in the prediction; scored as predicted nowhere", name));
  }
  for (const std::string& name : without(prediction_names, truth_names)) {
    matching.notes.push_back(fmt::format("class {} is not in the truth; not scored", name));
  }
}

bool match_two_files(const CaseSource& truth, const CaseSource& prediction, Matching& matching) {
  if (!truth.is_one_file() || !prediction.is_one_file()) {
    return false;
  }
  const CasePair pair = {truth.case_names().front(), prediction.case_names().front()};
  if (pair.truth != pair.prediction) {
    matching.notes.push_back(
        fmt::format("file {} is compared with file {}", pair.truth, pair.prediction));
  }
  matching.cases.push_back(pair);
  return true;
}

void match_cases(const CaseSource& truth, const CaseSource& prediction, Matching& matching) {
  if (match_two_files(truth, prediction, matching)) {
    return;
  }
  const Names truth_names = sorted_cases(truth, "truth");
  const Names prediction_names = sorted_cases(prediction, "prediction");
  const Names unpredicted = without(truth_names, prediction_names);
  for (const std::string& name : without(truth_names, unpredicted)) {
    matching.cases.push_back({name, name});
  }
  if (matching.cases.empty()) {
    throw Error(ErrorKind::kNotFound, "score.match_cases",
                fmt::format("no case name is on both sides: truth has {}; prediction has {}",
                            first_of(truth_names), first_of(prediction_names)));
  }
  for (const std::string& name : unpredicted) {
    matching.notes.push_back(fmt::format("case {} has no prediction; not scored", name));
  }
  for (const std::string& name : without(prediction_names, truth_names)) {
    matching.notes.push_back(fmt::format("case {} is not in the truth; not scored", name));
  }
  matching.partial = !unpredicted.empty();
}

void note_names_file(const CaseSource& source, std::string_view side, Matching& matching) {
  if (!source.names_file().empty()) {
    matching.notes.push_back(fmt::format("label names of the {} are from {}", side,
                                         source.names_file().filename().string()));
  }
}

}  // namespace

Matching match_sides(CaseSource& truth, CaseSource& prediction) {
  Matching matching;
  note_names_file(truth, "truth", matching);
  note_names_file(prediction, "prediction", matching);
  name_labels(prediction, truth, "prediction", matching);
  name_labels(truth, prediction, "truth", matching);
  match_classes(truth, prediction, matching);
  truth.see_other_side(prediction.case_names());
  prediction.see_other_side(truth.case_names());
  truth.see_other_side(prediction.case_names());
  match_cases(truth, prediction, matching);
  return matching;
}

}  // namespace volseg::score::internal
