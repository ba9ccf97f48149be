// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/tensor_exchange.h"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <array>
#include <cstring>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/network/load_network.h"

namespace volseg::network {

namespace {

constexpr std::array<std::pair<ElementType, at::ScalarType>, 7> kTypes{
    {{ElementType::kFloat64, at::kDouble},
     {ElementType::kFloat32, at::kFloat},
     {ElementType::kFloat16, at::kHalf},
     {ElementType::kBfloat16, at::kBFloat16},
     {ElementType::kInt64, at::kLong},
     {ElementType::kInt32, at::kInt},
     {ElementType::kUint8, at::kByte}}};

ElementType element_type(at::ScalarType type) {
  for (const auto& [ours, torchs] : kTypes) {
    if (torchs == type) {
      return ours;
    }
  }
  throw Error(ErrorKind::kUnsupported, "network.store", "tensor of an element type without name");
}

at::ScalarType scalar_type(ElementType type) {
  for (const auto& [ours, torchs] : kTypes) {
    if (ours == type) {
      return torchs;
    }
  }
  return at::kFloat;
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "(";
  for (const int64_t extent : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return text + ")";
}

}  // namespace

void TensorStore::add(const std::string& name, const at::Tensor& tensor) {
  copies_.push_back(tensor.detach().to(at::kCPU).contiguous());
  const at::Tensor& copy = copies_.back();
  const std::span<const std::byte> bytes(static_cast<const std::byte*>(copy.const_data_ptr()),
                                         copy.nbytes());
  stored_.push_back({name, element_type(copy.scalar_type()), copy.sizes().vec(), bytes});
}

void copy_stored(const WeightsFile& file, const std::string& name, at::Tensor& target) {
  const StoredTensor* stored = file.find(name);
  if (stored == nullptr) {
    throw Error(ErrorKind::kFormat, "network.load_weights",
                file.name() + ": has no tensor " + name + ", which the plan's network needs");
  }
  if (target.sizes() != at::IntArrayRef(stored->shape)) {
    throw Error(ErrorKind::kFormat, "network.load_weights",
                file.name() + ": tensor " + name + " has shape " + shape_text(stored->shape) +
                    "; the plan's network needs " + shape_text(target.sizes()));
  }
  const at::Tensor copy = at::empty(stored->shape, scalar_type(stored->type));
  if (!stored->bytes.empty()) {
    std::memcpy(copy.mutable_data_ptr(), stored->bytes.data(), stored->bytes.size());
  }
  const c10::NoGradGuard no_gradients;
  target.copy_(copy);
}

std::shared_ptr<const UNet> load_network(const plan::NetworkPlan& plan, const WeightsFile& file,
                                         const ComputeDevice& device) {
  auto network = std::make_shared<UNet>(plan, 0, device);
  const std::string prefix(file.has_prefix(kAveragePrefix) ? kAveragePrefix : "");
  for (const NamedTensor& parameter : network->parameters()) {
    at::Tensor value = parameter.value;
    copy_stored(file, prefix + parameter.name, value);
  }
  return network;
}

}  // namespace volseg::network
