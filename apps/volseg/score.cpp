// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/report/score_page.h"

namespace volseg::app {

namespace {

using score::MetricGroup;

struct ScoreFlags {
  std::filesystem::path truth;
  std::vector<std::filesystem::path> predictions;
  std::vector<std::string> names;
  std::filesystem::path json;
  std::filesystem::path csv;
  std::filesystem::path html;
  int64_t pictures = 6;
  std::vector<std::string> groups = {"overlap", "surface"};
  std::vector<std::string> tolerances;
  std::string when_absent = "nan";
  std::string surface = "voxel";
  int connectivity = 26;
  score::ScoreOptions options;
  score::TextOptions text;
  ImportFlags import_settings;
  bool list_metrics = false;
  bool force = false;
};

// The value whose name is `name`, which CLI11 has checked.
template <typename Value>
Value named(std::initializer_list<Value> values, const std::string& name) {
  const auto* found = std::find_if(values.begin(), values.end(),
                                   [&](Value value) { return score::name_of(value) == name; });
  return found == values.end() ? *values.begin() : *found;
}

std::vector<MetricGroup> groups_of(const std::vector<std::string>& names) {
  std::vector<MetricGroup> groups;
  for (const MetricGroup group : score::all_metric_groups()) {
    for (const std::string& name : names) {
      if (name == "all" || name == score::name_of(group)) {
        groups.push_back(group);
        break;
      }
    }
  }
  return groups;
}

double tolerance_of(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) {
    throw Error(ErrorKind::kUsage, "volseg.score",
                "--tolerance \"" + text + "\": expected millimetres such as 1.5, or CLASS=1.5");
  }
  return value;
}

// "1.5" for every class, "liver=2" for one.
void take_tolerances(const std::vector<std::string>& texts, score::MetricSettings& settings) {
  for (const std::string& text : texts) {
    const size_t equals = text.rfind('=');
    if (equals == std::string::npos) {
      settings.tolerance_mm = tolerance_of(text);
    } else {
      settings.class_tolerances_mm[text.substr(0, equals)] = tolerance_of(text.substr(equals + 1));
    }
  }
}

void check_outputs(const ScoreFlags& flags) {
  for (const auto& output : {flags.json, flags.csv, flags.html}) {
    check_text_output(output, overwrite_of(flags.force), flags.truth);
    for (const auto& prediction : flags.predictions) {
      check_text_output(output, overwrite_of(flags.force), prediction);
    }
  }
  if (flags.html == "-") {
    throw Error(ErrorKind::kUsage, "volseg.score", "--html -: a page needs a file; name one");
  }
  if (!flags.html.empty() && (flags.html == flags.json || flags.html == flags.csv)) {
    throw Error(ErrorKind::kUsage, "volseg.score", "--html names the file of --json or --csv");
  }
  if (!flags.json.empty() && flags.json == flags.csv) {
    throw Error(ErrorKind::kUsage, "volseg.score", "--json and --csv name the same file");
  }
}

// The metric of rankings must be one that is computed and has a better direction.
void check_rank_by(const std::string& key, const score::MetricSettings& settings) {
  std::vector<std::string> keys;
  for (const score::Metric& metric : score::metrics_of(settings)) {
    if (metric.direction != score::Direction::kNone && metric.scope == score::MetricScope::kClass) {
      keys.push_back(metric.key);
    }
  }
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    const std::vector<std::string> near = core::near_names(key, keys, 3);
    throw Error(ErrorKind::kUsage, "volseg.score",
                fmt::format("--rank-by {}: not a metric that is computed; near are {}", key,
                            fmt::join(near, ", ")));
  }
}

score::ScoreOptions options_of(const ScoreFlags& flags, const Session& session) {
  score::ScoreOptions options = flags.options;
  options.sides.import_settings = flags.import_settings.resolve();
  options.work = session.work();
  using score::WhenAbsent;
  using Surface = score::SurfaceDefinition;
  options.metrics.groups = groups_of(flags.groups);
  options.metrics.when_absent =
      named({WhenAbsent::kNan, WhenAbsent::kOne, WhenAbsent::kZero}, flags.when_absent);
  options.metrics.surface =
      named({Surface::kVoxel, Surface::kElement, Surface::kBoundary}, flags.surface);
  options.metrics.lesion_connectivity = flags.connectivity == 6    ? mask::Connectivity::k6
                                        : flags.connectivity == 18 ? mask::Connectivity::k18
                                                                   : mask::Connectivity::k26;
  take_tolerances(flags.tolerances, options.metrics);
  return options;
}

void run_score(const ScoreFlags& flags, Session& session) {
  const score::ScoreOptions options = options_of(flags, session);
  score::check_metric_settings(options.metrics);
  if (flags.list_metrics) {
    score::MetricSettings all = options.metrics;
    all.groups = score::all_metric_groups();
    write_output("", score::metric_list(all), core::Overwrite::kNo);
    return;
  }
  score::TextOptions text = flags.text;
  text.verbose = session.verbose;
  if (!text.rank_by.empty()) {
    check_rank_by(text.rank_by, options.metrics);
  }
  check_outputs(flags);
  const score::SetScores scores =
      score::score_sets(flags.truth, flags.predictions, flags.names, options);
  if (!flags.json.empty()) {
    write_output(flags.json, score::to_json(scores), overwrite_of(flags.force));
  }
  if (!flags.csv.empty()) {
    write_output(flags.csv, score::to_csv(scores), overwrite_of(flags.force));
  }
  if (!flags.html.empty()) {
    report::write_score_page(scores,
                             {.truth = flags.truth,
                              .predictions = flags.predictions,
                              .scoring = options,
                              .rank_by = text.rank_by,
                              .pictures = flags.pictures,
                              .csv = flags.csv == "-" ? "" : flags.csv},
                             flags.html, overwrite_of(flags.force));
  }
  if (flags.json != "-" && flags.csv != "-") {
    write_output("", score::to_text(scores, text), core::Overwrite::kNo);
  }
  session.exit_code = score::is_partial(scores) ? kExitFindings : 0;
}

