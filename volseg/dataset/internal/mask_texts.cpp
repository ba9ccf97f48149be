// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_texts.h"

#include <fmt/format.h>

#include <array>

#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

namespace {

constexpr std::array kCanonical = {
    CanonicalRule{"rle-unsorted", &mask::RunTextWarnings::unsorted, "runs out of order",
                  "ascending starts"},
    CanonicalRule{"rle-overlapping", &mask::RunTextWarnings::overlapping, "runs overlap",
                  "each voxel in one run"},
    CanonicalRule{"rle-touching", &mask::RunTextWarnings::touching, "a run begins where one ends",
                  "maximal runs"},
    CanonicalRule{"rle-zero-length", &mask::RunTextWarnings::zero_length, "a run of length 0",
                  "lengths from 1"},
    CanonicalRule{"rle-white-space", &mask::RunTextWarnings::other_white_space,
                  "white space other than single spaces", "single spaces between tokens"},
    CanonicalRule{"rle-leading-zeros", &mask::RunTextWarnings::leading_zeros,
                  "a number with leading zeros", "numbers without leading zeros"},
};

}  // namespace

std::span<const CanonicalRule> canonical_rules() { return kCanonical; }

std::string describe_error(const mask::ParsedRuns& parsed, const core::Shape3& shape) {
  const std::string run = fmt::format("run {} (byte {})", parsed.run_number, parsed.byte_offset);
  switch (parsed.error) {
    case mask::RunTextError::kStartZero:
      return run + " starts at voxel 0";
    case mask::RunTextError::kOddTokenCount:
      return run + " has a start and no length";
    case mask::RunTextError::kRunPastEnd:
      return fmt::format("{} reaches past voxel {}, the last", run, core::voxel_count(shape));
    default:
      return fmt::format("{} has the token {}", run, in_quotes(parsed.token));
  }
}

}  // namespace volseg::dataset::internal
