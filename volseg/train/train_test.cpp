// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/train.h"

#include <gtest/gtest.h>

#include <cmath>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::train {
namespace {

namespace fs = std::filesystem;

constexpr core::Shape3 kShape{10, 14, 18};

// The bytes of a C-order float32 .npy file.
core::Buffer npy_of(const core::Array<float>& values) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 14, 18), }";
  header.resize(117, ' ');
  header += '\n';
  std::string text("\x93NUMPY\x01\x00\x76\x00", 10);
  text += header;
  text.append(reinterpret_cast<const char*>(values.data()),
              static_cast<size_t>(values.size()) * sizeof(float));
  return core::Buffer::copy_of(std::as_bytes(std::span(text)));
}

dataset::PredictedCase cube(int64_t number) {
  core::CounterRandom random(9, 0, static_cast<uint64_t>(number));
  core::Array<float> values(kShape, core::Order::kC);
  core::Array<uint8_t> inside(kShape, core::Order::kC);
  for (int64_t a = 0; a < kShape[0]; ++a) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t c = 0; c < kShape[2]; ++c) {
        const bool in = a >= 3 && a < 8 && b >= 2 && b < 9 && c >= 4 + number && c < 10 + number;
        inside(a, b, c) = in ? 1 : 0;
        values(a, b, c) = static_cast<float>(5 + random.normal() + (in ? 10 : 0));
      }
    }
  }
  dataset::PredictedCase result;
  result.image = "case" + std::to_string(number) + ".npy";
  result.image_bytes = npy_of(values);
  result.run_texts = {mask::format_runs(mask::encode(std::as_const(inside).view()))};
  result.shape = kShape;
  return result;
}

class TrainTest : public ::testing::Test {
 protected:
  TrainTest() : folder_(fs::path(::testing::TempDir()) / "volseg_train_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    options_.dataset = folder_ / "cubes.zip";
    options_.run = folder_ / "run";
    options_.recipe = "quick";
    options_.recipe_yaml = "base_features: 8\nmost_stages: 3\nlearning_rate: 0.01\n";
    options_.device = "cpu";
    options_.work.threads = 2;
    options_.epochs = 3;
    options_.steps_per_epoch = 8;
    std::vector<dataset::PredictedCase> cases;
    for (int64_t i = 0; i < 4; ++i) {
      cases.push_back(cube(i));
    }
    dataset::write_dataset(options_.dataset, std::move(cases), {"cube"}, core::Overwrite::kNo);
  }
  ~TrainTest() override { fs::remove_all(folder_); }

  [[nodiscard]] ErrorKind kind_of_failure() const {
    try {
      train(options_);
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kIo;
  }

  fs::path folder_;
  TrainOptions options_;
};

TEST_F(TrainTest, fills_the_run_folder_and_learns) {
  const TrainSummary summary = train(options_);
  EXPECT_EQ(summary.epochs, 3);
  EXPECT_EQ(summary.steps, 24);
  EXPECT_GT(summary.best_dice, 0.8);
  EXPECT_EQ(summary.device, "cpu");
  for (const char* name :
       {"config.yaml", "plan.json", "prepared", "fold_0/log.jsonl", "fold_0/metrics.jsonl",
        "fold_0/last.safetensors", "fold_0/best.safetensors", "fold_0/summary.json"}) {
    EXPECT_TRUE(fs::exists(options_.run / name)) << name;
  }
}

TEST_F(TrainTest, an_existing_run_is_neither_replaced_nor_continued_unasked) {
  options_.epochs = 1;
  options_.steps_per_epoch = 1;
  train(options_);
  EXPECT_EQ(kind_of_failure(), ErrorKind::kIo);
  options_.resume = true;
  EXPECT_NO_THROW(train(options_));
  options_.seed = 1;
  EXPECT_EQ(kind_of_failure(), ErrorKind::kUsage);
  options_.resume = false;
  options_.overwrite = core::Overwrite::kYes;
  EXPECT_NO_THROW(train(options_));
}

TEST_F(TrainTest, nothing_to_resume_is_not_found) {
  options_.resume = true;
  EXPECT_EQ(kind_of_failure(), ErrorKind::kNotFound);
}

TEST_F(TrainTest, a_fold_that_is_not_there_is_a_usage_error) {
  options_.fold = 99;
  EXPECT_EQ(kind_of_failure(), ErrorKind::kUsage);
  EXPECT_FALSE(fs::exists(options_.run));
}

}  // namespace
}  // namespace volseg::train
