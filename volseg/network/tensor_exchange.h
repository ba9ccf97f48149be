// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "volseg/network/unet.h"
#include "volseg/network/weights.h"

namespace volseg::network {

/// Tensors on their way to a file, kept alive, and what names them.
class TensorStore {
 public:
  /// Keeps `tensor`, in the processor's memory; it must not change until it is written.
  void add(const std::string& name, const at::Tensor& tensor);
  [[nodiscard]] const std::vector<StoredTensor>& tensors() const { return stored_; }

 private:
  std::vector<at::Tensor> copies_;
  std::vector<StoredTensor> stored_;
};

/// Copies the file's tensor `prefix` + `name` into `target`, converting the element type.
/// @throws Error(kFormat) when it is missing or has another shape
void copy_stored(const WeightsFile& file, const std::string& name, at::Tensor& target);

}  // namespace volseg::network
