// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace volseg::network {

/// Where a network computes, and in which precision.
struct ComputeDevice {
  bool cuda = false;
  int index = 0;          ///< of the CUDA device
  bool bfloat16 = false;  ///< activations and products in bfloat16, sums in float32
  std::string reason;     ///< for people: why this one, such as "no NVIDIA driver"

  /// "cpu" or "cuda:0".
  [[nodiscard]] std::string name() const;
  /// "float32" or "bfloat16 autocast".
  [[nodiscard]] std::string_view precision() const;
};

/// Resolves "auto", "cpu", "cuda" or "cuda:N" and sets the number of compute threads. LibTorch's
/// CUDA part is opened at run time, and only when an NVIDIA driver can be opened.
/// @param threads  0: one per core available to the process
/// @throws Error(kUsage) on another name; Error(kUnavailable) when CUDA was asked for and cannot be
///         used, with the reason
[[nodiscard]] ComputeDevice open_device(std::string_view name, int threads);

/// Number of compute threads that `open_device` set.
[[nodiscard]] int compute_threads();

/// True when the processor multiplies bfloat16 in hardware (AVX-512 BF16 or AMX).
[[nodiscard]] bool processor_has_bfloat16();

}  // namespace volseg::network
