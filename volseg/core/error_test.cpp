// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/error.h"

#include <gtest/gtest.h>

namespace volseg {

namespace {

TEST(Error, keeps_kind_operation_and_message_apart) {
  const Error error(ErrorKind::kShape, "mask.decode", "mask 2: found 3; expected 4");
  EXPECT_EQ(error.kind(), ErrorKind::kShape);
  EXPECT_EQ(error.operation(), "mask.decode");
  EXPECT_EQ(error.message(), "mask 2: found 3; expected 4");
  EXPECT_STREQ(error.what(), "[mask.decode] mask 2: found 3; expected 4");
}

TEST(Error, maps_each_kind_to_its_exit_code) {
  EXPECT_EQ(exit_code(ErrorKind::kUsage), 2);
  for (const ErrorKind kind :
       {ErrorKind::kFormat, ErrorKind::kShape, ErrorKind::kLimit, ErrorKind::kUnsupported}) {
    EXPECT_EQ(exit_code(kind), 3);
  }
  EXPECT_EQ(exit_code(ErrorKind::kIo), 4);
  EXPECT_EQ(exit_code(ErrorKind::kNotFound), 4);
  EXPECT_EQ(exit_code(ErrorKind::kUnavailable), 5);
  EXPECT_EQ(exit_code(ErrorKind::kCancelled), 130);
}

}  // namespace

}  // namespace volseg
