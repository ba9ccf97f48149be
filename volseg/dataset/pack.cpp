// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/dataset/internal/dataset_table.h"
#include "volseg/dataset/internal/pack_case.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/internal/resolve.h"

namespace volseg::dataset {

namespace {

using internal::PackedCase;

constexpr std::string_view kImageFolder = "images/";

struct PackingPart {
  Part part;
  const PackPart& input;
  std::vector<internal::PackCase> cases;
  std::vector<PackedCase> packed;
};

class Packer {
 public:
  Packer(std::filesystem::path output, const PackOptions& options)
      : output_(std::move(output)), options_(options) {
    parts_.push_back({Part::kTrain, options.train, {}, {}});
    parts_.push_back({Part::kValidation, options.validation, {}, {}});
    parts_.push_back({Part::kTest, options.test, {}, {}});
  }

  PackSummary pack() {
    core::check_output(output_, options_.overwrite);
    match();
    if (options_.images_as_npy) {
      // Never committed: the converted images go into the zip, then the folder is removed.
      converted_.emplace(output_.string() + ".images", core::Overwrite::kYes);
    }
    read_cases();
    order_classes();
    write();
    summary_.size_bytes = static_cast<int64_t>(std::filesystem::file_size(output_));
    return std::move(summary_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& message) {
    throw Error(ErrorKind::kUsage, "dataset.pack", message);
  }

  void match() {
    int64_t count = 0;
    for (PackingPart& part : parts_) {
      if (part.input.images.empty()) {
        continue;
      }
      part.cases = internal::match_cases(part.input, summary_.warnings);
      if (part.input.labels.empty() && part.part != Part::kTest) {
        refuse(fmt::format("the {} images have no labels; only test images need none",
                           name_of(part.part)));
      }
      part.packed.resize(part.cases.size());
      count += static_cast<int64_t>(part.cases.size());
    }
    if (count == 0) {
      refuse("no images to pack");
    }
    summary_.train_cases = static_cast<int64_t>(parts_[0].cases.size());
    summary_.validation_cases = static_cast<int64_t>(parts_[1].cases.size());
    summary_.test_cases = static_cast<int64_t>(parts_[2].cases.size());
    warn_of_missing_masks();
    check_file_names();
  }

  void warn_of_missing_masks() {
    std::vector<const internal::PackCase*> cases;
    for (const PackingPart& part : parts_) {
      for (const internal::PackCase& one : part.cases) {
        cases.push_back(&one);
      }
    }
    internal::find_missing_masks(cases, summary_.warnings);
  }

  // All images share one folder of the zip.
  void check_file_names() const {
    std::map<std::string, std::filesystem::path> path_of_name;
    for (const PackingPart& part : parts_) {
      for (const internal::PackCase& one : part.cases) {
        const std::string name =
            options_.images_as_npy ? one.name + ".npy" : one.image.filename().string();
        const auto [other, is_new] = path_of_name.try_emplace(name, one.image);
        if (!is_new && other->second != one.image) {
          refuse(fmt::format("{} and {}: two images would be {}{}; rename one",
                             other->second.string(), one.image.string(), kImageFolder, name));
        }
        if (!core::is_plain_file_name(name)) {
          refuse(one.image.string() + ": the file name holds control characters; rename it");
        }
      }
    }
  }

  void read_cases() {
    std::vector<std::pair<const internal::PackCase*, PackedCase*>> work;
    std::set<std::filesystem::path> converted;
    for (PackingPart& part : parts_) {
      for (size_t index = 0; index < part.cases.size(); ++index) {
        if (options_.images_as_npy && !converted.insert(part.cases[index].image).second) {
          refuse(part.cases[index].image.string() + ": in two tables; convert it before packing");
        }
        work.emplace_back(&part.cases[index], &part.packed[index]);
      }
    }
    const auto count = static_cast<int64_t>(work.size());
    const std::filesystem::path folder = converted_ ? converted_->temporary_path() : "";
    core::for_each_reported(options_.work, "pack", count, "cases", [&](int64_t index) {
      const auto& [one, packed] = work[static_cast<size_t>(index)];
      *packed = internal::pack_case(*one, options_.label_names, folder);
    });
  }

  // By the smallest label value of a class; classes of mask files without values by name, last.
  void order_classes() {
    std::map<std::string, int64_t> order;
    const auto lower = [&order](const std::string& name, int64_t value) {
      const auto [entry, is_new] = order.try_emplace(name, value);
      entry->second = std::min(entry->second, value);
    };
    for (const auto& [value, name] : options_.label_names) {
      lower(name, value);
    }
    constexpr int64_t kNoValue = int64_t{1} << 40;
    for (const PackingPart& part : parts_) {
      for (const PackedCase& one : part.packed) {
        for (const auto& [name, text] : one.text_of_class) {
          const auto value = one.value_of_class.find(name);
          lower(name, value == one.value_of_class.end() ? kNoValue : value->second);
        }
      }
    }
    std::vector<std::pair<int64_t, std::string>> sorted;
    sorted.reserve(order.size());
    for (const auto& [name, value] : order) {
      sorted.emplace_back(value, name);
    }
    std::ranges::sort(sorted);
    for (auto& [value, name] : sorted) {
      summary_.class_names.push_back(std::move(name));
    }
    if (summary_.class_names.empty() && summary_.train_cases > 0) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  "the label files hold no label but 0; expected one class or more");
    }
  }

  void write() {
    archive::ZipWriter zip(output_, options_.overwrite);
    std::set<std::string> images;
    for (PackingPart& part : parts_) {
      for (const PackedCase& one : part.packed) {
        if (images.insert(one.image).second) {
          zip.add_file(std::string(kImageFolder) + one.image, one.source);
        }
      }
      if (!part.packed.empty()) {
        zip.add(std::string(name_of(part.part)) + ".pq", table_of(part));
      }
    }
    if (options_.work.cancel != nullptr) {
      options_.work.cancel->throw_if_requested("dataset.pack");
    }
    zip.commit();
  }

  core::Buffer table_of(PackingPart& part) const {
    const bool has_masks = !part.input.labels.empty();
    std::vector<internal::TableRow> rows;
    for (PackedCase& one : part.packed) {
      internal::TableRow row{
          .image = one.image, .run_texts = {}, .shape = one.shape, .spacing_mm = one.spacing_mm};
      for (const std::string& name : summary_.class_names) {
        row.run_texts.push_back(std::move(one.text_of_class[name]));
      }
      rows.push_back(std::move(row));
    }
    return internal::encode_table(std::move(rows),
                                  has_masks ? summary_.class_names : std::vector<std::string>{});
  }

  std::filesystem::path output_;
  const PackOptions& options_;
  std::vector<PackingPart> parts_;
  std::optional<core::OutputFolder> converted_;
  PackSummary summary_;
};

}  // namespace

PackSummary pack(const std::filesystem::path& output, const PackOptions& options) {
  return Packer(output, options).pack();
}

}  // namespace volseg::dataset
