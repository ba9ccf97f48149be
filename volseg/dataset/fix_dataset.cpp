// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/fix_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/fix_table.h"
#include "volseg/table/parquet.h"

namespace volseg::dataset {

namespace {

using internal::FixCounts;

struct What {
  std::string_view code;
  std::string_view text;
};

constexpr std::array kWhat = {
    What{"column-type", "made lists of columns of plain text"},
    What{"class-order-differs", "listed the classes of rows in the order of the first row"},
    What{"image-name-invalid", "wrote the file name of images without folder and with extension"},
    What{"geometry-columns", "added columns shape and spacing_mm from the image headers"},
    What{"rle-unsorted", "sorted the runs of texts"},
    What{"rle-overlapping", "joined runs that overlap"},
    What{"rle-touching", "joined runs that touch"},
    What{"rle-zero-length", "dropped runs of length 0"},
    What{"rle-white-space", "wrote single spaces between tokens"},
    What{"rle-leading-zeros", "wrote numbers without leading zeros"},
    What{"rle-zero-based", "added 1 to every start of texts, as assumed"},
    What{"rle-axis-order", "turned masks to the axes of the stored image, as assumed"},
    What{"file-ignored", "left out files of operating systems"},
};

using Tables = std::map<std::string, core::Buffer>;

// None when the table holds what Parquet cannot, such as text that is not UTF-8.
std::optional<core::Buffer> write_table(const table::Table& table, const std::string& member,
                                        std::vector<Finding>& losses) {
  try {
    return table::write_parquet(table);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kFormat) {
      throw;
    }
    losses.push_back(internal::make_finding("table-not-fixed", {.member = member}, error.message(),
                                            "text in UTF-8"));
    return std::nullopt;
  }
}

// The bytes of the tables that change.
Tables fix_tables(const archive::Archive& archive, const internal::Resolved& resolved,
                  const FixOptions& options, const core::WorkOptions& work, FixCounts& counts,
                  std::vector<Finding>& losses) {
  Tables tables;
  std::vector<std::string> class_names;
  for (const Part part : internal::kParts) {
    const std::string& member = resolved.table_of(part);
    if (member.empty() || resolved.rows_of(part).empty()) {
      continue;
    }
    table::Table table = table::read_parquet(archive.read(*archive.find(member)).bytes(), member);
    FixCounts fixed;
    if (!internal::fix_table(archive, resolved, part, options, work, table, class_names, fixed)) {
      continue;
    }
    std::optional<core::Buffer> bytes = write_table(table, member, losses);
    if (!bytes) {
      continue;
    }
    for (const auto& [code, count] : fixed) {
      counts[code] += count;
    }
    for (const auto& [name, type] : table.skipped_columns) {
      losses.push_back(internal::make_finding("column-left-out", {.member = member, .column = name},
                                              "type " + type, "a type that volseg reads"));
    }
    tables.emplace(member, *std::move(bytes));
  }
  return tables;
}

void write(const archive::Archive& archive, Tables tables, const std::filesystem::path& output,
           core::Overwrite overwrite, const core::WorkOptions& work) {
  archive::ZipWriter zip(output, overwrite);
  for (const archive::Member& member : archive.members()) {
    const auto fixed = tables.find(member.name);
    if (fixed != tables.end()) {
      zip.add(member.name, std::move(fixed->second));
      continue;
    }
    zip.add_pieces(member.name, member.size_bytes,
                   [&](const archive::PieceVisit& visit) { archive.read_pieces(member, visit); });
  }
  zip.commit(work);
}

std::vector<Fix> list_fixes(const FixCounts& counts) {
  std::vector<Fix> fixes;
  for (const What& what : kWhat) {
    const auto found = counts.find(what.code);
    if (found != counts.end()) {
      fixes.push_back({found->first, found->second, std::string(what.text)});
    }
  }
  return fixes;
}

}  // namespace

CheckReport fix_dataset(const std::filesystem::path& dataset, const ImportSettings& settings,
                        const FixOptions& options, const std::filesystem::path& output,
                        core::Overwrite overwrite, const core::WorkOptions& work) {
  core::check_not_input(output, dataset);
  core::check_output(output, overwrite);
  internal::CollectingSink sink;
  const auto archive = internal::open_archive(dataset, settings, sink);
  internal::Resolved resolved;
  if (archive != nullptr) {
    internal::check_archive(*archive, sink);
    internal::CollectingSink ignored;
    resolved = internal::resolve(*archive, settings, ignored);
  }
  if (std::ranges::all_of(resolved.rows, [](const auto& rows) { return rows.empty(); })) {
    return check(dataset, settings, work);
  }
  FixCounts counts;
  Tables tables = fix_tables(*archive, resolved, options, work, counts, sink.findings);
  if (!archive->ignored().empty()) {
    counts["file-ignored"] = std::ssize(archive->ignored());
  }
  write(*archive, std::move(tables), output, overwrite, work);
  CheckReport report = check(output, settings, work);
  report.findings.insert(report.findings.begin(), sink.findings.begin(), sink.findings.end());
  report.fixes = list_fixes(counts);
  report.output = output.string();
  return report;
}

}  // namespace volseg::dataset
