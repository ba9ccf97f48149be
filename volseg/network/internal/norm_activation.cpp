// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/internal/norm_activation.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>

#include <vector>

namespace volseg::network {

namespace {

constexpr double kEpsilon = 1e-5;

// For one sample, batch normalisation is instance normalisation, and has the faster kernel.
at::Tensor normalise_sample(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::batch_norm(x, weight, bias, {}, {}, true, 0.0, kEpsilon, true);
}

}  // namespace

at::Tensor norm_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                           double slope) {
  if (x.size(0) == 1) {
    at::Tensor y = normalise_sample(x, weight, bias);
    return at::leaky_relu_(y, slope);
  }
  std::vector<at::Tensor> samples;
  for (int64_t i = 0; i < x.size(0); ++i) {
    samples.push_back(normalise_sample(x.narrow(0, i, 1), weight, bias));
  }
  at::Tensor y = at::cat(samples, 0);
  return at::leaky_relu_(y, slope);
}

}  // namespace volseg::network
