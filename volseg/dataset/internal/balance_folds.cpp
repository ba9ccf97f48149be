// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/balance_folds.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "volseg/core/random.h"

namespace volseg::dataset::internal {

namespace {

constexpr uint32_t kSplitStream = 0x73706c74;
constexpr double kSameWish = 1e-9;

using Units = std::vector<std::vector<size_t>>;

class Balancer {
 public:
  Balancer(const std::vector<FoldCase>& cases, const Units& units,
           const std::vector<double>& shares)
      : cases_(cases),
        units_(units),
        fold_of_unit_(units.size(), kNoFold),
        units_in_fold_(shares.size()),
        case_wishes_(shares) {
    count_classes();
    for (double& wish : case_wishes_) {
      wish *= static_cast<double>(cases.size());
    }
    for (const double share : shares) {
      class_wishes_.emplace_back();
      for (const int64_t count : cases_left_) {
        class_wishes_.back().push_back(share * static_cast<double>(count));
      }
    }
  }

  std::vector<size_t> run() {
    for (size_t rarest = rarest_class(); rarest < cases_left_.size(); rarest = rarest_class()) {
      for (size_t unit = 0; unit < units_.size(); ++unit) {
        if (fold_of_unit_[unit] == kNoFold && counts_[unit][rarest] > 0) {
          place(unit, best_fold(&rarest));
        }
      }
    }
    for (size_t unit = 0; unit < units_.size(); ++unit) {
      if (fold_of_unit_[unit] == kNoFold) {
        place(unit, best_fold(nullptr));
      }
    }
    fill_empty_folds();
    return fold_of_cases();
  }

 private:
  static constexpr size_t kNoFold = SIZE_MAX;

  void count_classes() {
    size_t classes = 0;
    for (const FoldCase& one : cases_) {
      classes = std::max(classes, one.has_classes.size());
    }
    cases_left_.resize(classes);
    for (const std::vector<size_t>& unit : units_) {
      std::vector<int32_t>& counts = counts_.emplace_back(classes);
      for (const size_t index : unit) {
        const std::vector<uint8_t>& has_classes = cases_[index].has_classes;
        for (size_t one = 0; one < has_classes.size(); ++one) {
          counts[one] += has_classes[one];
        }
      }
      std::ranges::transform(cases_left_, counts, cases_left_.begin(), std::plus<>());
    }
  }

  // The class with the fewest cases that are not placed yet; the number of classes when none is
  // left.
  [[nodiscard]] size_t rarest_class() const {
    size_t rarest = cases_left_.size();
    for (size_t one = 0; one < cases_left_.size(); ++one) {
      const bool fewer = rarest == cases_left_.size() || cases_left_[one] < cases_left_[rarest];
      rarest = cases_left_[one] > 0 && fewer ? one : rarest;
    }
    return rarest;
  }

  [[nodiscard]] size_t best_fold(const size_t* class_index) const {
    const auto wishes = [&](size_t fold) {
      return std::pair(class_index == nullptr ? 0.0 : class_wishes_[fold][*class_index],
                       case_wishes_[fold]);
    };
    size_t best = 0;
    for (size_t fold = 1; fold < case_wishes_.size(); ++fold) {
      const auto [of_class, of_cases] = wishes(fold);
      const auto [best_of_class, best_of_cases] = wishes(best);
      const bool same =
          of_class - best_of_class < kSameWish && best_of_class - of_class < kSameWish;
      if (same ? of_cases > best_of_cases + kSameWish : of_class > best_of_class) {
        best = fold;
      }
    }
    return best;
  }

  void place(size_t unit, size_t fold) {
    fold_of_unit_[unit] = fold;
    ++units_in_fold_[fold];
    case_wishes_[fold] -= static_cast<double>(units_[unit].size());
    for (size_t one = 0; one < cases_left_.size(); ++one) {
      cases_left_[one] -= counts_[unit][one];
      class_wishes_[fold][one] -= static_cast<double>(counts_[unit][one]);
    }
  }

  void fill_empty_folds() {
    for (size_t fold = 0; fold < units_in_fold_.size(); ++fold) {
      const auto fullest = std::ranges::max_element(units_in_fold_) - units_in_fold_.begin();
      if (units_in_fold_[fold] > 0 || units_in_fold_[static_cast<size_t>(fullest)] < 2) {
        continue;
      }
      size_t smallest = SIZE_MAX;
      for (size_t unit = 0; unit < units_.size(); ++unit) {
        const bool candidate = fold_of_unit_[unit] == static_cast<size_t>(fullest);
        if (candidate && (smallest == SIZE_MAX || units_[unit].size() < units_[smallest].size())) {
          smallest = unit;
        }
      }
      --units_in_fold_[static_cast<size_t>(fullest)];
      ++units_in_fold_[fold];
      fold_of_unit_[smallest] = fold;
    }
  }

  [[nodiscard]] std::vector<size_t> fold_of_cases() const {
    std::vector<size_t> folds(cases_.size());
    for (size_t unit = 0; unit < units_.size(); ++unit) {
      for (const size_t index : units_[unit]) {
        folds[index] = fold_of_unit_[unit];
      }
    }
    return folds;
  }

  const std::vector<FoldCase>& cases_;
  const Units& units_;
  std::vector<size_t> fold_of_unit_;
  std::vector<size_t> units_in_fold_;
  std::vector<std::vector<int32_t>> counts_;       // by unit and class: cases that hold the class
  std::vector<int64_t> cases_left_;                // by class, not placed yet
  std::vector<std::vector<double>> class_wishes_;  // by fold and class
  std::vector<double> case_wishes_;                // by fold
};

}  // namespace

Units fold_units(const std::vector<FoldCase>& cases, uint64_t seed) {
  Units units;
  std::map<std::string_view, size_t> unit_of_group;
  for (size_t index = 0; index < cases.size(); ++index) {
    const std::string_view group = cases[index].group;
    const auto [entry, is_new] = unit_of_group.try_emplace(group, units.size());
    if (is_new || group.empty()) {
      entry->second = units.size();
      units.emplace_back();
    }
    units[entry->second].push_back(index);
  }
  core::CounterRandom random(seed, 0, 0, kSplitStream);
  for (size_t left = units.size(); left > 1; --left) {
    std::swap(units[left - 1],
              units[static_cast<size_t>(random.below(static_cast<int64_t>(left)))]);
  }
  std::ranges::stable_sort(units, std::greater<>{}, &std::vector<size_t>::size);
  return units;
}

std::vector<size_t> balance_folds(const std::vector<FoldCase>& cases, const Units& units,
                                  const std::vector<double>& shares) {
  return Balancer(cases, units, shares).run();
}

std::vector<double> equal_shares(size_t count) {
  return std::vector<double>(count, 1.0 / static_cast<double>(count));
}

}  // namespace volseg::dataset::internal
