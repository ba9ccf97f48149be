// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "volseg/core/error.h"
#include "volseg/core/resources.h"
#include "volseg/sample/batch_stream.h"
#include "volseg/train/internal/json_lines.h"
#include "volseg/train/internal/learner.h"

namespace volseg::train::internal {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr double kCheckpointIntervalSeconds = 30;
constexpr double kCheckpointCostFactor = 20;  // at most a twentieth of the time is spent saving
constexpr double kBestAverageDecay = 0.9;     // nnU-Net's average of patch-wise Dice
constexpr uint64_t kValidationSeedOffset = 0x56414C;

sample::SamplerOptions sampler_options(const LoopInput& input, bool augment) {
  sample::SamplerOptions options;
  options.patch_shape = input.plan.patch_shape;
  options.batch_size = input.plan.batch_size;
  options.foreground_fraction = input.recipe.foreground_fraction;
  options.output = input.plan.output;
  options.augmentation = input.recipe.augmentation;
  options.augment = augment;
  options.seed = augment ? input.seed : input.seed + kValidationSeedOffset;
  return options;
}

struct Validation {
  explicit Validation(int64_t classes) : counts(classes) {}
  double loss = 0;
  DiceCounts counts;
};

class Loop {
 public:
  explicit Loop(const LoopInput& input)
      : input_(input),
        recipe_(input.recipe),
        learner_(input.plan, recipe_, input.device, input.seed),
        sampler_(input.training, sampler_options(input, true)),
        metrics_(input.paths.metrics) {}

  TrainingState run() {
    restore();
    metrics_.keep_if("epoch",
                     [&](double epoch) { return epoch <= static_cast<double>(state_.epoch); });
    core::Progress progress(input_.progress, "train", recipe_.epochs * recipe_.steps_per_epoch,
                            "steps");
    progress.advance(state_.epoch * recipe_.steps_per_epoch + state_.step);
    start_stream();
    session_start_ = last_save_ = Clock::now();
    before_ = state_;
    while (state_.epoch < recipe_.epochs) {
      run_epoch(progress);
    }
    return state_;
  }

 private:
  void restore() {
    if (!input_.resume) {
      return;
    }
    const auto file = read_checkpoint(input_.paths, input_.progress);
    if (!file.has_value()) {
      return;
    }
    check_identity(*file, input_.identity, input_.progress);
    learner_.load(*file);
    state_ = parse_state(*file);
  }

  void start_stream() {
    const bool epoch_is_full = state_.step >= recipe_.steps_per_epoch;
    const int64_t epoch = state_.epoch + (epoch_is_full ? 1 : 0);
    const int threads = std::max(1, input_.identity.threads / 2);
    stream_ =
        std::make_unique<sample::BatchStream>(sampler_, epoch, epoch_is_full ? 0 : state_.step,
                                              recipe_.steps_per_epoch, threads, threads + 1);
  }

  void run_epoch(core::Progress& progress) {
    const Clock::time_point epoch_start = Clock::now();
    const double waited_before_s = stream_->waited_s();
    const int64_t first_step = state_.step;
    while (state_.step < recipe_.steps_per_epoch) {
      step();
      report(progress, epoch_start, waited_before_s);
      progress.advance();
      stop_if_asked();
      save_if_due();
    }
    const double seconds = core::seconds_since(epoch_start);
    const int64_t steps = state_.step - first_step;
    const std::optional<Validation> validation = validate();
    if (validation.has_value()) {
      progress.set("dice", validation->counts.mean_dice());
      keep_best(validation->counts.mean_dice());
    }
    add_metrics(validation, seconds, steps, stream_->waited_s() - waited_before_s);
    ++state_.epoch;
    state_.step = 0;
    state_.loss_sum = 0;
    save();
  }

  void step() {
    const int64_t number = state_.epoch * recipe_.steps_per_epoch + state_.step;
    sample::Batch batch = stream_->next();
    const double loss = learner_.train_step(batch, learning_rate(recipe_, number));
    stream_->give_back(std::move(batch));
    if (std::isnan(loss)) {
      throw Error(ErrorKind::kUsage, "train.step",
                  "step " + std::to_string(number) +
                      ": the loss is not a finite number, training diverged; lower learning_rate "
                      "or check the images' values");
    }
    ++state_.step;
    state_.loss_sum += loss;
    last_loss_ = loss;
  }

  void report(core::Progress& progress, Clock::time_point start, double waited_before_s) {
    const double seconds = std::max(core::seconds_since(start), 1e-9);
    progress.set("loss", last_loss_);
    progress.set("data_wait_percent", 100 * (stream_->waited_s() - waited_before_s) / seconds);
  }

  std::optional<Validation> validate() {
    const bool last = state_.epoch + 1 == recipe_.epochs;
    const int64_t every = std::max<int64_t>(1, recipe_.validation_every_epochs);
    if (input_.validation.empty() || (!last && (state_.epoch + 1) % every != 0)) {
      return std::nullopt;
    }
    try {
      return recipe_.validation_patches > 0 ? validate_patches() : validate_cases();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        save();
      }
      throw;
    }
  }

