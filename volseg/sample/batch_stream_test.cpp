// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/batch_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/sample/internal/made_case_test.h"

namespace volseg::sample {
namespace {

constexpr int64_t kStepsPerEpoch = 3;

SamplerOptions stream_options() {
  SamplerOptions options;
  options.patch_shape = {6, 8, 10};
  options.batch_size = 3;
  options.augmentation.rotation_probability = 1;
  options.augmentation.elastic_probability = 0.5;
  options.augmentation.elastic_magnitude_voxels = 2;
  options.augmentation.noise_probability = 1;
  options.seed = 11;
  return options;
}

Batch drawn_backwards(const PatchSampler& sampler, uint64_t epoch, uint64_t step) {
  Batch batch = sampler.make_batch();
  for (int64_t slot = batch.batch_size - 1; slot >= 0; --slot) {
    sampler.draw(epoch, step, slot, batch);
  }
  return batch;
}

class BatchStreamOfTwoCases : public ::testing::Test {
 protected:
  BatchStreamOfTwoCases() {
    cases_.push_back(made_case({9, 12, 14}, 1));
    cases_.push_back(made_case({12, 9, 17}, 2));
  }
  std::vector<prepare::PreparedCase> cases_;
};

TEST_F(BatchStreamOfTwoCases, gives_the_same_batches_for_any_number_of_threads) {
  const PatchSampler sampler(cases_, stream_options());
  BatchStream one(sampler, 0, 1, kStepsPerEpoch, 1, 2);
  BatchStream four(sampler, 0, 1, kStepsPerEpoch, 4, 3);
  for (uint64_t step = 1; step < 9; ++step) {
    Batch first = one.next();
    Batch second = four.next();
    const Batch direct = drawn_backwards(sampler, step / kStepsPerEpoch, step % kStepsPerEpoch);
    EXPECT_TRUE(same_contents(first, direct)) << step;
    EXPECT_TRUE(same_contents(second, direct)) << step;
    one.give_back(std::move(first));
    four.give_back(std::move(second));
  }
  EXPECT_GE(one.waited_s(), 0);
}

TEST_F(BatchStreamOfTwoCases, starts_where_it_is_told) {
  const PatchSampler sampler(cases_, stream_options());
  BatchStream stream(sampler, 4, 2, kStepsPerEpoch, 2, 1);
  EXPECT_TRUE(same_contents(stream.next(), drawn_backwards(sampler, 4, 2)));
  EXPECT_TRUE(same_contents(stream.next(), drawn_backwards(sampler, 5, 0)));
}

TEST_F(BatchStreamOfTwoCases, carries_an_exception_to_next_each_time) {
  SamplerOptions options = stream_options();
  options.augmentation.scaling_probability = 1;
  options.augmentation.scaling_low = 1e-9;
  options.augmentation.scaling_high = 1e-9;
  options.augmentation.elastic_probability = 1;
  std::vector<prepare::PreparedCase> huge;
  huge.push_back(made_case({2, 3, 4}, 3));
  huge.front().image.mapping.prepared_shape = {4096, 4096, 4096};
  huge.front().masks.clear();
  const PatchSampler sampler(huge, options);
  BatchStream stream(sampler, 0, 0, kStepsPerEpoch, 2, 2);
  EXPECT_THROW(static_cast<void>(stream.next()), Error);
  EXPECT_THROW(static_cast<void>(stream.next()), Error);
}

TEST_F(BatchStreamOfTwoCases, stops_promptly_when_nobody_takes_batches) {
  const PatchSampler sampler(cases_, stream_options());
  const auto start = std::chrono::steady_clock::now();
  { const BatchStream stream(sampler, 0, 0, kStepsPerEpoch, 3, 4); }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(BatchStreamOfTwoCases, drops_a_batch_of_another_shape) {
  const PatchSampler sampler(cases_, stream_options());
  BatchStream stream(sampler, 0, 0, kStepsPerEpoch, 1, 1);
  stream.give_back({});
  for (uint64_t step = 0; step < 3; ++step) {
    EXPECT_TRUE(same_contents(stream.next(), drawn_backwards(sampler, 0, step)));
  }
}

TEST_F(BatchStreamOfTwoCases, rejects_an_epoch_without_steps) {
  const PatchSampler sampler(cases_, stream_options());
  EXPECT_THROW(BatchStream(sampler, 0, 0, 0, 1, 1), Error);
}

}  // namespace
}  // namespace volseg::sample
