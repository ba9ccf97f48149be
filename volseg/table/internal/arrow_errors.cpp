// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/arrow_errors.h"

#include <algorithm>
#include <new>

namespace volseg::table::internal {

namespace {

// Arrow has no code of its own for a codec or an encoding that it does not know.
bool names_something_unsupported(const std::string& text) {
  return text.find("not supported") != std::string::npos ||
         text.find("Unsupported compression codec") != std::string::npos ||
         text.find("Unknown encoding") != std::string::npos;
}

// The system gave no memory, which says nothing of the table; a cap has another text.
bool names_the_system(const std::string& text) {
  return text.starts_with("malloc of size") || text.starts_with("realloc of size");
}

}  // namespace

void throw_status(const arrow::Status& status, const Context& context) {
  constexpr size_t kMostBytes = 500;
  ErrorKind kind = ErrorKind::kFormat;
  std::string_view code = "parquet-damaged";
  std::string_view way_out = "copy or write the table again";
  if (status.IsOutOfMemory() && names_the_system(status.message())) {
    throw std::bad_alloc();
  }
  if (status.IsOutOfMemory() || status.IsCapacityError()) {
    kind = ErrorKind::kLimit;
    code = "parquet-too-large";
    way_out = "a sound table of that size is to be split, another one written again";
  } else if (status.IsNotImplemented() || names_something_unsupported(status.message())) {
    kind = ErrorKind::kUnsupported;
    code = "parquet-unsupported";
    way_out = "write the table with another codec or encoding, such as snappy or zstd";
  }
  std::string text = status.message().substr(0, kMostBytes);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) {
    text.pop_back();
  }
  throw Error(kind, context.operation,
              context.where + ": " + std::string(code) + ": " + text + "; " + std::string(way_out));
}

}  // namespace volseg::table::internal
