// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "volseg/core/error.h"

namespace volseg::archive::internal {

/// Refuses an archive as a whole. @throws Error(kFormat)
[[noreturn]] inline void refuse_zip(const std::string& where, std::string_view code,
                                    const std::string& text) {
  throw Error(ErrorKind::kFormat, "archive.open", where + ": " + std::string(code) + ": " + text);
}

}  // namespace volseg::archive::internal
