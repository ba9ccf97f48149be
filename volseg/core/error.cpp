// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/error.h"

namespace volseg {

namespace {

std::string prefixed(std::string_view operation, std::string_view message) {
  std::string text;
  text.reserve(operation.size() + message.size() + 3);
  text.append("[").append(operation).append("] ").append(message);
  return text;
}

}  // namespace

Error::Error(ErrorKind kind, std::string_view operation, std::string_view message)
    : std::runtime_error(prefixed(operation, message)), kind_(kind), operation_(operation) {}

std::string Error::message() const { return std::string(what()).substr(operation_.size() + 3); }

int exit_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kFormat:
    case ErrorKind::kShape:
    case ErrorKind::kLimit:
    case ErrorKind::kUnsupported:
      return 3;
    case ErrorKind::kIo:
    case ErrorKind::kNotFound:
      return 4;
    case ErrorKind::kUnavailable:
      return 5;
    case ErrorKind::kCancelled:
      return 130;
  }
  return 3;
}

}  // namespace volseg
