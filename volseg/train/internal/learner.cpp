// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/learner.h"

#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "volseg/core/error.h"
#include "volseg/network/load_network.h"
#include "volseg/network/loss.h"
#include "volseg/network/sliding_window.h"
#include "volseg/network/tensor_exchange.h"
#include "volseg/network/torch_device.h"
#include "volseg/network/unet.h"
#include "volseg/train/internal/case_truth.h"
#include "volseg/train/internal/optimizer.h"

namespace volseg::train::internal {

namespace {

std::vector<at::Tensor> values_of(const network::UNet& network) {
  std::vector<at::Tensor> values;
  for (const network::NamedTensor& parameter : network.parameters()) {
    values.push_back(parameter.value);
  }
  return values;
}

at::Tensor blob(const core::Buffer& buffer, const std::vector<int64_t>& shape,
                at::ScalarType type) {
  return at::from_blob(const_cast<std::byte*>(buffer.data()), shape, type);
}

std::vector<int64_t> batch_shape(const sample::Batch& batch, int64_t channels) {
  const core::Shape3& patch = batch.patch_shape;
  return {batch.batch_size, channels, patch[0], patch[1], patch[2]};
}

}  // namespace

struct Learner::State {
  State(const plan::Plan& the_plan, const plan::Recipe& the_recipe,
        const network::ComputeDevice& the_device, uint64_t seed)
      : plan(the_plan),
        recipe(the_recipe),
        device(the_device),
        network(plan.network, seed, device),
        optimizer(recipe, network.parameters()) {
    if (recipe.weight_average_decay > 0) {
      average.emplace(plan.network, seed, device);
      for (const at::Tensor& value : values_of(*average)) {
        value.set_requires_grad(false);
      }
    }
  }

  [[nodiscard]] const network::UNet& evaluated() const { return average ? *average : network; }
  [[nodiscard]] at::Tensor images_of(const sample::Batch& batch) const {
    return blob(batch.images, batch_shape(batch, batch.channels), at::kFloat)
        .to(network::to_torch(device), network::compute_type(device))
        .contiguous(at::MemoryFormat::ChannelsLast3d);
  }
  [[nodiscard]] at::Tensor labels_of(const sample::Batch& batch) const {
    return blob(batch.labels, batch_shape(batch, batch.label_channels), at::kByte)
        .to(network::to_torch(device));
  }
  [[nodiscard]] network::LossOptions loss_options() const {
    return {.output = plan.output, .batch_dice = plan.batch_dice};
  }
  void update_average();
  void count(const at::Tensor& logits, const at::Tensor& labels, DiceCounts& counts) const;

  plan::Plan plan;
  plan::Recipe recipe;
  network::ComputeDevice device;
  network::UNet network;
  std::optional<network::UNet> average;
  Optimizer optimizer;
  int64_t steps = 0;
};

// The average follows quickly at first: decay grows with the steps up to the recipe's.
void Learner::State::update_average() {
  if (!average) {
    return;
  }
  const c10::NoGradGuard no_gradients;
  const auto done = static_cast<double>(steps);
  const double decay = std::min(recipe.weight_average_decay, (1 + done) / (10 + done));
  at::_foreach_lerp_(values_of(*average), values_of(network), 1.0 - decay);
}

void Learner::State::count(const at::Tensor& logits, const at::Tensor& labels,
                           DiceCounts& counts) const {
  const bool softmax = plan.output == plan::OutputKind::kSoftmax;
  const at::Tensor chosen = softmax ? at::argmax(logits, 1) : logits.gt(0);
  for (int64_t i = 0; i < counts.classes(); ++i) {
    const at::Tensor predicted = softmax ? chosen.eq(i + 1) : chosen.select(1, i);
    const at::Tensor truth = softmax ? labels.select(1, 0).eq(i + 1) : labels.select(1, i).ne(0);
    counts[i].both += predicted.logical_and(truth).sum().item<int64_t>();
    counts[i].predicted += predicted.sum().item<int64_t>();
    counts[i].truth += truth.sum().item<int64_t>();
  }
}

Learner::Learner(const plan::Plan& plan, const plan::Recipe& recipe,
                 const network::ComputeDevice& device, uint64_t seed)
    : state_(std::make_unique<State>(plan, recipe, device, seed)) {}

Learner::~Learner() = default;

double Learner::train_step(const sample::Batch& batch, double learning_rate) {
  State& s = *state_;
  const auto logits = s.network.forward(
      s.images_of(batch), s.recipe.deep_supervision && s.plan.network.deep_supervision);
  const at::Tensor loss = network::segmentation_loss(logits, s.labels_of(batch), s.loss_options());
  const double value = loss.item<double>();
  if (!std::isfinite(value)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  loss.backward();
  s.optimizer.step(learning_rate);
  ++s.steps;
  s.update_average();
  return value;
}

double Learner::validate_batch(const sample::Batch& batch, DiceCounts& counts) {
  const State& s = *state_;
  const c10::NoGradGuard no_gradients;
  const auto logits = s.evaluated().forward(s.images_of(batch), false);
  const at::Tensor labels = s.labels_of(batch);
  s.count(logits.front(), labels, counts);
  return network::segmentation_loss(logits, labels, s.loss_options()).item<double>();
}

double Learner::validate_case(const prepare::PreparedCase& prepared, DiceCounts& counts,
                              const core::CancelToken* cancel) {
  const State& s = *state_;
  const prepare::PreparedImage& image = prepared.image;
  const core::Shape3& shape = image.mapping.prepared_shape;
  CaseTruth truth(prepared, s.plan.output);
  const network::ImageView view{reinterpret_cast<const float*>(image.values.data()), image.channels,
                                shape};
  const network::SlidingWindowOptions options{.patch_shape = s.plan.patch_shape, .cancel = cancel};
  network::for_each_logit_slab(s.evaluated(), view, options, [&](const network::LogitSlab& slab) {
    truth.compare(slab, counts);
  });
  return truth.loss();
}

void Learner::save(const std::filesystem::path& path,
                   const std::map<std::string, std::string>& metadata) {
  const State& s = *state_;
  network::TensorStore store;
  for (const network::NamedTensor& parameter : s.network.parameters()) {
    store.add(parameter.name, parameter.value);
  }
  if (s.average) {
    for (const network::NamedTensor& parameter : s.average->parameters()) {
      store.add(std::string(network::kAveragePrefix) + parameter.name, parameter.value);
    }
  }
  s.optimizer.store(store);
  auto texts = metadata;
  texts["optimizer_steps"] = std::to_string(s.steps);
  network::write_weights(path, store.tensors(), texts, core::Overwrite::kYes);
}

void Learner::save_weights(const std::filesystem::path& path,
                           const std::map<std::string, std::string>& metadata) {
  network::TensorStore store;
  for (const network::NamedTensor& parameter : state_->evaluated().parameters()) {
    store.add(parameter.name, parameter.value);
  }
  network::write_weights(path, store.tensors(), metadata, core::Overwrite::kYes);
}

void Learner::load(const network::WeightsFile& file) {
  State& s = *state_;
  for (const network::NamedTensor& parameter : s.network.parameters()) {
    at::Tensor value = parameter.value;
    network::copy_stored(file, parameter.name, value);
  }
  if (s.average) {
    for (const network::NamedTensor& parameter : s.average->parameters()) {
      at::Tensor value = parameter.value;
      network::copy_stored(file, std::string(network::kAveragePrefix) + parameter.name, value);
    }
  }
  s.optimizer.load(file);
  s.steps = std::stoll(file.text("optimizer_steps"));
}

}  // namespace volseg::train::internal
