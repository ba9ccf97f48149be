// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/tiff_memory.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace volseg::volume::internal {

namespace {

int pass_over(TIFF* /*tiff*/, void* /*self*/, const char* /*module*/, const char* /*format*/,
              va_list /*values*/) {
  return 1;
}

int close(thandle_t /*handle*/) { return 0; }

}  // namespace

TiffHandle TiffMemory::open(const char* mode, int64_t most_bytes) {
  writing_ = mode[0] == 'w';
  position_ = 0;
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), most_bytes);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &TiffMemory::keep_message, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &pass_over, nullptr);
  return TiffHandle(TIFFClientOpenExt("memory", mode, this, &TiffMemory::read, &TiffMemory::write,
                                      &TiffMemory::seek, &close, &TiffMemory::size, nullptr,
                                      nullptr, options.get()));
}

tmsize_t TiffMemory::read(thandle_t handle, void* target, tmsize_t size) {
  TiffMemory& self = of(handle);
  const std::span<const std::byte> bytes = self.writing_ ? self.written_ : self.bytes_;
  if (self.position_ >= bytes.size() || size < 0) {
    return 0;
  }
  const size_t count = std::min(static_cast<size_t>(size), bytes.size() - self.position_);
  std::memcpy(target, bytes.data() + self.position_, count);
  self.position_ += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t TiffMemory::write(thandle_t handle, void* source, tmsize_t size) {
  TiffMemory& self = of(handle);
  if (!self.writing_ || size < 0) {
    return 0;
  }
  const size_t end = self.position_ + static_cast<size_t>(size);
  if (end > self.written_.size()) {
    self.written_.resize(end);
  }
  std::memcpy(self.written_.data() + self.position_, source, static_cast<size_t>(size));
  self.position_ = end;
  return size;
}

toff_t TiffMemory::seek(thandle_t handle, toff_t offset, int whence) {
  TiffMemory& self = of(handle);
  if (whence == SEEK_CUR) {
    offset += self.position_;
  } else if (whence == SEEK_END) {
    offset += size(handle);
  }
  self.position_ = offset;
  return offset;
}

toff_t TiffMemory::size(thandle_t handle) {
  const TiffMemory& self = of(handle);
  return self.writing_ ? self.written_.size() : self.bytes_.size();
}

int TiffMemory::keep_message(TIFF* /*tiff*/, void* self, const char* /*module*/, const char* format,
                             va_list values) {
  std::array<char, 200> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  static_cast<TiffMemory*>(self)->message_ = text.data();
  return 1;
}

}  // namespace volseg::volume::internal
