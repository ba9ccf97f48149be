// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/checkpoint.h"

#include <array>
#include <charconv>
#include <system_error>

#include "volseg/core/error.h"

namespace volseg::train::internal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFormatName = "volseg checkpoint 1";

// The shortest text that reads back as the same number.
template <typename T>
std::string exact(T value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

template <typename T>
T number(const network::WeightsFile& file, const std::string& key) {
  const std::string& text = file.text(key);
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) {
    throw Error(ErrorKind::kFormat, "train.checkpoint",
                file.name() + ": metadata " + key + " is \"" + text + "\"; expected a number");
  }
  return value;
}

void check_same(const network::WeightsFile& file, const std::string& key, const std::string& now,
                std::string_view what) {
  if (file.text(key) != now) {
    throw Error(ErrorKind::kUsage, "train.resume",
                file.name() + ": the " + std::string(what) +
                    " is not the one that this training began with; start a new run folder");
  }
}

}  // namespace

std::map<std::string, std::string> to_metadata(const TrainingState& state,
                                               const RunIdentity& identity) {
  return {{"format", std::string(kFormatName)},
          {"epoch", exact(state.epoch)},
          {"step", exact(state.step)},
          {"loss_sum", exact(state.loss_sum)},
          {"best_dice", exact(state.best_dice)},
          {"has_best", exact(state.has_best ? 1 : 0)},
          {"dice_average", exact(state.dice_average)},
          {"elapsed_s", exact(state.elapsed_s)},
          {"waited_s", exact(state.waited_s)},
          {"config", identity.config},
          {"plan", identity.plan_json},
          {"dataset_key", identity.dataset_key},
          {"class_names", identity.class_names},
          {"threads", exact(identity.threads)}};
}

TrainingState parse_state(const network::WeightsFile& file) {
  TrainingState state;
  state.epoch = number<int64_t>(file, "epoch");
  state.step = number<int64_t>(file, "step");
  state.loss_sum = number<double>(file, "loss_sum");
  state.best_dice = number<double>(file, "best_dice");
  state.has_best = number<int>(file, "has_best") != 0;
  state.dice_average = number<double>(file, "dice_average");
  state.elapsed_s = number<double>(file, "elapsed_s");
  state.waited_s = number<double>(file, "waited_s");
  if (state.epoch < 0 || state.step < 0) {
    throw Error(ErrorKind::kFormat, "train.checkpoint",
                file.name() + ": epoch or step in its metadata is negative");
  }
  return state;
}

void check_identity(const network::WeightsFile& file, const RunIdentity& identity,
                    core::ProgressSink* progress) {
  const std::string difference = first_difference(file.text("config"), identity.config, true);
  if (!difference.empty()) {
    throw Error(ErrorKind::kUsage, "train.resume",
                file.name() + ": a setting changed, " + difference +
                    "; give the same settings, or start a new run folder");
  }
  check_same(file, "dataset_key", identity.dataset_key, "dataset");
  check_same(file, "class_names", identity.class_names, "list of classes");
  check_same(file, "plan", identity.plan_json, "plan");
  const auto threads = number<int>(file, "threads");
  if (threads != identity.threads && progress != nullptr) {
    progress->message("resumed with " + std::to_string(identity.threads) + " threads instead of " +
                      std::to_string(threads) + ": results agree, but not to the last bit");
  }
}

void save_checkpoint(const RunPaths& paths, Learner& learner, const TrainingState& state,
                     const RunIdentity& identity) {
  learner.save(paths.next, to_metadata(state, identity));
  std::error_code code;
  if (fs::exists(paths.last, code)) {
    fs::rename(paths.last, paths.previous, code);
  }
  fs::rename(paths.next, paths.last, code);
  if (code) {
    throw Error(ErrorKind::kIo, "train.checkpoint",
                paths.last.string() + ": cannot be put in place: " + code.message());
  }
}

std::optional<network::WeightsFile> read_checkpoint(const RunPaths& paths,
                                                    core::ProgressSink* progress) {
  std::optional<Error> damage;
  for (const fs::path& path : {paths.last, paths.previous}) {
    if (!fs::exists(path)) {
      continue;
    }
    try {
      network::WeightsFile file = network::WeightsFile::read(path);
      (void)parse_state(file);
      return file;
    } catch (const Error& error) {
      damage = damage.value_or(error);
      if (progress != nullptr) {
        progress->message(std::string(error.what()) + "; trying the checkpoint before it");
      }
    }
  }
  if (damage.has_value()) {
    throw Error(*damage);
  }
  return std::nullopt;
}

}  // namespace volseg::train::internal
