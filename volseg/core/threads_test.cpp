// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::core {

namespace {

TEST(ThreadPool, calls_each_index_once_whatever_the_number_of_threads) {
  for (const int threads : {0, 1, 2, 64}) {
    const ThreadPool pool(threads);
    EXPECT_GE(pool.threads(), 1);
    std::vector<int> calls(1000);
    pool.for_each(1000, [&](int64_t index) { ++calls[static_cast<size_t>(index)]; });
    EXPECT_EQ(calls, std::vector<int>(1000, 1));
  }
}

TEST(ThreadPool, covers_a_range_with_blocks_of_at_most_the_grain) {
  const ThreadPool pool(2);
  std::vector<int> calls(103);
  pool.for_ranges(103, 10, [&](int64_t begin, int64_t end) {
    EXPECT_LE(end - begin, 10);
    for (int64_t index = begin; index < end; ++index) {
      ++calls[static_cast<size_t>(index)];
    }
  });
  EXPECT_EQ(calls, std::vector<int>(103, 1));
  pool.for_ranges(0, 10, [](int64_t, int64_t) { ADD_FAILURE(); });
}

TEST(ThreadPool, throws_the_exception_of_its_work) {
  const ThreadPool pool(2);
  const auto work = [](int64_t index) {
    if (index == 7) {
      throw std::range_error("seven");
    }
  };
  EXPECT_THROW(pool.for_each(100, work), std::range_error);
}

TEST(ThreadPool, stops_on_request) {
  const ThreadPool pool(2);
  CancelToken token;
  std::atomic<int> calls{0};
  const auto work = [&](int64_t) {
    ++calls;
    token.request();
  };
  EXPECT_THROW(pool.for_each(100'000, work, &token), Error);
  EXPECT_LT(calls.load(), 100'000);
  EXPECT_THROW(token.throw_if_requested("a.b"), Error);
  EXPECT_NO_THROW(CancelToken().throw_if_requested("a.b"));
}

}  // namespace

}  // namespace volseg::core
