// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/run_text.h"

#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/internal/run_reader.h"
#include "volseg/mask/internal/run_writer.h"

namespace volseg::mask {

namespace {

// The token as one printable piece, so that a hostile text cannot write to a terminal.
std::string quoted(std::string_view token) {
  std::string shown = "\"";
  for (const char letter : token) {
    shown += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return shown + "\"";
}

}  // namespace

ParsedRuns parse_runs(std::string_view text, const core::Shape3& shape, std::vector<Run> storage) {
  return internal::parse_runs(text, shape, internal::Reading::kFast, std::move(storage));
}

void internal::require_sound(const ParsedRuns& parsed) {
  if (parsed.error != RunTextError::kNone) {
    throw Error(ErrorKind::kFormat, "mask.parse_runs",
                "run " + std::to_string(parsed.run_number) + ", byte " +
                    std::to_string(parsed.byte_offset) + ", token " + quoted(parsed.token) + ": " +
                    std::string(rule_of(parsed.error)) + "; the shape is " +
                    core::to_string(parsed.mask.shape));
  }
}

RunMask parse_runs_or_throw(std::string_view text, const core::Shape3& shape) {
  ParsedRuns parsed = parse_runs(text, shape);
  internal::require_sound(parsed);
  return std::move(parsed.mask);
}

std::string format_runs(const RunMask& mask) {
  const auto count = static_cast<int64_t>(mask.runs.size());
  internal::RunWriter writer(core::voxel_count(mask.shape));
  writer.reserve(count);
  writer.append(mask.runs.data(), count);
  return writer.finish();
}

std::string_view code_of(RunTextError error) {
  switch (error) {
    case RunTextError::kNone:
      return "";
    case RunTextError::kOddTokenCount:
      return "rle-odd-token-count";
    case RunTextError::kStartZero:
      return "rle-start-zero";
    case RunTextError::kNegative:
      return "rle-negative";
    case RunTextError::kNotANumber:
      return "rle-not-a-number";
    case RunTextError::kRunPastEnd:
      return "rle-run-past-end";
    case RunTextError::kOverflow:
      return "rle-overflow";
  }
  return "";
}

std::string_view rule_of(RunTextError error) {
  switch (error) {
    case RunTextError::kNone:
      return "";
    case RunTextError::kOddTokenCount:
      return "every start needs a length, so the number of tokens is even";
    case RunTextError::kStartZero:
      return "positions start at 1";
    case RunTextError::kNegative:
      return "starts and lengths are not negative";
    case RunTextError::kNotANumber:
      return "starts and lengths are decimal integers of the digits 0 to 9";
    case RunTextError::kRunPastEnd:
      return "every run lies inside the image";
    case RunTextError::kOverflow:
      return "starts and lengths fit in 63 bits";
  }
  return "";
}

core::Array<uint8_t> decode_like_rle2mask_3d(std::string_view text, int64_t height, int64_t width,
                                             int64_t depth) {
  core::Array<uint8_t> voxels({depth, height, width}, core::Order::kFortran);
  decode_text(text, voxels.view());
  return voxels;
}

}  // namespace volseg::mask
