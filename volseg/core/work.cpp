// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/work.h"

namespace volseg::core {

void for_each_reported(const WorkOptions& options, const std::string& stage, int64_t count,
                       const std::string& unit, const std::function<void(int64_t)>& work) {
  Progress progress(options.progress, stage, count, unit);
  const ThreadPool pool(options.threads);
  pool.for_each(
      count,
      [&](int64_t index) {
        work(index);
        progress.advance();
      },
      options.cancel);
}

}  // namespace volseg::core
