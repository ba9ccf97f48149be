// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/balance_folds.h"

namespace volseg::dataset::internal {

namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

std::vector<FoldCase> fold_cases(const std::vector<PackCase>& cases) {
  std::vector<FoldCase> named;
  for (const PackCase& one : cases) {
    named.push_back({.group = one.group, .has_classes = {}});
  }
  return named;
}

void check_given_folds(const std::vector<PackCase>& cases) {
  std::vector<std::string> bare;
  for (const PackCase& one : cases) {
    if (one.fold.empty()) {
      bare.push_back(one.name);
    }
  }
  if (!bare.empty() && bare.size() < cases.size()) {
    refuse_to_pack(ErrorKind::kFormat, "cases without a fold beside others with one: " +
                                           listed(bare) + "; give all a fold or none");
  }
}

struct NamedSplit {
  Names training;
  Names validation;
};

class SplitReader {
 public:
  explicit SplitReader(const std::filesystem::path& file) : file_(file.string()) {
    const Json root = Json::parse(core::read_text(file), nullptr, false);
    if (!root.is_array() || root.empty()) {
      refuse("not a JSON list of splits");
    }
    for (const Json& one : root) {
      splits.push_back({names_of(one, "train"), names_of(one, "val")});
    }
  }

  std::vector<NamedSplit> splits;

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    refuse_to_pack(
        ErrorKind::kFormat,
        file_ + ": " + message + R"(; expected [{"train": ["case_1"], "val": ["case_2"]}, ...])");
  }

  Names names_of(const Json& split, const std::string& key) const {
    const std::string where = fmt::format("split {}, key {}", splits.size(), key);
    if (!split.is_object() || !split.contains(key) || !split[key].is_array()) {
      refuse(where + ": no list of case names");
    }
    Names names;
    for (const Json& name : split[key]) {
      if (!name.is_string()) {
        refuse(where + ": a case name that is no text");
      }
      names.insert(name.get<std::string>());
    }
    return names;
  }

  std::string file_;
};

// Training and validation cases of a split are all cases, without a common one.
bool is_whole(const NamedSplit& split, const Names& all) {
  Names both = split.training;
  both.insert(split.validation.begin(), split.validation.end());
  return both == all && both.size() == split.training.size() + split.validation.size() &&
         !split.validation.empty();
}

std::map<std::string, size_t> folds_of(const std::vector<NamedSplit>& splits, const Names& all) {
  std::map<std::string, size_t> fold_of;
  for (size_t fold = 0; fold < splits.size(); ++fold) {
    for (const std::string& name : splits[fold].validation) {
      if (!is_whole(splits[fold], all) || !fold_of.emplace(name, fold).second) {
        return {};
      }
    }
  }
  return fold_of.size() == all.size() ? fold_of : std::map<std::string, size_t>{};
}

void move_validation(const NamedSplit& split, PackInputs& inputs) {
  std::vector<PackCase> training;
  for (PackCase& one : inputs.of(Part::kTrain)) {
    const bool held_out = split.validation.contains(one.name);
    (held_out ? inputs.of(Part::kValidation) : training).push_back(std::move(one));
  }
  inputs.of(Part::kTrain) = std::move(training);
}

}  // namespace

void check_folds(const PackOptions& options, PackInputs& inputs) {
  const std::vector<PackCase>& cases = inputs.of(Part::kTrain);
  if (options.folds == 0) {
    check_given_folds(cases);
    return;
  }
  if (std::ranges::any_of(cases, [](const PackCase& one) { return !one.fold.empty(); })) {
    inputs.warnings.emplace_back("the folds of the source are replaced by those asked for");
  }
  const auto groups = std::ssize(fold_units(fold_cases(cases), options.fold_seed));
  if (options.folds < 2 || options.folds > groups) {
    refuse_to_pack(
        ErrorKind::kUsage,
        fmt::format("{} for {}; expected 2 or more folds and a group for each",
                    core::counted(options.folds, "fold"), core::counted(groups, "group")));
  }
}

void make_folds(const PackOptions& options, const std::vector<PackedCase>& packed,
                const std::vector<std::string>& class_names, std::vector<PackCase>& cases) {
  if (options.folds == 0) {
    return;
  }
  std::vector<FoldCase> named = fold_cases(cases);
  for (size_t index = 0; index < cases.size(); ++index) {
    for (const std::string& name : class_names) {
      const auto text = packed[index].text_of_class.find(name);
      const bool has_class = text != packed[index].text_of_class.end() && !text->second.empty();
      named[index].has_classes.push_back(has_class ? 1 : 0);
    }
  }
  const std::vector<size_t> folds = balance_folds(named, fold_units(named, options.fold_seed),
                                                  equal_shares(static_cast<size_t>(options.folds)));
  for (size_t index = 0; index < cases.size(); ++index) {
    cases[index].fold = std::to_string(folds[index]);
  }
}

void take_splits(const std::filesystem::path& file, PackInputs& inputs) {
  const std::vector<NamedSplit> splits = SplitReader(file).splits;
  Names all;
  for (const PackCase& one : inputs.of(Part::kTrain)) {
    all.insert(one.name);
  }
  const bool is_holdout =
      splits.size() == 1 && is_whole(splits[0], all) && !splits[0].training.empty();
  if (is_holdout) {
    move_validation(splits[0], inputs);
    return;
  }
  const std::map<std::string, size_t> fold_of = folds_of(splits, all);
  if (fold_of.empty()) {
    inputs.warnings.push_back(file.string() +
                              ": not taken; its splits do not hold out every case of imagesTr "
                              "exactly once");
    return;
  }
  for (PackCase& one : inputs.of(Part::kTrain)) {
    one.fold = std::to_string(fold_of.at(one.name));
  }
}

}  // namespace volseg::dataset::internal
