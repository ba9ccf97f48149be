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

// Members go into the zip at the end; large ones wait in files beside it, small ones in memory.
class Copier {
 public:
  Copier(const std::filesystem::path& output, core::Overwrite overwrite)
      : zip_(output, overwrite), folder_(output.string() + ".members", core::Overwrite::kYes) {}

  void add(const std::string& name, core::Buffer bytes) {
    constexpr int64_t kSmallBytes = int64_t{1} << 20;
    constexpr int64_t kMostKeptBytes = int64_t{256} << 20;
    if (bytes.size_bytes() <= kSmallBytes && kept_bytes_ < kMostKeptBytes) {
      kept_bytes_ += bytes.size_bytes();
      zip_.add(name, std::move(bytes));
      return;
    }
    const std::filesystem::path file = folder_.temporary_path() / std::to_string(files_++);
    core::write_file(file, std::as_const(bytes).bytes(), core::Overwrite::kNo);
    zip_.add_file(name, file);
  }

  void commit() { zip_.commit(); }

 private:
  archive::ZipWriter zip_;
  core::OutputFolder folder_;  // never committed: the files go into the zip
  int64_t kept_bytes_ = 0;
  int64_t files_ = 0;
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
  Copier copier(output, overwrite);
  core::WorkOptions one_by_one = work;
  one_by_one.threads = 1;
  const std::vector<archive::Member>& members = archive.members();
  core::for_each_reported(one_by_one, "write", std::ssize(members), "files", [&](int64_t index) {
    const archive::Member& member = members[static_cast<size_t>(index)];
    const auto fixed = tables.find(member.name);
    copier.add(member.name,
               fixed == tables.end() ? archive.read(member) : std::move(fixed->second));
  });
  copier.commit();
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
  const auto archive = internal::open_archive(dataset, sink);
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
