// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/case_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <span>
#include <system_error>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/prepare/internal/case_file.h"

namespace volseg::prepare {
namespace {

std::string hash_of(std::string_view text) { return hash_text(std::as_bytes(std::span(text))); }

/// The row's number keeps apart rows that share an image name.
std::string file_name_of(const dataset::Row& row) {
  const std::string prefix = fmt::format("{}-{:06}-", dataset::name_of(row.part), row.number);
  std::string named = fmt::format("{}{}.case", prefix, row.name);
  if (core::is_plain_file_name(row.name) && core::is_plain_file_name(named)) {
    return named;
  }
  return fmt::format("{}{}.case", prefix, hash_of(row.name));
}

/// What of a plan decides how a case is prepared.
std::string text_of(const plan::Plan& plan) {
  std::string text = fmt::format("{} {} {}", fmt::join(plan.axis_order, ","),
                                 fmt::join(plan.spacing_mm, ","), static_cast<int>(plan.output));
  for (const plan::Normalization& normalization : plan.normalization) {
    const plan::IntensityStatistics& statistics = normalization.statistics;
    text += fmt::format(" {}:{},{},{},{}", static_cast<int>(normalization.scheme), statistics.mean,
                        statistics.standard_deviation, statistics.percentile_00_5,
                        statistics.percentile_99_5);
  }
  return text;
}

std::string key_of(const dataset::Dataset& dataset, const dataset::Row& row,
                   const std::string& plan_text) {
  const archive::Archive& archive = dataset.archive();
  const auto* member = archive.find(row.member);
  if (member == nullptr) {
    throw Error(ErrorKind::kNotFound, "prepare.store",
                fmt::format("case \"{}\": there is no member \"{}\"", row.name, row.member));
  }
  std::string text = fmt::format("{}\n{}\n{}\n", kCaseFormatVersion, plan_text,
                                 hash_text(archive.read(*member).bytes()));
  if (row.spacing_mm) {
    text += fmt::format("{}", fmt::join(*row.spacing_mm, ","));
  }
  text += fmt::format("\n{}\n{}", dataset.settings().channel_axis.value_or(-1), row.has_masks);
  for (const std::string& runs : row.run_texts) {
    text += fmt::format("\n{} {}", runs.size(), hash_of(runs));
  }
  return hash_of(text);
}

PreparedCase prepare_case(const dataset::Dataset& dataset, const dataset::Row& row,
                          const plan::Plan& plan) {
  PreparedCase prepared;
  prepared.name = row.name;
  std::vector<mask::RunMask> masks;
  {
    const volume::Volume image = dataset.load_volume(row);
    prepared.image = prepare_image(image, plan, row.name);
    if (row.has_masks) {
      masks = dataset.load_masks(row, image.header.shape);
    }
  }
  prepared.masks = prepare_masks(masks, prepared.image.mapping, plan.output);
  return prepared;
}

}  // namespace

CaseStore::CaseStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (!error && std::filesystem::is_directory(folder_)) {
    return;
  }
  throw Error(ErrorKind::kIo, "prepare.store",
              fmt::format("{}: the folder cannot be made: {}", folder_.string(),
                          error ? error.message() : "a file has its name"));
}

int64_t CaseStore::prepare(const dataset::Dataset& dataset,
                           const std::vector<const dataset::Row*>& rows, const plan::Plan& plan,
                           const core::WorkOptions& work) {
  const std::string plan_text = text_of(plan);
  std::atomic<int64_t> prepared = 0;
  core::for_each_reported(work, "prepare", std::ssize(rows), "cases", [&](int64_t index) {
    const dataset::Row& row = *rows[index];
    const std::filesystem::path path = folder_ / file_name_of(row);
    const std::string key = key_of(dataset, row, plan_text);
    if (key_of_case(path) != key || !is_sound_case(path)) {
      write_case(path, prepare_case(dataset, row, plan), key);
      ++prepared;
    }
  });
  return prepared;
}

PreparedCase CaseStore::load(const dataset::Row& row) const {
  return read_case(folder_ / file_name_of(row));
}

}  // namespace volseg::prepare
