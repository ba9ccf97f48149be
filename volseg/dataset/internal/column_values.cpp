// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/column_values.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

namespace volseg::dataset::internal {

namespace {

using table::Cell;
using table::ListCell;

constexpr double kLargestExactInteger = 9007199254740992.0;

std::string to_text(const std::string& value) { return value; }
std::string to_text(int64_t value) { return std::to_string(value); }
std::string to_text(bool value) { return value ? "true" : "false"; }
std::string to_text(double value) {
  const bool whole = std::trunc(value) == value && std::abs(value) < kLargestExactInteger;
  return whole ? std::to_string(static_cast<int64_t>(value)) : fmt::format("{}", value);
}

template <typename T>
struct IsList : std::false_type {};
template <typename T>
struct IsList<ListCell<T>> : std::true_type {};

template <typename T>
std::optional<std::string> cell_text(const Cell<T>& cell) {
  if constexpr (IsList<Cell<T>>::value) {
    return std::nullopt;
  } else {
    return cell ? std::optional(to_text(*cell)) : std::nullopt;
  }
}

template <typename T>
Triple triple_of(const ListCell<T>& cell) {
  if (!cell) {
    return {};
  }
  if (cell->size() != 3) {
    return {.values = {}, .valid = false};
  }
  std::array<double, 3> numbers{};
  for (size_t axis = 0; axis < 3; ++axis) {
    numbers[axis] = static_cast<double>((*cell)[axis].value_or(T{0}));
    if (!std::isfinite(numbers[axis]) || numbers[axis] <= 0) {
      return {.values = {}, .valid = false};
    }
  }
  return {.values = numbers, .valid = true};
}

}  // namespace

bool is_scalar(const table::Values& values) {
  return std::visit(
      [](const auto& cells) {
        return !IsList<typename std::decay_t<decltype(cells)>::value_type>::value;
      },
      values);
}

bool is_name_list(const table::Values& values) {
  return std::holds_alternative<TextLists>(values) ||
         std::holds_alternative<std::vector<ListCell<int64_t>>>(values);
}

bool is_number_list(const table::Values& values) {
  return std::holds_alternative<std::vector<ListCell<int64_t>>>(values) ||
         std::holds_alternative<std::vector<ListCell<double>>>(values);
}

std::optional<std::string> scalar_text(const table::Values& values, int64_t row) {
  return std::visit([row](const auto& cells) { return cell_text(cells[static_cast<size_t>(row)]); },
                    values);
}

ListCell<std::string> name_list(const table::Values& values, int64_t row) {
  const auto index = static_cast<size_t>(row);
  if (const auto* texts = std::get_if<TextLists>(&values)) {
    return (*texts)[index];
  }
  const auto& numbers = std::get<std::vector<ListCell<int64_t>>>(values)[index];
  if (!numbers) {
    return std::nullopt;
  }
  ListCell<std::string> names(std::in_place);
  for (const Cell<int64_t>& number : *numbers) {
    names->push_back(cell_text(number));
  }
  return names;
}

Triple number_triple(const table::Values& values, int64_t row) {
  const auto index = static_cast<size_t>(row);
  if (const auto* whole = std::get_if<std::vector<ListCell<int64_t>>>(&values)) {
    return triple_of((*whole)[index]);
  }
  return triple_of(std::get<std::vector<ListCell<double>>>(values)[index]);
}

}  // namespace volseg::dataset::internal
