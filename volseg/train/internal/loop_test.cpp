// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/loop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/train/internal/json_lines.h"

namespace volseg::train::internal {
namespace {

constexpr core::Shape3 kShape{12, 16, 20};

// Two bright cubes of different intensity in noise; masks of one class each.
prepare::PreparedCase two_cubes(uint64_t index) {
  prepare::PreparedCase prepared;
  prepared.name = "case" + std::to_string(index);
  prepared.image.mapping.prepared_shape = kShape;
  prepared.image.mapping.image_shape = kShape;
  prepared.image.mapping.crop = {{0, 0, 0}, kShape};
  prepared.image.values = core::Buffer(core::voxel_count(kShape) * 4);
  core::CounterRandom random(1, 0, index);
  auto* values = reinterpret_cast<float*>(prepared.image.values.data());
  std::vector<core::Array<uint8_t>> masks;
  masks.emplace_back(kShape, core::Order::kC, uint8_t{0});
  masks.emplace_back(kShape, core::Order::kC, uint8_t{0});
  const int64_t shift = random.below(4);
  for (int64_t i = 0; i < core::voxel_count(kShape); ++i) {
    const core::Shape3 at{i / (kShape[1] * kShape[2]), i / kShape[2] % kShape[1], i % kShape[2]};
    const bool rows = at[0] >= 3 && at[0] < 9 && at[1] >= 4 && at[1] < 10;
    const bool first = rows && at[2] >= 1 + shift && at[2] < 7 + shift;
    const bool second = rows && at[2] >= 11 + shift && at[2] < 16 + shift;
    values[i] =
        static_cast<float>(random.normal() * 0.2) + (first ? 2.0F : 0.0F) - (second ? 2.0F : 0.0F);
    masks[0].data()[i] = first ? 1 : 0;
    masks[1].data()[i] = second ? 1 : 0;
  }
  for (const auto& voxels : masks) {
    prepared.masks.push_back(mask::encode(voxels.view()));
  }
  return prepared;
}

plan::Plan tiny_plan() {
  plan::Plan plan;
  plan.patch_shape = {12, 16, 20};
  plan.batch_size = 1;
  plan.class_names = {"bright", "dark"};
  plan.network.output_channels = 3;
  plan.network.stages = {{.features = 8, .encoder_convolutions = 1, .decoder_convolutions = 1},
                         {.features = 16, .stride = {2, 2, 2}, .encoder_convolutions = 1}};
  return plan;
}

plan::Recipe tiny_recipe() {
  plan::Recipe recipe;
  recipe.optimizer = plan::Optimizer::kAdamW;
  recipe.learning_rate = 1e-2;
  recipe.epochs = 3;
  recipe.steps_per_epoch = 10;
  recipe.validation_patches = 0;
  recipe.weight_average_decay = 0.9;
  recipe.augmentation.rotation_probability = 0;
  recipe.augmentation.scaling_probability = 0;
  recipe.augmentation.mirror_axes = {false, false, false};
  return recipe;
}

std::vector<prepare::PreparedCase> cases(uint64_t first, uint64_t count) {
  std::vector<prepare::PreparedCase> result;
  for (uint64_t i = first; i < first + count; ++i) {
    result.push_back(two_cubes(i));
  }
  return result;
}

/// Asks to stop once the training reports a given number of steps.
class StopAt : public core::ProgressSink {
 public:
  StopAt(int64_t step, core::CancelToken& cancel) : step_(step), cancel_(cancel) {}
  void update(const core::ProgressEvent& event) override {
    if (event.done == step_ && !event.finished) {
      cancel_.request();
    }
  }
  void message(std::string_view) override {}

 private:
  int64_t step_;
  core::CancelToken& cancel_;
};

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() : device_(network::open_device("cpu", 2)) {}

  RunPaths fresh_paths(const std::string& name) {
    const auto run = std::filesystem::path(::testing::TempDir()) / ("volseg_loop_" + name);
    std::filesystem::remove_all(run);
    RunPaths paths(run, 0);
    make_run_folder(paths, true);
    return paths;
  }

  TrainingState run(const RunPaths& paths, bool resume = false, int64_t stop_at = -1) {
    core::CancelToken cancel;
    StopAt sink(stop_at, cancel);
    return run_loop({.plan = plan_,
                     .recipe = recipe_,
                     .device = device_,
                     .paths = paths,
                     .identity = identity_,
                     .training = training_,
                     .validation = validation_,
                     .seed = 3,
                     .resume = resume,
                     .progress = &sink,
                     .cancel = &cancel});
  }

