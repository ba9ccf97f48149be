// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"
#include "volseg/core/files.h"

namespace volseg::network {

/// Element types of a safetensors file that volseg reads.
enum class ElementType { kFloat64, kFloat32, kFloat16, kBfloat16, kInt64, kInt32, kUint8 };

/// "F32" and so on, as the file says; and bytes of one element.
[[nodiscard]] std::string_view name_of(ElementType type);
[[nodiscard]] int64_t size_bytes(ElementType type);

/// One tensor whose bytes someone else owns: little-endian, dense, last axis fastest.
struct StoredTensor {
  std::string name;
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

/// A safetensors file in memory. Format: docs/formats/checkpoint.md.
class WeightsFile {
 public:
  /// @throws Error(kFormat) naming the tensor and rule; Error(kFormat) when the checksum in the
  ///         metadata (`xxh3_64`) differs; nothing is allocated from a declared size
  [[nodiscard]] static WeightsFile read(const std::filesystem::path& path);
  [[nodiscard]] static WeightsFile parse(core::Buffer bytes, std::string_view name);

  /// In the order of their bytes.
  [[nodiscard]] const std::vector<StoredTensor>& tensors() const { return tensors_; }
  /// Null when there is no tensor of this name.
  [[nodiscard]] const StoredTensor* find(std::string_view name) const;
  /// True when a tensor's name begins with `prefix`.
  [[nodiscard]] bool has_prefix(std::string_view prefix) const;
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// A value of the metadata. @throws Error(kFormat) when it is missing
  [[nodiscard]] const std::string& text(const std::string& key) const;
  /// For messages.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  core::Buffer bytes_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// Writes a safetensors file whole, tensors in the order given, with a checksum of their bytes in
/// the metadata. @throws Error(kUsage) on two tensors of one name, or bytes that do not fit a
/// shape; Error(kIo)
void write_weights(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                   std::map<std::string, std::string> metadata, core::Overwrite overwrite);

}  // namespace volseg::network
