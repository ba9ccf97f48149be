// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>
#include <parquet/exception.h>

#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::table::internal {

/// Where a failure of Arrow happened, for the text of our error.
struct Context {
  std::string_view operation;  ///< such as "table.read_parquet"
  std::string where;           ///< such as "train.pq column image"
};

/// Throws our error for a failed status.
[[noreturn]] void throw_status(const arrow::Status& status, const Context& context);

inline void check(const arrow::Status& status, const Context& context) {
  if (!status.ok()) {
    throw_status(status, context);
  }
}

template <typename T>
T take(arrow::Result<T> result, const Context& context) {
  check(result.status(), context);
  return std::move(result).ValueUnsafe();
}

/// Runs `work` and turns every exception that is not ours into ours.
template <typename Work>
auto guarded(const Context& context, const Work& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const parquet::ParquetStatusException& error) {
    throw_status(error.status(), context);
  } catch (const std::bad_alloc&) {
    throw_status(arrow::Status::OutOfMemory("no memory"), context);
  } catch (const std::exception& error) {
    throw_status(arrow::Status::Invalid(error.what()), context);
  }
}

}  // namespace volseg::table::internal