  plan::Plan plan_ = tiny_plan();
  plan::Recipe recipe_ = tiny_recipe();
  network::ComputeDevice device_;
  RunIdentity identity_{"seed: 3\nrecipe:\n  epochs: 3\n", "{}", "key", "[]", 2};
  std::vector<prepare::PreparedCase> training_ = cases(0, 3);
  std::vector<prepare::PreparedCase> validation_ = cases(10, 1);
};

// Every tensor's bytes equal; the metadata also, but for the clock's readings.
void expect_same_checkpoint(const std::filesystem::path& first,
                            const std::filesystem::path& second) {
  const auto a = network::WeightsFile::read(first);
  const auto b = network::WeightsFile::read(second);
  ASSERT_EQ(a.tensors().size(), b.tensors().size());
  for (size_t i = 0; i < a.tensors().size(); ++i) {
    EXPECT_EQ(a.tensors()[i].name, b.tensors()[i].name);
    EXPECT_TRUE(std::ranges::equal(a.tensors()[i].bytes, b.tensors()[i].bytes))
        << a.tensors()[i].name;
  }
  for (const char* key : {"epoch", "step", "loss_sum", "best_dice", "dice_average"}) {
    EXPECT_EQ(a.text(key), b.text(key)) << key;
  }
}

TEST_F(LoopTest, learns_two_cubes) {
  const RunPaths paths = fresh_paths("learns");
  const TrainingState state = run(paths);
  EXPECT_EQ(state.epoch, 3);
  EXPECT_GT(state.best_dice, 0.8);
  const JsonLines metrics(paths.metrics);
  ASSERT_EQ(metrics.lines().size(), 3U);
  const auto last = nlohmann::json::parse(metrics.lines().back());
  EXPECT_EQ(last["epoch"], 3);
  EXPECT_EQ(last["steps"], 30);
  EXPECT_GT(last["class_dice"]["dark"].get<double>(), 0.7);
  EXPECT_TRUE(std::filesystem::exists(paths.best));
}

TEST_F(LoopTest, a_stopped_and_resumed_training_equals_an_undisturbed_one) {
  const RunPaths whole = fresh_paths("whole");
  run(whole);
  for (const int64_t stop : {1, 10, 17}) {
    const RunPaths stopped = fresh_paths("stopped" + std::to_string(stop));
    try {
      run(stopped, false, stop);
      FAIL() << "not stopped";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
    }
    run(stopped, true);
    expect_same_checkpoint(whole.last, stopped.last);
    expect_same_checkpoint(whole.best, stopped.best);
    EXPECT_EQ(JsonLines(stopped.metrics).lines().size(), 3U);
  }
}

TEST_F(LoopTest, a_damaged_checkpoint_falls_back_to_the_one_before) {
  const RunPaths whole = fresh_paths("whole2");
  run(whole);
  const RunPaths damaged = fresh_paths("damaged");
  EXPECT_THROW(run(damaged, false, 24), Error);
  std::filesystem::resize_file(damaged.last, 100);
  run(damaged, true);
  expect_same_checkpoint(whole.last, damaged.last);
}

TEST_F(LoopTest, resuming_with_another_setting_names_it) {
  const RunPaths paths = fresh_paths("changed");
  EXPECT_THROW(run(paths, false, 2), Error);
  identity_.config = "seed: 3\nrecipe:\n  epochs: 4\n";
  try {
    run(paths, true);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(error.message().find("then \"epochs: 3\", now \"epochs: 4\""), std::string::npos);
  }
}

TEST_F(LoopTest, overlapping_classes_train_with_one_sigmoid_each) {
  plan_.output = plan::OutputKind::kSigmoid;
  plan_.network.output_channels = 2;
  recipe_.validation_patches = 4;
  const TrainingState state = run(fresh_paths("sigmoid"));
  EXPECT_GT(state.best_dice, 0.3);
}

TEST_F(LoopTest, a_diverged_training_says_so) {
  recipe_.optimizer = plan::Optimizer::kSgdNesterov;
  recipe_.learning_rate = 1e30;
  recipe_.gradient_clip_norm = 0;
  EXPECT_THROW(run(fresh_paths("diverged")), Error);
}

TEST(LearningRate, warms_up_then_decays_to_zero) {
  plan::Recipe recipe;
  recipe.learning_rate = 0.1;
  recipe.polynomial_power = 1;
  recipe.warmup_steps = 2;
  recipe.epochs = 2;
  recipe.steps_per_epoch = 5;
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 0), 0.05);
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 1), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 2), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 6), 0.05);
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 10), 0.0);
}

}  // namespace
}  // namespace volseg::train::internal
