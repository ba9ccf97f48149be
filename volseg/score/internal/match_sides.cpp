// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/match_sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/core/text.h"

namespace volseg::score::internal {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kShownNames = 5;

std::string first_of(const Names& names) {
  return core::listed(names.size(), kShownNames, [&](size_t index) { return names[index]; });
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

void want_classes(Names& class_names, const Names& wanted) {
  for (const std::string& name : wanted) {
    if (std::find(class_names.begin(), class_names.end(), name) == class_names.end()) {
      throw Error(ErrorKind::kNotFound, "score.match_classes",
                  fmt::format("class {} is not in the truth, which has {}", name,
                              first_of(core::near_names(name, class_names, kShownNames))));
    }
  }
  if (!wanted.empty()) {
    std::erase_if(class_names, [&](const std::string& name) {
      return std::find(wanted.begin(), wanted.end(), name) == wanted.end();
    });
  }
}

void match_classes(const CaseSource& truth, const CaseSource& prediction, const Names& wanted,
                   Matching& matching) {
  matching.class_names = truth.class_names();
  if (matching.class_names.empty() && !wanted.empty()) {
    throw Error(ErrorKind::kNotFound, "score.match_classes",
                "classes are chosen, and labels have no names; give --label-names");
  }
  want_classes(matching.class_names, wanted);
  const Names truth_names = sorted(matching.class_names);
  const Names prediction_names = sorted(prediction.class_names());
  matching.unmatched.truth_classes = without(truth_names, prediction_names);
  if (!truth_names.empty() && matching.unmatched.truth_classes.size() == truth_names.size()) {
    throw Error(ErrorKind::kNotFound, "score.match_classes",
                fmt::format("no class is on both sides: truth has {}; prediction has {}",
                            first_of(truth_names), first_of(prediction_names)));
  }
  if (wanted.empty()) {
    matching.unmatched.prediction_classes = without(prediction_names, truth_names);
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
  matching.unmatched.truth_cases = unpredicted;
  matching.unmatched.prediction_cases = without(prediction_names, truth_names);
}

void note_names_file(const CaseSource& source, std::string_view side, Matching& matching) {
  if (!source.names_file().empty()) {
    matching.notes.push_back(fmt::format("label names of the {} are from {}", side,
                                         source.names_file().filename().string()));
  }
}

void note_remarks(const CaseSource& source, std::string_view side, Matching& matching) {
  for (const std::string& remark : source.remarks()) {
    matching.notes.push_back(fmt::format("{}: {}", side, remark));
  }
}

}  // namespace

Matching match_sides(CaseSource& truth, CaseSource& prediction, const Names& wanted_classes) {
  Matching matching;
  note_names_file(truth, "truth", matching);
  note_names_file(prediction, "prediction", matching);
  name_labels(prediction, truth, "prediction", matching);
  name_labels(truth, prediction, "truth", matching);
  match_classes(truth, prediction, wanted_classes, matching);
  truth.see_other_side(prediction.case_names());
  prediction.see_other_side(truth.case_names());
  truth.see_other_side(prediction.case_names());
  match_cases(truth, prediction, matching);
  note_remarks(truth, "truth", matching);
  note_remarks(prediction, "prediction", matching);
  return matching;
}

}  // namespace volseg::score::internal
