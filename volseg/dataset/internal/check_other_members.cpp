// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/check_other_members.h"

#include <set>
#include <string>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

namespace {

std::vector<const archive::Member*> other_members(const archive::Archive& archive,
                                                  const Resolved& resolved,
                                                  const std::vector<const Row*>& rows) {
  std::set<std::string_view> used(resolved.table_members.begin(), resolved.table_members.end());
  for (const Row* row : rows) {
    used.insert(row->member);
  }
  std::vector<const archive::Member*> others;
  for (const archive::Member& member : archive.members()) {
    if (!used.contains(member.name)) {
      others.push_back(&member);
    }
  }
  return others;
}

/// Empty when the member is sound.
std::string defect_of(const archive::Archive& archive, const archive::Member& member,
                      const core::CancelToken* cancel) {
  try {
    archive.read_pieces(member, [&](std::span<const std::byte> /*piece*/) {
      if (cancel != nullptr) {
        cancel->throw_if_requested("dataset.check");
      }
    });
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return error.message();
  }
  return {};
}

}  // namespace

void check_other_members(const archive::Archive& archive, const Resolved& resolved,
                         const std::vector<const Row*>& rows, const core::WorkOptions& work,
                         FindingSink& sink) {
  const auto others = other_members(archive, resolved, rows);
  if (!archive.has_checksums() || others.empty()) {
    return;
  }
  std::vector<std::string> defects(others.size());
  core::for_each_reported(work, "verify other files", static_cast<int64_t>(others.size()), "files",
                          [&](int64_t index) {
                            const auto position = static_cast<size_t>(index);
                            defects[position] = defect_of(archive, *others[position], work.cancel);
                          });
  for (size_t position = 0; position < others.size(); ++position) {
    if (!defects[position].empty()) {
      sink.add(make_finding("member-unreadable", {.member = others[position]->name},
                            defects[position], "bytes that match their checksum"));
    }
  }
}

}  // namespace volseg::dataset::internal
