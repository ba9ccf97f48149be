// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tiffio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace volseg::volume::internal {

struct TiffClose {
  void operator()(TIFF* tiff) const noexcept { TIFFClose(tiff); }
};
using TiffHandle = std::unique_ptr<TIFF, TiffClose>;

/// A TIFF file in memory that libtiff reads or writes; what libtiff has to say is kept, not
/// printed.
class TiffMemory {
 public:
  /// For reading.
  explicit TiffMemory(std::span<const std::byte> bytes) : bytes_(bytes) {}
  /// For writing.
  TiffMemory() = default;
  TiffMemory(const TiffMemory&) = delete;
  TiffMemory& operator=(const TiffMemory&) = delete;
  ~TiffMemory() = default;

  /// Opens with libtiff's mode, such as "r" or "w8"; null when libtiff refuses. This object must
  /// outlive the handle.
  /// @param most_bytes  of one block that libtiff may allocate
  [[nodiscard]] TiffHandle open(const char* mode, int64_t most_bytes);

  /// libtiff's last error; empty without one.
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] std::span<const std::byte> written() const { return written_; }

 private:
  static TiffMemory& of(thandle_t handle) { return *static_cast<TiffMemory*>(handle); }
  static tmsize_t read(thandle_t handle, void* target, tmsize_t size);
  static tmsize_t write(thandle_t handle, void* source, tmsize_t size);
  static toff_t seek(thandle_t handle, toff_t offset, int whence);
  static toff_t size(thandle_t handle);
  static int keep_message(TIFF* tiff, void* self, const char* module, const char* format,
                          va_list values);

  std::span<const std::byte> bytes_;
  std::vector<std::byte> written_;
  uint64_t position_ = 0;
  bool writing_ = false;
  std::string message_;
};

}  // namespace volseg::volume::internal