  Validation validate_patches() {
    const sample::PatchSampler sampler(input_.validation, sampler_options(input_, false));
    const int64_t size = input_.plan.batch_size;
    const int64_t batches = (recipe_.validation_patches + size - 1) / size;
    sample::Batch batch = sampler.make_batch();
    Validation result(classes());
    for (int64_t i = 0; i < batches; ++i) {
      for (int64_t slot = 0; slot < size; ++slot) {
        sampler.draw(static_cast<uint64_t>(state_.epoch), static_cast<uint64_t>(i), slot, batch);
      }
      result.loss += learner_.validate_batch(batch, result.counts) / static_cast<double>(batches);
      throw_if_cancelled();
    }
    return result;
  }

  Validation validate_cases() {
    Validation result(classes());
    const auto cases = static_cast<double>(input_.validation.size());
    for (const prepare::PreparedCase& prepared : input_.validation) {
      result.loss += learner_.validate_case(prepared, result.counts, input_.cancel) / cases;
    }
    return result;
  }

  void keep_best(double dice) {
    const bool patches = recipe_.validation_patches > 0;
    const bool first = !state_.has_best;
    const double average =
        first ? dice : kBestAverageDecay * state_.dice_average + (1 - kBestAverageDecay) * dice;
    state_.dice_average = average;
    const double score = patches ? average : dice;
    if (!first && score <= state_.best_dice) {
      return;
    }
    state_.has_best = true;
    state_.best_dice = score;
    learner_.save_weights(input_.paths.best, to_metadata(state_, input_.identity));
  }

  void add_metrics(const std::optional<Validation>& validation, double seconds, int64_t steps,
                   double waited_s) {
    Json line;
    line["epoch"] = state_.epoch + 1;
    line["steps"] = (state_.epoch + 1) * recipe_.steps_per_epoch;
    line["learning_rate"] = learning_rate(recipe_, line["steps"].get<int64_t>() - 1);
    line["loss"] = state_.loss_sum / static_cast<double>(std::max<int64_t>(1, state_.step));
    line["validation_loss"] = validation ? Json(validation->loss) : Json();
    line["validation_dice"] = validation ? Json(validation->counts.mean_dice()) : Json();
    if (validation) {
      const auto dice = validation->counts.dice();
      for (size_t i = 0; i < dice.size(); ++i) {
        line["class_dice"][input_.plan.class_names[i]] = dice[i] ? Json(*dice[i]) : Json();
      }
    }
    line["seconds"] = seconds;
    line["data_wait_fraction"] = seconds > 0 ? waited_s / seconds : 0.0;
    line["steps_per_second"] = seconds > 0 ? static_cast<double>(steps) / seconds : 0.0;
    metrics_.append(line.dump());
  }

  void throw_if_cancelled() const {
    if (input_.cancel != nullptr) {
      input_.cancel->throw_if_requested("train");
    }
  }

  void stop_if_asked() {
    if (input_.cancel != nullptr && input_.cancel->requested()) {
      save();
      throw_if_cancelled();
    }
  }

  void save_if_due() {
    const double interval_s =
        std::max(kCheckpointIntervalSeconds, kCheckpointCostFactor * last_save_cost_s_);
    if (core::seconds_since(last_save_) >= interval_s) {
      save();
    }
  }

  void save() {
    const Clock::time_point start = Clock::now();
    state_.elapsed_s = before_.elapsed_s + core::seconds_since(session_start_);
    state_.waited_s = before_.waited_s + stream_->waited_s();
    save_checkpoint(input_.paths, learner_, state_, input_.identity);
    last_save_ = Clock::now();
    last_save_cost_s_ = core::seconds_since(start);
  }

  [[nodiscard]] int64_t classes() const { return std::ssize(input_.plan.class_names); }

  const LoopInput& input_;
  const plan::Recipe& recipe_;
  Learner learner_;
  sample::PatchSampler sampler_;
  JsonLines metrics_;
  std::unique_ptr<sample::BatchStream> stream_;
  TrainingState state_;
  TrainingState before_;  // of this session
  Clock::time_point session_start_;
  Clock::time_point last_save_;
  double last_save_cost_s_ = 0;
  double last_loss_ = 0;
};

}  // namespace

double learning_rate(const plan::Recipe& recipe, int64_t step) {
  if (step < recipe.warmup_steps) {
    return recipe.learning_rate * static_cast<double>(step + 1) /
           static_cast<double>(recipe.warmup_steps);
  }
  const int64_t total = recipe.epochs * recipe.steps_per_epoch - recipe.warmup_steps;
  const double done = static_cast<double>(step - recipe.warmup_steps) /
                      static_cast<double>(std::max<int64_t>(1, total));
  return recipe.learning_rate * std::pow(std::max(0.0, 1.0 - done), recipe.polynomial_power);
}

TrainingState run_loop(const LoopInput& input) { return Loop(input).run(); }

}  // namespace volseg::train::internal
