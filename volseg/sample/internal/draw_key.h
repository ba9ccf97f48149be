// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/core/random.h"

namespace volseg::sample::internal {

/// Independent uses of random numbers within one patch.
enum class Stream : uint32_t {
  kChoice,
  kRotation,
  kScaling,
  kTranslation,
  kElastic,
  kMirror,
  kNoise,
  kBrightness,
  kContrast,
  kGammaInverted,
  kGamma,
};

/// What decides every random number of one patch.
struct DrawKey {
  uint64_t seed = 0;
  uint64_t epoch = 0;
  uint64_t index = 0;

  /// Numbers of one use, in one channel where channels differ.
  [[nodiscard]] core::CounterRandom random(Stream stream, int64_t channel = 0) const {
    const uint32_t number = static_cast<uint32_t>(stream) + (static_cast<uint32_t>(channel) << 8);
    return {seed, epoch, index, number};
  }
};

}  // namespace volseg::sample::internal