void add_lesion_flags(CLI::App& group, ScoreFlags& flags) {
  score::MetricSettings& settings = flags.options.metrics;
  group
      .add_option("--lesion-connectivity", flags.connectivity,
                  "Voxels of a lesion share a face (6), also an edge (18), also a corner (26)")
      ->check(CLI::IsMember({6, 18, 26}))
      ->capture_default_str();
  group
      .add_option("--lesion-threshold", settings.lesion_threshold_fraction,
                  "IoU above which two lesions may match; 0: any shared voxel")
      ->capture_default_str();
  group.add_option("--smallest-lesion-voxels", settings.smallest_lesion_voxels,
                   "Ignore smaller lesions on both sides");
  group.add_option("--smallest-lesion-ml", settings.smallest_lesion_ml, "The same by volume");
}

void add_metric_flags(CLI::App& command, ScoreFlags& flags) {
  auto* group = command.add_option_group("Metrics", "What is computed, and how");
  score::MetricSettings& settings = flags.options.metrics;
  group->add_option("--metrics", flags.groups, "Groups of metrics")
      ->delimiter(',')
      ->check(CLI::IsMember({"overlap", "surface", "lesions", "topology", "all"}))
      ->capture_default_str();
  group
      ->add_option("--when-absent", flags.when_absent,
                   "Class absent on both sides: not counted, perfect score, worst score")
      ->check(CLI::IsMember({"nan", "one", "zero"}))
      ->capture_default_str();
  group
      ->add_option("--surface", flags.surface,
                   "Surface voxels; elements of a contour by area; or its boundary points")
      ->check(CLI::IsMember({"voxel", "element", "boundary"}))
      ->capture_default_str();
  group
      ->add_option("--tolerance", flags.tolerances,
                   "Of surface Dice in mm (default 1); CLASS=MM for one class; may be repeated")
      ->delimiter(',');
  group->add_option("--percentile", settings.percentile, "Of the Hausdorff distance")
      ->capture_default_str();
  add_lesion_flags(*group, flags);
  group->add_option("--seed", settings.seed, "Of bootstrap intervals")->capture_default_str();
}

void add_matching_flags(CLI::App& command, ScoreFlags& flags) {
  score::ComparisonSettings& sides = flags.options.sides;
  command.add_option("--names", flags.names, "Names of the sets: A,B (default: from the paths)")
      ->delimiter(',');
  command.add_option("--rank-by", flags.text.rank_by,
                     "Metric of rankings and of the worst cases (default: the first)");
  command.add_option("--classes", sides.class_names, "Only these classes of the truth")
      ->delimiter(',');
  command.add_option("--label-names", sides.label_names,
                     "JSON or text file that names the values of label maps");
  command.add_option("--threshold", sides.probability_threshold,
                     "Read predictions as probabilities: above it a voxel is of the class");
  command
      .add_option("--part", sides.part, "Table of a truth dataset: auto, train, validation or test")
      ->check(CLI::IsMember({"auto", "train", "validation", "test"}));
  command
      .add_option("--fold", sides.fold,
                  "Only the cases of a truth dataset that this fold holds out")
      ->check(CLI::Range(0, 9999));
}

void add_page_flags(CLI::App& command, ScoreFlags& flags) {
  command.add_option("--html", flags.html, "Page with charts and pictures of the worst cases");
  command.add_option("--pictures", flags.pictures, "Of worst cases in the page, for each set")
      ->check(CLI::Range(int64_t{0}, report::kMostScorePictures))
      ->capture_default_str();
}

}  // namespace

void add_score_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("score", "Score predictions against the truth");
  const auto flags = std::make_shared<ScoreFlags>();
  auto* truth =
      command->add_option("truth", flags->truth, "Dataset, folder of label maps, or label map");
  auto* prediction = command->add_option("predictions", flags->predictions,
                                         "The same, of predictions; several sets are compared");
  command->add_option("--json", flags->json, "JSON file with everything; - for standard output");
  command->add_option("--csv", flags->csv, "CSV file, a row for each case, class and metric");
  command->add_flag("-v,--verbose", session.verbose, "Every case, statistic and definition");
  add_page_flags(*command, *flags);
  add_matching_flags(*command, *flags);
  add_metric_flags(*command, *flags);
  command->add_flag("--list-metrics", flags->list_metrics, "Tell every metric and its definition")
      ->excludes(truth)
      ->excludes(prediction);
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Exit code 1 when the result is partial: a case failed, or a case or class of the truth has\n"
      "no prediction.\n"
      "Examples:\n"
      "  volseg score dataset.zip predictions\n"
      "  volseg score labelsTr model_a model_b --rank-by surface_dice --tolerance 2,tumour=1\n"
      "  volseg score dataset.zip predictions --metrics all --json scores.json --csv scores.csv\n"
      "  volseg score --list-metrics");
  command->callback([flags, &session] {
    if (!flags->list_metrics && flags->truth.empty()) {
      throw CLI::RequiredError("truth");
    }
    if (!flags->list_metrics && flags->predictions.empty()) {
      throw CLI::RequiredError("predictions");
    }
    run_score(*flags, session);
  });
}

}  // namespace volseg::app
