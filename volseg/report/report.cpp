// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <optional>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/report/internal/case_pictures.h"
#include "volseg/report/internal/charts.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/number_text.h"
#include "volseg/report/internal/run_record.h"
#include "volseg/report/internal/summary_tiles.h"
#include "volseg/report/slices.h"
#include "volseg/score/score.h"

namespace volseg::report {

namespace {

using internal::Cell;
using internal::Chart;
using internal::ChartLine;
using internal::EpochRecord;
using internal::RunRecord;

constexpr size_t kMostPictureClasses = 12;
constexpr size_t kMostNames = 20;
constexpr std::array<uint8_t, 3> kMainColor{31, 111, 235};
constexpr std::array<uint8_t, 3> kSecondColor{230, 120, 40};

ChartLine line_of(const RunRecord& run, const std::string& name,
                  const std::array<uint8_t, 3>& color, std::optional<double> EpochRecord::*field) {
  ChartLine line{.name = name, .color = color, .values = {}, .main = true};
  for (const EpochRecord& epoch : run.epochs) {
    line.values.push_back(epoch.*field);
  }
  return line;
}

ChartLine class_line(const RunRecord& run, size_t index) {
  ChartLine line{.name = run.plan.class_names[index],
                 .color = class_color(static_cast<int64_t>(index)),
                 .values = {}};
  for (const EpochRecord& epoch : run.epochs) {
    line.values.push_back(epoch.class_dice[index]);
  }
  return line;
}

std::string curves(const RunRecord& run) {
  std::vector<double> x;
  x.reserve(run.epochs.size());
  for (const EpochRecord& epoch : run.epochs) {
    x.push_back(epoch.epoch);
  }
  const Chart loss{
      .title = "Loss",
      .x_name = "epoch",
      .x = x,
      .lines = {line_of(run, "training", kMainColor, &EpochRecord::loss),
                line_of(run, "validation", kSecondColor, &EpochRecord::validation_loss)},
      .y_range = {}};
  Chart dice{.title = "Validation Dice",
             .x_name = "epoch",
             .x = x,
             .lines = {},
             .y_range = std::array{0.0, 1.0}};
  for (size_t i = 0; i < run.plan.class_names.size(); ++i) {
    dice.lines.push_back(class_line(run, i));
  }
  dice.lines.push_back(line_of(run, "mean", kMainColor, &EpochRecord::validation_dice));
  const Chart rate{
      .title = "Learning rate",
      .x_name = "epoch",
      .x = x,
      .lines = {line_of(run, "learning rate", kMainColor, &EpochRecord::learning_rate)},
      .y_range = {}};
  const Chart seconds{.title = "Seconds an epoch",
                      .x_name = "epoch",
                      .x = x,
                      .lines = {line_of(run, "seconds", kMainColor, &EpochRecord::seconds)},
                      .y_range = {}};
  std::string html = "<div class=\"charts\">\n";
  for (const Chart& chart : {loss, dice, rate, seconds}) {
    html += internal::line_chart(chart);
  }
  return html + "</div>\n";
}

std::string timings(const RunRecord& run) {
  std::vector<std::vector<Cell>> rows;
  rows.reserve(run.epochs.size());
  for (const EpochRecord& epoch : run.epochs) {
    rows.push_back(
        {{fmt::format("{:g}", epoch.epoch), true},
         {epoch.seconds ? fmt::format("{:.1f}", *epoch.seconds) : "-", true},
         {epoch.data_wait_fraction ? internal::percent_text(*epoch.data_wait_fraction) : "-",
          true}});
  }
  return rows.empty() ? internal::html_missing("Timings")
                      : internal::html_table({"epoch", "seconds", "share waiting for data"}, rows);
}

std::string choice_table(const plan::Plan& plan) {
  const bool softmax = plan.output == plan::OutputKind::kSoftmax;
  return internal::html_table(
      {"choice", "value"},
      {{{"recipe"}, {plan.recipe}},
       {{"spacing, coarsest axis first"},
        {fmt::format("{:.4g} mm", fmt::join(plan.spacing_mm, " x "))}},
       {{"patch"}, {core::to_string(plan.patch_shape)}},
       {{"batch size"}, {std::to_string(plan.batch_size)}},
       {{"median shape"}, {core::to_string(plan.median_shape)}},
       {{"output"}, {softmax ? "softmax: one class a voxel" : "sigmoid: classes may overlap"}},
       {{"classes"}, {fmt::format("{}", fmt::join(plan.class_names, ", "))}}});
}

std::string stage_table(const plan::NetworkPlan& network) {
  std::vector<std::vector<Cell>> rows;
  for (size_t i = 0; i < network.stages.size(); ++i) {
    const plan::Stage& stage = network.stages[i];
    rows.push_back({{std::to_string(i), true},
                    {std::to_string(stage.features), true},
                    {fmt::format("{}", fmt::join(stage.kernel, " x "))},
                    {fmt::format("{}", fmt::join(stage.stride, " x "))},
                    {std::to_string(stage.encoder_convolutions), true},
                    {std::to_string(stage.decoder_convolutions), true}});
  }
  return internal::html_table(
      {"stage", "features", "kernel", "stride", "encoder convolutions", "decoder convolutions"},
      rows);
}

std::string settings(const RunRecord& run) {
  return run.config ? "<pre>" + internal::escape_html(*run.config) + "</pre>\n"
                    : internal::html_missing("config.yaml");
}

std::string mean_table(const score::ScoreTable& scores) {
  std::vector<std::vector<Cell>> rows;
  rows.reserve(scores.class_names.size() + 1);
  for (size_t i = 0; i < scores.class_names.size(); ++i) {
    rows.push_back({{scores.class_names[i]},
                    {internal::score_text(scores.class_mean(i, "dice")), true},
                    {internal::score_text(scores.class_mean(i, "iou")), true},
                    {std::to_string(scores.counted_cases(i, "dice")), true}});
  }
  rows.push_back({{"all classes"},
                  {internal::score_text(scores.mean("dice")), true},
                  {internal::score_text(scores.mean("iou")), true},
                  {std::to_string(scores.cases.size()), true}});
  return internal::html_table({"class", "Dice", "IoU", "cases"}, rows);
}

std::string volume_text(const score::MetricValue& volume_ml) {
  return volume_ml ? fmt::format("{:.2f}", *volume_ml) : "-";
}

std::string case_table(const score::ScoreTable& scores) {
  std::vector<std::vector<Cell>> rows;
  for (const score::CaseScore& scored : scores.cases) {
    for (const score::ClassScore& each : scored.classes) {
      rows.push_back({{scored.case_name},
                      {each.class_name},
                      {internal::score_text(scores.value(each, "dice")), true},
                      {internal::score_text(scores.value(each, "iou")), true},
                      {volume_text(scores.value(each, "truth_volume_ml")), true},
                      {volume_text(scores.value(each, "prediction_volume_ml")), true}});
    }
  }
  return internal::html_table({"case", "class", "Dice", "IoU", "truth ml", "prediction ml"}, rows);
}

std::string quiet_lines(const std::vector<std::string>& lines) {
  std::string html;
  for (const std::string& line : lines) {
    html += "<p class=\"quiet\">" + internal::escape_html(line) + "</p>\n";
  }
  return html;
}

std::string score_tables(const score::ScoreTable& scores) {
  return "<h3>Means</h3>" + mean_table(scores) + "<h3>Cases</h3>" + case_table(scores) +
         quiet_lines(score::rules_of(scores.settings)) +
         quiet_lines(score::findings_of(scores, kMostNames)) + quiet_lines(scores.notes);
}

std::string class_pictures_intro(const score::ScoreTable& scores) {
  std::string html =
      "<h3>Each class, best and worst case</h3>\n"
      "<p class=\"quiet\">Solid line in the class colour: truth. Dashed white line: prediction. "
      "Each picture goes through the middle of its class.</p>\n";
  if (scores.class_names.size() > kMostPictureClasses) {
    html += fmt::format("<p class=\"quiet\">The {} of {} classes with the lowest mean Dice.</p>\n",
                        kMostPictureClasses, scores.class_names.size());
  }
  return html;
}

std::string pictures(const ReportOptions& options, const score::Comparison& comparison,
                     const score::ScoreTable& scores) {
  std::vector<internal::PictureRequest> requests =
      internal::choose_pictures(scores, kMostPictureClasses);
  const std::optional<internal::PictureRequest> overview = internal::choose_overview(scores);
  if (!overview) {
    return internal::html_missing("Pictures");
  }
  requests.insert(requests.begin(), *overview);
  const std::vector<std::string> figures =
      internal::draw_pictures(options.truth, comparison, requests, options.work.progress);
  std::string html = "<h3>All classes</h3>\n" + figures.front() + class_pictures_intro(scores);
  for (size_t i = 1; i < figures.size(); ++i) {
    html += figures[i];
  }
  return html;
}

std::string scored_sections(const ReportOptions& options) {
  if (options.truth.empty() || options.prediction.empty()) {
    return internal::html_section(
        "Scores", internal::html_missing("Scores and pictures (give --truth and --prediction)"));
  }
  score::ScoreOptions score_options;
  score_options.work = options.work;
  score_options.metrics.groups = {score::MetricGroup::kOverlap};
  const score::Comparison comparison(options.truth, options.prediction, score_options.sides);
  const score::ScoreTable scores = score::score_comparison(comparison, score_options);
  return internal::html_section("Scores", score_tables(scores)) +
         internal::html_section("Truth and prediction", pictures(options, comparison, scores));
}

}  // namespace

std::filesystem::path write_report(const ReportOptions& options) {
  if (options.truth.empty() != options.prediction.empty()) {
    throw Error(ErrorKind::kUsage, "report.write_report",
                "only one of truth and prediction is given; scores need both");
  }
  if (!options.output.empty()) {
    core::check_output(options.output, options.overwrite);
  }
  const RunRecord run = internal::read_run(options.run, options.fold);
  std::filesystem::path output =
      options.output.empty() ? options.run / "report.html" : options.output;
  const std::string sections =
      internal::html_section("Summary", internal::summary_tiles(run)) +
      internal::html_section("Training", curves(run)) + scored_sections(options) +
      internal::html_section("Plan", choice_table(run.plan) + "<h3>Network</h3>" +
                                         stage_table(run.plan.network) +
                                         quiet_lines(run.plan.notes)) +
      internal::html_section("Settings", settings(run)) +
      internal::html_section("Timings", timings(run));
  const std::string subtitle = fmt::format(
      "{}, fold {}", std::filesystem::absolute(options.run).filename().string(), options.fold);
  core::write_text(output, internal::html_page("volseg report", subtitle, sections),
                   options.overwrite);
  return output;
}

}  // namespace volseg::report
