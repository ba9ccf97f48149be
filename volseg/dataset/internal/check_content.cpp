// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using Hash = std::array<uint64_t, 2>;

struct Candidate {
  const Row* row = nullptr;
  std::optional<Hash> hash = {};
};

// Rows, one for each image, whose image looks like that of another row.
std::vector<Candidate> candidates_of(const std::vector<const Row*>& rows,
                                     const std::vector<RowOutcome>& outcomes) {
  std::map<uint64_t, std::vector<const Row*>> alike;
  std::set<std::string_view> seen;
  for (size_t index = 0; index < rows.size(); ++index) {
    const std::optional<ImageFacts>& facts = outcomes[index].facts;
    if (facts && !facts->is_constant && seen.insert(rows[index]->member).second) {
      alike[facts->fingerprint].push_back(rows[index]);
    }
  }
  std::vector<Candidate> candidates;
  for (const auto& [fingerprint, same] : alike) {
    for (const Row* row : same) {
      if (same.size() > 1) {
        candidates.push_back({.row = row});
      }
    }
  }
  return candidates;
}

std::optional<Hash> hash_of(const archive::Archive& archive, const Resolved& resolved,
                            const Row& row) {
  try {
    return content_hash(volume::read_volume(archive.read(*archive.find(row.member)).bytes(),
                                            row.member,
                                            {.channel_axis = resolved.settings.channel_axis}));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return std::nullopt;
  }
}

void report(const Resolved& resolved, const Row& first, const Row& row, FindingSink& sink) {
  const bool one_table = first.part == row.part;
  sink.add(
      make_finding(one_table ? "image-content-repeated" : "image-content-in-two-tables",
                   {.member = resolved.table_of(row.part),
                    .row = row.number,
                    .column = resolved.settings.image_column},
                   fmt::format("{} holds the same voxels as {} of {} row {}", in_quotes(row.image),
                               in_quotes(first.image), resolved.table_of(first.part), first.number),
                   one_table ? "each image once" : "each image in one table"));
}

}  // namespace

void check_content(const archive::Archive& archive, const Resolved& resolved,
                   const std::vector<const Row*>& rows, const std::vector<RowOutcome>& outcomes,
                   const core::WorkOptions& work, FindingSink& sink) {
  std::vector<Candidate> candidates = candidates_of(rows, outcomes);
  if (candidates.empty()) {
    return;
  }
  core::for_each_reported(work, "compare", static_cast<int64_t>(candidates.size()), "images",
                          [&](int64_t index) {
                            Candidate& one = candidates[static_cast<size_t>(index)];
                            one.hash = hash_of(archive, resolved, *one.row);
                          });
  const auto place = [](const Row& row) { return std::pair(row.part, row.number); };
  std::ranges::sort(candidates, {}, [&](const Candidate& one) { return place(*one.row); });
  std::map<Hash, const Row*> first_of_hash;
  for (const Candidate& one : candidates) {
    if (!one.hash) {
      continue;
    }
    const auto [first, is_new] = first_of_hash.try_emplace(*one.hash, one.row);
    if (!is_new) {
      report(resolved, *first->second, *one.row, sink);
    }
  }
}

}  // namespace volseg::dataset::internal
