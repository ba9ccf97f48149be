// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace volseg::score {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr size_t kNameColumns = 2;  // left of the figures, aligned left

std::string fraction(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

// Columns of a terminal, not bytes: continuation bytes of UTF-8 take none.
size_t width_of(const std::string& cell) {
  return static_cast<size_t>(std::count_if(cell.begin(), cell.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  }));
}

// A name without control characters, so that a data file cannot write to the terminal.
std::string printable(std::string name) {
  std::replace_if(
      name.begin(), name.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 127; }, '?');
  return name;
}

std::string align(const std::vector<Cells>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      text += i == 0 ? "" : "  ";
      text += i < kNameColumns ? row[i] + padding : padding + row[i];
    }
    text += '\n';
  }
  return text;
}

std::string case_lines(const ScoreTable& table) {
  std::vector<Cells> rows = {{"case", "class", "Dice", "IoU", "truth (ml)", "prediction (ml)"}};
  for (const CaseScore& scored : table.cases) {
    for (const ClassScore& each : scored.classes) {
      rows.push_back({printable(scored.case_name), printable(each.class_name), fraction(each.dice),
                      fraction(each.iou), fmt::format("{:.3f}", each.truth_volume_ml),
                      fmt::format("{:.3f}", each.prediction_volume_ml)});
    }
  }
  return align(rows);
}

std::string mean_lines(const ScoreTable& table) {
  std::vector<Cells> rows = {{"mean of", "cases", "Dice", "IoU"}};
  for (const ClassMean& mean : table.class_means) {
    rows.push_back({printable(mean.class_name), std::to_string(mean.counted_cases),
                    fraction(mean.dice), fraction(mean.iou)});
  }
  rows.push_back({"all classes", "", fraction(table.mean_dice), fraction(table.mean_iou)});
  return align(rows);
}

std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    return value;
  }
  std::string quoted = "\"";
  for (const char letter : value) {
    quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return quoted + "\"";
}

std::string csv_number(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

Json json_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json json_of(const CaseScore& scored) {
  Json classes = Json::array();
  for (const ClassScore& each : scored.classes) {
    classes.push_back({{"class", each.class_name},
                       {"dice", json_number(each.dice)},
                       {"iou", json_number(each.iou)},
                       {"true_positive", each.counts.true_positive},
                       {"false_positive", each.counts.false_positive},
                       {"false_negative", each.counts.false_negative},
                       {"truth_volume_ml", each.truth_volume_ml},
                       {"prediction_volume_ml", each.prediction_volume_ml}});
  }
  return {{"case", scored.case_name},
          {"mean_dice", json_number(scored.mean_dice)},
          {"classes", std::move(classes)}};
}

Json definitions(const ScoreTable& table) {
  return {{"true_positive", "voxels of the class in truth and in prediction"},
          {"false_positive", "voxels of the class in the prediction only"},
          {"false_negative", "voxels of the class in the truth only"},
          {"dice", "2 TP / (2 TP + FP + FN)"},
          {"iou", "TP / (TP + FP + FN)"},
          {"volume_ml", "voxels times the product of the spacings in mm, divided by 1000"},
          {"mean", table.mean_rule}};
}

}  // namespace

std::string to_text(const ScoreTable& table) {
  std::string text = case_lines(table) + "\n" + mean_lines(table) + "\n";
  text += table.absent_rule + "\n" + table.mean_rule + "\n";
  for (const std::string& note : table.notes) {
    text += "note: " + printable(note) + "\n";
  }
  return text;
}

std::string to_csv(const ScoreTable& table) {
  std::string text =
      "case,class,dice,iou,true_positive,false_positive,false_negative,truth_volume_ml,"
      "prediction_volume_ml\n";
  for (const CaseScore& scored : table.cases) {
    for (const ClassScore& each : scored.classes) {
      text +=
          fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_field(scored.case_name),
                      csv_field(each.class_name), csv_number(each.dice), csv_number(each.iou),
                      each.counts.true_positive, each.counts.false_positive,
                      each.counts.false_negative, each.truth_volume_ml, each.prediction_volume_ml);
    }
  }
  return text;
}

std::string to_json(const ScoreTable& table) {
  Json means = Json::array();
  for (const ClassMean& mean : table.class_means) {
    means.push_back({{"class", mean.class_name},
                     {"dice", json_number(mean.dice)},
                     {"iou", json_number(mean.iou)},
                     {"counted_cases", mean.counted_cases}});
  }
  Json cases = Json::array();
  for (const CaseScore& scored : table.cases) {
    cases.push_back(json_of(scored));
  }
  const Json document = {{"definitions", definitions(table)},
                         {"absent_rule", table.absent_rule},
                         {"partial", table.partial},
                         {"notes", table.notes},
                         {"mean_dice", json_number(table.mean_dice)},
                         {"mean_iou", json_number(table.mean_iou)},
                         {"class_means", std::move(means)},
                         {"cases", std::move(cases)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace volseg::score
