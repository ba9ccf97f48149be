// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/summary_tiles.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "volseg/report/internal/html.h"
#include "volseg/report/internal/number_text.h"

namespace volseg::report::internal {

namespace {

struct KnownField {
  std::string_view name;
  std::string_view label;
};

// In the order of the page.
constexpr std::array<KnownField, 8> kKnownFields{{{"best_dice", "best validation Dice"},
                                                  {"training_s", "training time"},
                                                  {"epochs", "epochs"},
                                                  {"steps", "steps"},
                                                  {"peak_memory_bytes", "peak memory"},
                                                  {"data_wait_fraction", "time waiting for data"},
                                                  {"device", "device"},
                                                  {"precision", "precision"}}};

struct Unit {
  std::string_view ending;
  std::string (*text)(double);
};

constexpr std::array<Unit, 4> kUnits{{{"_bytes", bytes_text},
                                      {"_s", duration_text},
                                      {"_fraction", percent_text},
                                      {"_dice", [](double value) { return score_text(value); }}}};

const KnownField* known_field(std::string_view name) {
  return std::ranges::find(kKnownFields, name, &KnownField::name);
}

const Unit* unit_of(std::string_view name) {
  return std::ranges::find_if(kUnits,
                              [&](const Unit& unit) { return name.ends_with(unit.ending); });
}

}  // namespace

std::string summary_label(const SummaryField& field) {
  if (const KnownField* known = known_field(field.name); known != kKnownFields.end()) {
    return std::string(known->label);
  }
  std::string label = field.name;
  const Unit* unit = unit_of(label);
  if (unit != kUnits.end() && unit->text != kUnits.back().text && field.number) {
    label.resize(label.size() - unit->ending.size());
  }
  std::ranges::replace(label, '_', ' ');
  return label;
}

std::string summary_value(const SummaryField& field) {
  const Unit* unit = unit_of(field.name);
  return unit != kUnits.end() && field.number ? unit->text(*field.number) : field.text;
}

std::string summary_tiles(const RunRecord& run) {
  if (run.summary.empty()) {
    return html_missing("Summary of the training");
  }
  std::vector<SummaryField> fields = run.summary;
  std::ranges::stable_sort(fields, {},
                           [](const SummaryField& field) { return known_field(field.name); });
  std::vector<Tile> tiles;
  for (const SummaryField& field : fields) {
    tiles.push_back({summary_value(field), summary_label(field)});
  }
  return html_tiles(tiles);
}

}  // namespace volseg::report::internal
