// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/near_names.h"

#include <gtest/gtest.h>

namespace volseg::core {
namespace {

using Names = std::vector<std::string>;

TEST(NearNames, gives_the_fewest_edits_first) {
  EXPECT_EQ(near_names("epoch", {"seed", "epochs", "patch"}, 2), (Names{"epochs", "patch"}));
}

TEST(NearNames, breaks_ties_by_name_and_gives_no_more_than_there_are) {
  EXPECT_EQ(near_names("a", {"c", "b"}, 5), (Names{"b", "c"}));
  EXPECT_TRUE(near_names("a", {}, 3).empty());
}

}  // namespace
}  // namespace volseg::core
