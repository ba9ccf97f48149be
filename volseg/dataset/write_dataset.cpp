// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/dataset/internal/dataset_table.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset {

void write_dataset(const std::filesystem::path& output, std::vector<PredictedCase> cases,
                   const std::vector<std::string>& class_names, core::Overwrite overwrite) {
  std::ranges::sort(cases, {}, &PredictedCase::image);
  archive::ZipWriter zip(output, overwrite);
  std::vector<internal::TableRow> rows;
  for (PredictedCase& one : cases) {
    if (one.run_texts.size() != class_names.size()) {
      throw Error(ErrorKind::kUsage, "dataset.write",
                  fmt::format("{}: {} masks for {} classes; both must be equal", one.image,
                              one.run_texts.size(), class_names.size()));
    }
    if (!core::is_plain_file_name(one.image)) {
      throw Error(ErrorKind::kUsage, "dataset.write",
                  one.image + ": not a plain file name; expected a name without folders");
    }
    zip.add("images/" + one.image, std::move(one.image_bytes));
    rows.push_back({.image = std::move(one.image),
                    .run_texts = std::move(one.run_texts),
                    .shape = one.shape,
                    .spacing_mm = one.spacing_mm});
  }
  zip.add("train.pq", internal::encode_table(std::move(rows), class_names));
  zip.commit();
}

}  // namespace volseg::dataset
