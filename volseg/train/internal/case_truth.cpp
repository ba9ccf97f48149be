// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/case_truth.h"

#include <algorithm>
#include <cmath>

namespace volseg::train::internal {

namespace {

constexpr float kThreshold = 0.0F;  // of a logit: probability one half

constexpr double kSmooth = 1e-5;  // as in the training loss

double sigmoid_entropy(float logit, bool truth) {
  const double margin = truth ? -logit : logit;
  return std::max(margin, 0.0) + std::log1p(std::exp(-std::abs(margin)));
}

}  // namespace

CaseTruth::CaseTruth(const prepare::PreparedCase& prepared, plan::OutputKind output)
    : prepared_(prepared),
      output_(output),
      shape_(prepared.image.mapping.prepared_shape),
      soft_(prepared.masks.size()) {}

double CaseTruth::add_softmax(const float* logits, int64_t channels, int64_t truth,
                              int64_t largest) {
  double sum = 0;
  probabilities_.resize(static_cast<size_t>(channels));
  for (int64_t c = 0; c < channels; ++c) {
    probabilities_[static_cast<size_t>(c)] = std::exp(logits[c] - logits[largest]);
    sum += probabilities_[static_cast<size_t>(c)];
  }
  for (int64_t c = 1; c < channels; ++c) {
    add_soft(c - 1, probabilities_[static_cast<size_t>(c)] / sum, truth == c);
  }
  return std::log(sum) - (logits[truth] - logits[largest]);
}

void CaseTruth::add_soft(int64_t class_index, double probability, bool present) {
  SoftCounts& counts = soft_[static_cast<size_t>(class_index)];
  counts.both += present ? probability : 0;
  counts.sizes += probability + (present ? 1 : 0);
}

void CaseTruth::compare(const network::LogitSlab& slab, DiceCounts& counts) {
  if (output_ == plan::OutputKind::kSoftmax) {
    compare_softmax(slab, counts);
  } else {
    compare_sigmoid(slab, counts);
  }
}

void CaseTruth::compare_softmax(const network::LogitSlab& slab, DiceCounts& counts) {
  const core::Shape3 extents{slab.end - slab.begin, shape_[1], shape_[2]};
  core::Array<uint8_t> labels(extents, core::Order::kC, 0);
  core::Array<uint8_t> inside(extents, core::Order::kC);
  for (size_t i = 0; i < prepared_.masks.size(); ++i) {
    mask::crop(prepared_.masks[i], {{slab.begin, 0, 0}, extents}, inside.view());
    for (int64_t v = 0; v < labels.size(); ++v) {
      labels.data()[v] = inside.data()[v] != 0 ? static_cast<uint8_t>(i + 1) : labels.data()[v];
    }
  }
  for (int64_t v = 0; v < labels.size(); ++v) {
    const float* logits = slab.values + v * slab.channels;
    const int64_t predicted = std::max_element(logits, logits + slab.channels) - logits;
    const int64_t truth = labels.data()[v];
    entropy_sum_ += add_softmax(logits, slab.channels, truth, predicted);
    if (predicted > 0) {
      ++counts[predicted - 1].predicted;
    }
    if (truth > 0) {
      ++counts[truth - 1].truth;
      counts[truth - 1].both += predicted == truth ? 1 : 0;
    }
  }
  decisions_ += labels.size();
}

void CaseTruth::compare_sigmoid(const network::LogitSlab& slab, DiceCounts& counts) {
  const core::Shape3 extents{slab.end - slab.begin, shape_[1], shape_[2]};
  core::Array<uint8_t> truth(extents, core::Order::kC);
  for (int64_t i = 0; i < slab.channels; ++i) {
    const mask::Box box{{slab.begin, 0, 0}, extents};
    mask::crop(prepared_.masks[static_cast<size_t>(i)], box, truth.view());
    for (int64_t v = 0; v < truth.size(); ++v) {
      const float logit = slab.values[v * slab.channels + i];
      const bool predicted = logit > kThreshold;
      const bool present = truth.data()[v] != 0;
      entropy_sum_ += sigmoid_entropy(logit, present);
      add_soft(i, 1 / (1 + std::exp(-logit)), present);
      counts[i].predicted += predicted ? 1 : 0;
      counts[i].truth += present ? 1 : 0;
      counts[i].both += predicted && present ? 1 : 0;
    }
    decisions_ += truth.size();
  }
}

double CaseTruth::loss() const {
  double dice = 0;
  for (const SoftCounts& counts : soft_) {
    dice += (2 * counts.both + kSmooth) / (counts.sizes + kSmooth);
  }
  const double mean_dice = soft_.empty() ? 0.0 : dice / static_cast<double>(soft_.size());
  return decisions_ == 0 ? 0.0 : entropy_sum_ / static_cast<double>(decisions_) - mean_dice;
}

}  // namespace volseg::train::internal
