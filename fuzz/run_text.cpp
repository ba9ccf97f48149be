// SPDX-License-Identifier: Apache-2.0
// Run-length text: the fast reader against a plain one; runs, error, its place and warnings agree.
// Input: three bytes of extents, one that makes the shape huge when odd, then the text.
#include "volseg/mask/run_text.h"

#include "fuzz/fuzz_target.h"
#include "fuzz/plain_run_text.h"

namespace {

using volseg::core::Shape3;
using volseg::fuzz::require;
namespace mask = volseg::mask;
namespace plain = volseg::fuzz::plain;

constexpr size_t kHeadBytes = 4;

bool is_touched_or_overlapped(std::vector<mask::Run> runs) {
  std::erase_if(runs, [](const mask::Run& run) { return run.length == 0; });
  std::ranges::sort(runs, {}, &mask::Run::start);
  for (size_t at = 1; at < runs.size(); ++at) {
    if (runs[at].start <= runs[at - 1].start + runs[at - 1].length) {
      return true;
    }
  }
  return false;
}

void compare(std::string_view text, const Shape3& shape) {
  const int64_t voxels = volseg::core::voxel_count(shape);
  const mask::ParsedRuns fast = mask::parse_runs(text, shape);
  const plain::Outcome slow = plain::read(text, voxels);
  require(fast.error == slow.error, "both readers give the same error");
  require(fast.run_number == slow.run_number && fast.byte_offset == slow.byte_offset,
          "both readers place the error alike");
  if (fast.error != mask::RunTextError::kNone) {
    require(fast.mask.runs.empty(), "no runs beside an error");
    return;
  }
  const auto is_empty = [](const mask::Run& run) { return run.length == 0; };
  require(fast.warnings.zero_length == std::ranges::any_of(slow.runs, is_empty),
          "runs of length 0 are warned of");
  require(
      (fast.warnings.touching || fast.warnings.overlapping) == is_touched_or_overlapped(slow.runs),
      "touching and overlapping runs are warned of");
  require(fast.warnings.any() || mask::format_runs(fast.mask) == text,
          "a text without warnings is canonical");
  constexpr int64_t kMostVoxels = 100'000;
  if (voxels <= kMostVoxels) {
    require(fast.mask.runs == plain::canonical(slow.runs, voxels), "both readers give equal runs");
  }
  require(mask::parse_runs(mask::format_runs(fast.mask), shape).mask == fast.mask,
          "the canonical text gives the mask again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHeadBytes) {
    return 0;
  }
  const bool is_huge = data[3] % 2 == 1;
  Shape3 shape{};
  for (size_t axis = 0; axis < 3; ++axis) {
    shape[axis] = is_huge ? int64_t{data[axis]} << 12 : data[axis] % 40;
  }
  compare({reinterpret_cast<const char*>(data) + kHeadBytes, size - kHeadBytes}, shape);
  return 0;
}
