// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <utility>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/mask_statistics.h"
#include "volseg/dataset/internal/mask_texts.h"
#include "volseg/mask/pair_overlaps.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset::internal {

namespace {

mask::ParsedRuns check_text(const std::string& text, const Place& place, const core::Shape3& shape,
                            std::vector<mask::Run> storage, std::vector<Finding>& findings) {
  mask::ParsedRuns parsed = mask::parse_runs(text, shape, std::move(storage));
  if (parsed.error != mask::RunTextError::kNone) {
    Place where = place;
    where.byte_offset = parsed.byte_offset;
    findings.push_back(make_finding(mask::code_of(parsed.error), std::move(where),
                                    describe_error(parsed, shape),
                                    std::string(mask::rule_of(parsed.error))));
  }
  for (const CanonicalRule& rule : canonical_rules()) {
    if (parsed.warnings.*rule.flag) {
      findings.push_back(
          make_finding(rule.code, place, std::string(rule.found), std::string(rule.expected)));
    }
  }
  return parsed;
}

std::string list_axes(const std::array<int, 3>& axes) {
  return fmt::format("({}, {}, {})", axes[0], axes[1], axes[2]);
}

void check_axis_order(const std::vector<mask::RunMask>& masks, const Place& place,
                      std::vector<Finding>& findings) {
  const RunTotals totals = totals_of(masks);
  const std::optional<AxisOrder> better = suspect_axis_order(masks, totals);
  if (better) {
    findings.push_back(make_finding(
        "rle-axis-order", place,
        fmt::format("{} boundary faces in the stored order {}; {} when read as {}, axes {}",
                    better->stored_faces, core::to_string(masks[0].shape), better->faces,
                    core::to_string(better->shape), list_axes(better->axes)),
        "runs over the Fortran order of the array as stored"));
    return;
  }
  if (const std::optional<OtherLine> other = suspect_other_line(masks, totals)) {
    constexpr double kPercent = 100;
    findings.push_back(make_finding(
        "rle-other-shape", place,
        fmt::format("{:.0f} % of the voxels have a neighbour in the next line of {} voxels; {:.0f} "
                    "% when lines along axis 0 have {} as in the image",
                    kPercent * other->fraction, other->length, kPercent * other->stored_fraction,
                    masks[0].shape[0]),
        "runs over an array of the image's shape"));
  }
}

}  // namespace

void check_masks(const Resolved& resolved, const Row& row, const std::optional<core::Shape3>& shape,
                 const volume::Volume* image, SpareRuns& spare, RowOutcome& outcome) {
  if (!row.has_masks) {
    return;
  }
  const Place place{.member = resolved.table_of(row.part),
                    .row = row.number,
                    .column = resolved.settings.rle_mask_column};
  std::vector<mask::RunMask> masks;
  for (size_t index = 0; index < row.run_texts.size(); ++index) {
    Place where = place;
    where.class_name = resolved.class_names[index];
    mask::ParsedRuns parsed = check_text(row.run_texts[index], where, shape.value_or(kAnyShape),
                                         spare.take(), outcome.findings);
    const bool is_read = parsed.error == mask::RunTextError::kNone;
    outcome.may_have_class.push_back(!is_read || !parsed.mask.runs.empty());
    masks.push_back(std::move(parsed.mask));
  }
  for (const mask::PairOverlap& overlap : mask::pair_overlaps_of(masks)) {
    outcome.overlap_voxels[{overlap.first, overlap.second}] = overlap.voxels;
  }
  if (shape) {
    check_axis_order(masks, place, outcome.findings);
    outcome.zero_based = zero_based_evidence(masks, image);
  }
  for (mask::RunMask& mask : masks) {
    spare.give(std::move(mask.runs));
  }
}

void check_odd_masks(const Resolved& resolved, const OddMasks& masks,
                     const std::optional<core::Shape3>& shape, RowOutcome& outcome) {
  outcome.may_have_class.assign(resolved.class_names.size(), true);
  for (size_t index = 0; index < masks.run_texts.size(); ++index) {
    const Place place{
        .member = resolved.table_of(masks.part),
        .row = masks.number,
        .column = resolved.settings.rle_mask_column,
        .class_name = index < masks.class_names.size() ? masks.class_names[index] : ""};
    static_cast<void>(
        check_text(masks.run_texts[index], place, shape.value_or(kAnyShape), {}, outcome.findings));
  }
}

}  // namespace volseg::dataset::internal
