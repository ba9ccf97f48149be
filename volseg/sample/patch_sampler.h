// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"
#include "volseg/plan/plan.h"
#include "volseg/plan/recipe.h"
#include "volseg/prepare/case_store.h"

namespace volseg::sample {

struct SamplerOptions {
  core::Shape3 patch_shape{};  ///< plan axes
  int64_t batch_size = 2;
  double foreground_fraction = 1.0 / 3;  ///< last part of each batch that must contain foreground
  plan::OutputKind output = plan::OutputKind::kSoftmax;
  plan::Augmentation augmentation;
  bool augment = true;
  uint64_t seed = 0;
};

/// A batch in memory, ready for a network.
struct Batch {
  int64_t batch_size = 0;
  int64_t channels = 0;
  int64_t label_channels = 0;  ///< 1 with softmax, classes with sigmoid
  core::Shape3 patch_shape{};
  core::Buffer images;  ///< float32 (batch, channel, axis 0, 1, 2), last fastest
  core::Buffer labels;  ///< uint8 (batch, label channel, axis 0, 1, 2); softmax: 0 background,
                        ///< class i is i + 1
};

/// Draws augmented patches from prepared cases. A patch depends on (seed, epoch, index) alone, so
/// any thread may draw any patch. Const and safe to share.
/// @source nnU-Net's sampling: the last third of a batch is centred on a voxel of a uniformly drawn
/// class
class PatchSampler {
 public:
  /// @param cases  must outlive the sampler
  /// @throws Error(kUsage) without cases, with a patch extent or a batch size below 1, or with
  /// scaling that
  ///         reaches 0; Error(kShape) when cases differ in channels or classes, or masks in shape
  ///         from their image; Error(kLimit) with more than 255 classes and softmax
  PatchSampler(const std::vector<prepare::PreparedCase>& cases, SamplerOptions options);

  /// Room for one batch of this sampler.
  [[nodiscard]] Batch make_batch() const;
  /// Fills one sample of a batch; `slot` in [0, batch_size).
  void draw(uint64_t epoch, uint64_t step, int64_t slot, Batch& batch) const;
  [[nodiscard]] const SamplerOptions& options() const { return options_; }

 private:
  struct CaseSource {
    const prepare::PreparedCase* prepared = nullptr;
    std::vector<mask::VoxelSampler> voxel_samplers;  // one per class with voxels
    std::vector<mask::Box> bounds;                   // one per class
  };

  [[nodiscard]] bool is_forced(int64_t slot, core::CounterRandom& random) const;
  [[nodiscard]] core::Shape3 draw_begin(const CaseSource& source, int64_t slot,
                                        core::CounterRandom& random) const;

  std::vector<CaseSource> sources_;
  SamplerOptions options_;
};

}  // namespace volseg::sample
