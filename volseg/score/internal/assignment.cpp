// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/assignment.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <utility>

namespace volseg::score::internal {

namespace {

constexpr int64_t kNone = -1;
constexpr double kFar = std::numeric_limits<double>::infinity();

// Minimises the sum of costs, which are minus the weights. Each row may also stay alone at cost 0,
// as if it had a column of its own, so every row finds a place.
class Assigner {
 public:
  Assigner(const std::vector<WeightedPair>& pairs, int64_t rows, int64_t columns)
      : pairs_(pairs),
        first_of_row_(static_cast<size_t>(rows) + 1, 0),
        row_potential_(static_cast<size_t>(rows), 0),
        column_potential_(static_cast<size_t>(columns), 0),
        column_of_(static_cast<size_t>(rows), kNone),
        row_of_(static_cast<size_t>(columns), kNone),
        distance_(static_cast<size_t>(columns), kFar),
        from_row_(static_cast<size_t>(columns), kNone),
        is_settled_(static_cast<size_t>(columns), false) {
    for (const WeightedPair& pair : pairs) {
      ++first_of_row_[pair.row + 1];
    }
    for (int64_t row = 0; row < rows; ++row) {
      first_of_row_[row + 1] += first_of_row_[row];
    }
  }

  std::vector<int64_t> assign() {
    for (int64_t row = 0; row < static_cast<int64_t>(column_of_.size()); ++row) {
      place(row);
    }
    return std::move(column_of_);
  }

 private:
  struct Reached {
    double distance;
    int64_t column;
    bool operator>(const Reached& other) const {
      return std::pair(distance, column) > std::pair(other.distance, other.column);
    }
  };

  // Dijkstra over reduced costs from a row to the nearest free place: a free column, or the own
  // place of a row on the way.
  void place(int64_t row) {
    forget();
    rows_reached_.push_back({0, row});
    reach_columns(row, 0);
    double end_distance = alone_distance(row, 0);
    int64_t end_row = row;
    int64_t end_column = kNone;
    while (!heap_.empty() && heap_.top().distance < end_distance) {
      const Reached nearest = heap_.top();
      heap_.pop();
      if (is_settled_[nearest.column]) {
        continue;
      }
      is_settled_[nearest.column] = true;
      const int64_t owner = row_of_[nearest.column];
      if (owner == kNone) {
        end_distance = nearest.distance;
        end_column = nearest.column;
        break;
      }
      rows_reached_.push_back({nearest.distance, owner});
      reach_columns(owner, nearest.distance);
      const double alone = alone_distance(owner, nearest.distance);
      if (alone < end_distance) {
        end_distance = alone;
        end_row = owner;
      }
    }
    update_potentials(end_distance);
    augment(row, end_row, end_column);
  }

  void forget() {
    for (const int64_t column : columns_touched_) {
      distance_[column] = kFar;
      is_settled_[column] = false;
    }
    columns_touched_.clear();
    rows_reached_.clear();
    heap_ = {};
  }

  // The cost 0 of staying alone, reduced by the row's potential.
  [[nodiscard]] double alone_distance(int64_t row, double to_row) const {
    return to_row - row_potential_[row];
  }

  void reach_columns(int64_t row, double to_row) {
    for (int64_t i = first_of_row_[row]; i < first_of_row_[row + 1]; ++i) {
      const int64_t column = pairs_[i].column;
      const double distance =
          to_row - pairs_[i].weight - row_potential_[row] - column_potential_[column];
      if (is_settled_[column] || distance >= distance_[column]) {
        continue;
      }
      if (distance_[column] == kFar) {
        columns_touched_.push_back(column);
      }
      distance_[column] = distance;
      from_row_[column] = row;
      heap_.push({distance, column});
    }
  }

  void update_potentials(double end_distance) {
    for (const auto& [distance, row] : rows_reached_) {
      row_potential_[row] += end_distance - distance;
    }
    for (const int64_t column : columns_touched_) {
      if (is_settled_[column] && distance_[column] < end_distance) {
        column_potential_[column] -= end_distance - distance_[column];
      }
    }
  }

  // Turns the path round: the end gets its new place, each row before it the one that falls free.
  void augment(int64_t first_row, int64_t end_row, int64_t end_column) {
    int64_t free_column = end_column;
    if (end_column == kNone) {
      free_column = std::exchange(column_of_[end_row], kNone);
    }
    while (free_column != kNone) {
      const int64_t row = from_row_[free_column];
      row_of_[free_column] = row;
      std::swap(column_of_[row], free_column);
      if (row == first_row) {
        return;
      }
    }
  }

  const std::vector<WeightedPair>& pairs_;
  std::vector<int64_t> first_of_row_;  // one longer than the rows
  std::vector<double> row_potential_;
  std::vector<double> column_potential_;
  std::vector<int64_t> column_of_;
  std::vector<int64_t> row_of_;
  // Of one search.
  std::vector<double> distance_;
  std::vector<int64_t> from_row_;
  std::vector<bool> is_settled_;
  std::vector<int64_t> columns_touched_;
  std::vector<std::pair<double, int64_t>> rows_reached_;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> heap_;
};

}  // namespace

std::vector<int64_t> assign_best(const std::vector<WeightedPair>& pairs, int64_t rows,
                                 int64_t columns) {
  return Assigner(pairs, rows, columns).assign();
}

}  // namespace volseg::score::internal
