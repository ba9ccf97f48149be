// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

namespace {

using Names = std::vector<std::string>;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return result;
}

bool is_named(const std::string& member, std::string_view word) {
  return lower(file_name_of(member)).find(word) != std::string::npos;
}

bool is_named_validation(const std::string& member) { return is_named(member, "val"); }

Names tables_of(const archive::Archive& archive) {
  Names tables;
  for (const archive::Member& member : archive.members()) {
    const std::string name = lower(member.name);
    if (name.ends_with(".pq") || name.ends_with(".parquet")) {
      tables.push_back(member.name);
    }
  }
  return tables;
}

class TableChoice {
 public:
  TableChoice(Names tables, Resolved& resolved, FindingSink& sink)
      : tables_(std::move(tables)), resolved_(resolved), sink_(sink) {}

  void choose() {
    take_given(Part::kTrain, resolved_.settings.train_dataframe);
    take_given(Part::kValidation, resolved_.settings.validation_dataframe);
    take_given(Part::kTest, resolved_.settings.test_dataframe);
    choose_train();
    take_named(Part::kValidation, "validation", is_named_validation);
    take_named(Part::kTest, "test",
               [](const std::string& member) { return is_named(member, "test"); });
    resolved_.settings.train_dataframe = table(Part::kTrain);
    resolved_.settings.validation_dataframe = table(Part::kValidation);
    resolved_.settings.test_dataframe = table(Part::kTest);
    for (const Part part : kParts) {
      const std::string key = std::string(name_of(part)) + "_dataframe";
      tell(resolved_, key, table(part), reasons_[static_cast<size_t>(part)]);
    }
  }

 private:
  std::string& table(Part part) { return resolved_.table_members[static_cast<size_t>(part)]; }

  void take(Part part, const std::string& member, std::string reason) {
    table(part) = member;
    reasons_[static_cast<size_t>(part)] = std::move(reason);
    std::erase(tables_, member);
  }

  void take_given(Part part, const std::string& given) {
    if (given.empty()) {
      return;
    }
    given_[static_cast<size_t>(part)] = true;
    Names matches;
    for (const std::string& member : tables_) {
      if (member == given) {
        take(part, member, "given");
        return;
      }
      if (file_name_of(member) == file_name_of(given)) {
        matches.push_back(member);
      }
    }
    if (matches.empty()) {
      sink_.add(make_finding("table-missing", {.member = given}, "no such table",
                             fmt::format("tables are {}", fmt::join(tables_, ", "))));
    } else {
      take_only(part, matches, "given");
    }
  }

  void take_only(Part part, const Names& candidates, const std::string& reason) {
    if (candidates.size() == 1) {
      take(part, std::string(candidates[0]), reason);
    } else if (candidates.size() > 1) {
      sink_.add(make_finding(
          "table-ambiguous", {},
          fmt::format("the {} table may be {}", name_of(part), fmt::join(candidates, " or ")),
          fmt::format("name one with {}_dataframe", name_of(part))));
    }
  }

  template <typename IsNamed>
  Names candidates(const IsNamed& is_wanted) const {
    Names found;
    std::ranges::copy_if(tables_, std::back_inserter(found), is_wanted);
    return found;
  }

  template <typename IsNamed>
  void take_named(Part part, const std::string& word, const IsNamed& is_wanted) {
    if (!given_[static_cast<size_t>(part)]) {
      take_only(part, candidates(is_wanted), "the only table named " + word);
    }
  }

  void choose_train() {
    if (given_[static_cast<size_t>(Part::kTrain)]) {
      return;
    }
    const auto is_test = [](const std::string& member) { return is_named(member, "test"); };
    const Names named = candidates([](const auto& member) { return is_named(member, "train"); });
    if (!named.empty()) {
      take_only(Part::kTrain, named, "the only table named train");
      return;
    }
    if (tables_.size() == 1 && !is_test(tables_[0])) {
      take(Part::kTrain, std::string(tables_[0]), "the only table");
      return;
    }
    const Names others = candidates(
        [&](const auto& member) { return !is_test(member) && !is_named_validation(member); });
    const bool has_test = !table(Part::kTest).empty() || !candidates(is_test).empty();
    const bool has_validation = !candidates(is_named_validation).empty();
    if (others.empty() && (!has_test || has_validation)) {
      sink_.add(make_finding("no-table", {}, fmt::format("tables are {}", fmt::join(tables_, ", ")),
                             "one table for training"));
    }
    take_only(Part::kTrain, others, "the only table not named validation or test");
  }

  Names tables_;
  Resolved& resolved_;
  FindingSink& sink_;
  std::array<bool, 3> given_{};
  std::array<std::string, 3> reasons_;
};

}  // namespace

void tell(Resolved& resolved, std::string_view key, std::string_view value,
          std::string_view reason) {
  const std::string shown = printable(value.empty() ? "none" : value);
  resolved.detected.push_back(value.empty() || reason.empty()
                                  ? fmt::format("{}: {}", key, shown)
                                  : fmt::format("{}: {} ({})", key, shown, reason));
}

std::string_view file_name_of(std::string_view member) {
  return member.substr(member.rfind('/') + 1);
}

std::string_view folder_of(std::string_view member) {
  const size_t slash = member.rfind('/');
  return slash == std::string_view::npos ? "." : member.substr(0, slash);
}

void choose_tables(const archive::Archive& archive, Resolved& resolved, FindingSink& sink) {
  Names tables = tables_of(archive);
  if (tables.empty()) {
    sink.add(make_finding("no-table", {},
                          counted(static_cast<int64_t>(archive.members().size()), "file") +
                              ", none ends in .pq or .parquet",
                          "a Parquet table such as train.pq"));
    return;
  }
  TableChoice(std::move(tables), resolved, sink).choose();
}

}  // namespace volseg::dataset::internal
