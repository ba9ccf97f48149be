// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "volseg/core/random.h"
#include "volseg/plan/recipe.h"
#include "volseg/sample/internal/draw_key.h"

namespace volseg::sample::internal {

/// Adds normal noise of the given standard deviation.
void add_noise(std::span<float> values, double deviation, core::CounterRandom random);

/// Stretches by `factor` about the mean; values stay within the range they had.
void change_contrast(std::span<float> values, double factor);

/// Raises the values, scaled to [0, 1], to the power `gamma`; mean and deviation are what they
/// were.
/// @param inverted  apply it to the negated image
void change_gamma(std::span<float> values, double gamma, bool inverted);

/// Changes the intensities of one channel of a patch in nnU-Net's order: noise, brightness,
/// contrast, gamma on the negated image, gamma.
/// @source nnU-Net v2 with batchgeneratorsv2
void change_intensities(std::span<float> values, const plan::Augmentation& augmentation,
                        const DrawKey& key, int64_t channel);

}  // namespace volseg::sample::internal
