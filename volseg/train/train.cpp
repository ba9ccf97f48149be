// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/train.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/resources.h"
#include "volseg/core/text.h"
#include "volseg/dataset/dataset.h"
#include "volseg/network/device.h"
#include "volseg/plan/fingerprint.h"
#include "volseg/plan/plan.h"
#include "volseg/plan/recipe.h"
#include "volseg/prepare/case_store.h"
#include "volseg/train/internal/checkpoint.h"
#include "volseg/train/internal/identity.h"
#include "volseg/train/internal/json_lines.h"
#include "volseg/train/internal/loop.h"
#include "volseg/train/internal/run_folder.h"

namespace volseg::train {

namespace {

using internal::RunIdentity;
using internal::RunPaths;
using internal::TrainingState;
using Json = nlohmann::ordered_json;

// What a resumed training was not told anew is taken from its run.
TrainOptions with_recorded(TrainOptions options) {
  const RunPaths paths(options.run, options.fold);
  if (options.resume && std::filesystem::exists(paths.config)) {
    const internal::RecordedSettings recorded = internal::recorded_settings(paths);
    options.seed = options.seed.value_or(recorded.seed);
    if (options.recipe.empty()) {
      const plan::Recipe before = plan::apply_yaml({}, recorded.recipe_yaml);
      options.recipe_yaml = plan::to_yaml(plan::apply_yaml(before, options.recipe_yaml));
    }
  }
  options.seed = options.seed.value_or(0);
  if (options.recipe.empty()) {
    options.recipe = "nnunet";
  }
  return options;
}

plan::Recipe resolve_recipe(const TrainOptions& options) {
  plan::Recipe recipe = plan::apply_yaml(plan::recipe_named(options.recipe), options.recipe_yaml);
  recipe.epochs = options.epochs.value_or(recipe.epochs);
  recipe.steps_per_epoch = options.steps_per_epoch.value_or(recipe.steps_per_epoch);
  if (recipe.epochs < 1 || recipe.steps_per_epoch < 1) {
    throw Error(ErrorKind::kUsage, "train.recipe",
                "epochs " + std::to_string(recipe.epochs) + " and steps_per_epoch " +
                    std::to_string(recipe.steps_per_epoch) + "; both must be 1 or more");
  }
  return recipe;
}

dataset::Split split_of(const dataset::Dataset& data, int fold) {
  std::vector<dataset::Split> splits = data.splits();
  if (fold < 0 || fold >= std::ssize(splits)) {
    throw Error(ErrorKind::kUsage, "train.fold",
                "fold " + std::to_string(fold) + "; " + data.path().string() + " has " +
                    core::counted(std::ssize(splits), "fold") + ", counted from 0");
  }
  return splits[static_cast<size_t>(fold)];
}

plan::Plan resolve_plan(const TrainOptions& options, const RunPaths& paths,
                        const dataset::Dataset& data, const plan::Recipe& recipe, bool bound) {
  if (!options.plan.empty()) {
    return plan::read_plan(options.plan);
  }
  if (bound && std::filesystem::exists(paths.plan)) {
    return plan::read_plan(paths.plan);
  }
  return plan::make_plan(plan::take_fingerprint(data, options.work), recipe);
}

void check_plan(const plan::Plan& plan, const dataset::Dataset& data) {
  const auto channels = static_cast<int64_t>(plan.class_names.size()) +
                        (plan.output == plan::OutputKind::kSoftmax ? 1 : 0);
  if (plan.class_names != data.class_names() || plan.network.output_channels != channels) {
    throw Error(ErrorKind::kUsage, "train.plan",
                "the plan's classes or output channels are not the dataset's; plan again");
  }
}

// An earlier fold's settings bind the folds trained after it.
void check_settings(const RunPaths& paths, const RunIdentity& identity) {
  const std::string difference =
      internal::first_difference(core::read_text(paths.config), identity.config, false);
  if (!difference.empty()) {
    throw Error(ErrorKind::kUsage, "train.settings",
                paths.config.string() + ": a setting changed, " + difference +
                    "; give the same settings, or another run folder");
  }
}

void check_recorded_plan(const RunPaths& paths, const RunIdentity& identity) {
  if (std::filesystem::exists(paths.plan) && core::read_text(paths.plan) != identity.plan_json) {
    throw Error(ErrorKind::kUsage, "train.plan",
                paths.plan.string() + ": another plan is in this run; use another run folder");
  }
}

// Plans, and makes sure that settings and plan are those of a run with trained folds.
plan::Plan settle(const TrainOptions& options, const RunPaths& paths, const dataset::Dataset& data,
                  const plan::Recipe& recipe, RunIdentity& identity) {
  const bool bound = internal::binds_settings(paths, options.overwrite);
  if (bound) {
    check_settings(paths, identity);
  }
  plan::Plan plan = resolve_plan(options, paths, data, recipe, bound);
  check_plan(plan, data);
  identity.plan_json = plan::to_json(plan);
  if (bound) {
    check_recorded_plan(paths, identity);
  }
  return plan;
}

void write_run_folder(const TrainOptions& options, const RunPaths& paths,
                      const RunIdentity& identity) {
  internal::make_run_folder(paths, internal::binds_settings(paths, options.overwrite));
  core::write_text(paths.config, identity.config, core::Overwrite::kYes);
  core::write_text(paths.plan, identity.plan_json, core::Overwrite::kYes);
}

std::vector<prepare::PreparedCase> load_cases(const prepare::CaseStore& store,
                                              const std::vector<const dataset::Row*>& rows) {
  std::vector<prepare::PreparedCase> cases;
  for (const dataset::Row* row : rows) {
    cases.push_back(store.load(*row));
  }
  return cases;
}

void write_summary(const RunPaths& paths, const TrainSummary& summary) {
  const Json json{
      {"epochs", summary.epochs},         {"steps", summary.steps},
      {"training_s", summary.training_s}, {"data_wait_fraction", summary.data_wait_fraction},
      {"best_dice", summary.best_dice},   {"peak_memory_bytes", summary.peak_memory_bytes},
      {"device", summary.device},         {"precision", summary.precision}};
  core::write_text(paths.summary, json.dump(2) + "\n", core::Overwrite::kYes);
}

TrainSummary summarise(const TrainingState& state, const plan::Recipe& recipe,
                       const network::ComputeDevice& device, const RunPaths& paths) {
  TrainSummary summary;
  summary.epochs = state.epoch;
  summary.steps = state.epoch * recipe.steps_per_epoch;
  summary.training_s = state.elapsed_s;
  summary.data_wait_fraction = state.elapsed_s > 0 ? state.waited_s / state.elapsed_s : 0;
  summary.best_dice = state.best_dice;
  summary.peak_memory_bytes = core::peak_memory_bytes();
  summary.device = device.name();
  summary.precision = device.precision();
  write_summary(paths, summary);
  return summary;
}

/// Passes everything on and keeps the lines for people in log.jsonl.
class LoggingSink : public core::ProgressSink {
 public:
  LoggingSink(const RunPaths& paths, core::ProgressSink* next) : log_(paths.log), next_(next) {}
  void update(const core::ProgressEvent& event) override {
    if (next_ != nullptr) {
      next_->update(event);
    }
  }
  void message(std::string_view text) override {
    log_.append(Json{{"message", text}}.dump());
    if (next_ != nullptr) {
      next_->message(text);
    }
  }

