// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace volseg {

/// What went wrong, as far as a caller can act on it; the command line maps each kind to an exit
/// code.
enum class ErrorKind {
  kFormat,       ///< bytes of a file do not follow their format
  kShape,        ///< sizes or geometries that must agree do not
  kLimit,        ///< a declared or computed size is over a cap
  kUnsupported,  ///< valid data of a sort that volseg does not read
  kIo,           ///< the operating system refused a read or a write, or an output exists
  kNotFound,     ///< a file, member, column, class or case is missing
  kUsage,        ///< settings contradict each other or are out of range
  kUnavailable,  ///< this build or machine lacks what was asked for
  kCancelled,    ///< stopped on request
};

/// The one exception type of the library. Text: `[stage.operation] where: found; expected`.
class Error : public std::runtime_error {
 public:
  /// @param operation  stage and operation, such as "dataset.open", without brackets
  /// @param message    where, what was found, what was expected, what to do
  Error(ErrorKind kind, std::string_view operation, std::string_view message);

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  /// Stage and operation without brackets.
  [[nodiscard]] const std::string& operation() const noexcept { return operation_; }
  /// The text without its `[stage.operation]` prefix.
  [[nodiscard]] std::string message() const;

 private:
  ErrorKind kind_;
  std::string operation_;
};

/// The exit code of a program that ends with an error of this kind (2 usage, 3 bad data, 4 input or
/// output, 5 not available here, 130 interrupted).
[[nodiscard]] int exit_code(ErrorKind kind) noexcept;

}  // namespace volseg
