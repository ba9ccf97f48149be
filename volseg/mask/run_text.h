// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {

/// Why a text is not a mask.
enum class RunTextError : uint8_t {
  kNone,
  kOddTokenCount,  ///< a start has no length
  kStartZero,      ///< positions start at 1
  kNegative,       ///< a token begins with a minus sign
  kNotANumber,     ///< a token is not a decimal integer of ASCII digits
  kRunPastEnd,     ///< a run ends beyond the last voxel of the shape
  kOverflow,       ///< a token does not fit in 63 bits
};

/// What is not canonical in a text that still has one meaning.
struct RunTextWarnings {
  bool unsorted = false;
  bool overlapping = false;
  bool touching = false;
  bool zero_length = false;
  bool other_white_space = false;  ///< anything but single spaces between tokens
  bool leading_zeros = false;
  friend bool operator==(const RunTextWarnings&, const RunTextWarnings&) = default;
  [[nodiscard]] bool any() const { return *this != RunTextWarnings{}; }
};

/// Outcome of reading a text; on an error `mask` is empty.
struct ParsedRuns {
  RunMask mask;
  RunTextWarnings warnings;
  RunTextError error = RunTextError::kNone;
  int64_t run_number = 0;   ///< of the faulty run, from 1
  int64_t byte_offset = 0;  ///< of the faulty token
  std::string token;        ///< the faulty token, cut to 40 bytes
};

/// Reads `start length start length ...` with 1-based starts; the mask comes out canonical (the
/// union). Linear in the text plus sorting where it is unsorted; never allocates from a number in
/// the text.
/// @param storage  of a mask that is done with; its memory is used again
[[nodiscard]] ParsedRuns parse_runs(std::string_view text, const core::Shape3& shape,
                                    std::vector<Run> storage = {});

/// As parse_runs. @throws Error(kFormat) with run, byte offset, token and rule
[[nodiscard]] RunMask parse_runs_or_throw(std::string_view text, const core::Shape3& shape);

/// The canonical text, byte for byte what the public `mask2rle` gives for the same array.
[[nodiscard]] std::string format_runs(const RunMask& mask);

/// format_runs(encode(voxels)) without the run list in between: memory beyond the text is about an
/// eighth of a byte a voxel. @throws Error(kFormat) on a NaN
template <typename T>
[[nodiscard]] std::string encode_text(core::ArrayView<const T> voxels);

/// decode(parse_runs_or_throw(text, voxels.shape), voxels) without the run list in between: memory
/// is small in Fortran order, else about an eighth of a byte a voxel. On an error the voxels hold
/// any values.
/// @throws Error(kFormat) as parse_runs_or_throw
void decode_text(std::string_view text, core::ArrayView<uint8_t> voxels);

/// Stable finding code of an error, such as "rle-start-zero"; and one sentence that states the
/// rule.
[[nodiscard]] std::string_view code_of(RunTextError error);
[[nodiscard]] std::string_view rule_of(RunTextError error);

/// The array that the public `rle2mask_3d(text, (height, width, depth))` returns, axes (depth,
/// height, width); equal to reading the text as Fortran order of that shape.
[[nodiscard]] core::Array<uint8_t> decode_like_rle2mask_3d(std::string_view text, int64_t height,
                                                           int64_t width, int64_t depth);

}  // namespace volseg::mask