 private:
  internal::JsonLines log_;
  core::ProgressSink* next_;
};

void tell_choices(core::ProgressSink& sink, const dataset::Dataset& data, const plan::Plan& plan,
                  const network::ComputeDevice& device) {
  for (const auto* lines : {&data.detected(), &data.warnings(), &plan.notes}) {
    for (const std::string& line : *lines) {
      sink.message(line);
    }
  }
  const std::string reason = device.reason.empty() ? "" : " (" + device.reason + ")";
  sink.message("device: " + device.name() + ", " + std::string(device.precision()) + ", " +
               std::to_string(network::compute_threads()) + " threads" + reason);
}

}  // namespace

TrainSummary train(const TrainOptions& given) {
  TrainOptions options = with_recorded(given);
  const plan::Recipe recipe = resolve_recipe(options);
  const network::ComputeDevice device = network::open_device(options.device, options.work.threads);
  const dataset::Dataset data = dataset::Dataset::open(options.dataset, options.import_settings);
  const dataset::Split split = split_of(data, options.fold);

  const RunPaths paths(options.run, options.fold);
  const bool resume = internal::check_run_folder(paths, options.resume, options.overwrite);
  RunIdentity identity = internal::identify(options, recipe, data, network::compute_threads());
  const plan::Plan plan = settle(options, paths, data, recipe, identity);
  prepare::CaseStore store(paths.prepared);
  store.prepare(data, split.training, plan, options.work);
  store.prepare(data, split.validation, plan, options.work);
  const auto training = load_cases(store, split.training);
  const auto validation = load_cases(store, split.validation);

  write_run_folder(options, paths, identity);
  LoggingSink sink(paths, options.work.progress);
  tell_choices(sink, data, plan, device);
  const internal::LoopInput input{.plan = plan,
                                  .recipe = recipe,
                                  .device = device,
                                  .paths = paths,
                                  .identity = identity,
                                  .training = training,
                                  .validation = validation,
                                  .seed = options.seed.value_or(0),
                                  .resume = resume,
                                  .progress = &sink,
                                  .cancel = options.work.cancel};
  return summarise(internal::run_loop(input), recipe, device, paths);
}

}  // namespace volseg::train
