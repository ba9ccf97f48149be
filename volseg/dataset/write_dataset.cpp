// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/dataset_table.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset {

struct DatasetWriter::State {
  State(const std::filesystem::path& output, std::vector<std::string> classes,
        core::Overwrite overwrite)
      : zip(output, overwrite),
        images(output.string() + ".images", core::Overwrite::kYes),
        class_names(std::move(classes)) {}

  archive::ZipWriter zip;
  core::OutputFolder images;  // never committed: the files go into the zip
  std::vector<std::string> class_names;
  std::vector<internal::TableRow> rows;
  std::set<std::string> names;
};

DatasetWriter::DatasetWriter(const std::filesystem::path& output,
                             std::vector<std::string> class_names, core::Overwrite overwrite)
    : state_(std::make_unique<State>(output, std::move(class_names), overwrite)) {}

DatasetWriter::~DatasetWriter() = default;

void DatasetWriter::add(PredictedCase one) {
  if (one.run_texts.size() != state_->class_names.size()) {
    throw Error(ErrorKind::kUsage, "dataset.write",
                fmt::format("{}: {} for {}; both must be equal", one.image,
                            core::counted(std::ssize(one.run_texts), "mask"),
                            core::counted(std::ssize(state_->class_names), "class")));
  }
  if (!core::is_plain_file_name(one.image)) {
    throw Error(ErrorKind::kUsage, "dataset.write",
                one.image + ": not a plain file name; expected a name without folders");
  }
  if (!state_->names.insert(one.image).second) {
    throw Error(ErrorKind::kUsage, "dataset.write",
                one.image + ": two cases of this image; expected one");
  }
  const std::filesystem::path file = state_->images.temporary_path() / one.image;
  core::write_file(file, std::as_const(one.image_bytes).bytes(), core::Overwrite::kNo);
  state_->zip.add_file("images/" + one.image, file);
  state_->rows.push_back({.image = std::move(one.image),
                          .run_texts = std::move(one.run_texts),
                          .shape = one.shape,
                          .spacing_mm = one.spacing_mm});
}

void DatasetWriter::commit() {
  std::ranges::sort(state_->rows, {}, &internal::TableRow::image);
  state_->zip.add("train.pq", internal::encode_table(std::move(state_->rows), state_->class_names));
  state_->zip.commit();
}

void write_dataset(const std::filesystem::path& output, std::vector<PredictedCase> cases,
                   const std::vector<std::string>& class_names, core::Overwrite overwrite) {
  DatasetWriter writer(output, class_names, overwrite);
  for (PredictedCase& one : cases) {
    writer.add(std::move(one));
  }
  writer.commit();
}

}  // namespace volseg::dataset
