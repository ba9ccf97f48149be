// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/internal/outputs.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::predict::internal {

namespace {

constexpr std::string_view kLabelNames = "label_names.json";

volume::Volume one_class(const core::Array<uint8_t>& voxels, const volume::Geometry& geometry) {
  core::Array<int32_t> labels(voxels.shape(), voxels.order());
  for (int64_t i = 0; i < voxels.size(); ++i) {
    labels.data()[i] = voxels.data()[i];
  }
  return volume::from_labels(std::as_const(labels).view(), geometry);
}

std::vector<std::string> run_texts(const GridReturn& prediction, const plan::Plan& plan) {
  std::vector<std::string> texts(plan.class_names.size());
  if (plan.output == plan::OutputKind::kSigmoid) {
    for (size_t i = 0; i < texts.size(); ++i) {
      texts[i] = mask::format_runs(mask::encode(prediction.classes()[i].view()));
    }
    return texts;
  }
  for (const mask::LabelRuns& runs : mask::encode_labels(prediction.labels().view())) {
    texts[static_cast<size_t>(runs.label - 1)] = mask::format_runs(runs.mask);
  }
  return texts;
}

std::string label_names_json(const plan::Plan& plan) {
  nlohmann::ordered_json names;
  for (size_t i = 0; i < plan.class_names.size(); ++i) {
    names[std::to_string(i + 1)] = plan.class_names[i];
  }
  return names.dump(2) + "\n";
}

}  // namespace

Outputs::Outputs(const PredictOptions& options, const plan::Plan& plan, const Inputs& inputs)
    : options_(options), plan_(plan) {
  const std::string name = options.output.filename().string();
  as_dataset_ = options.format == OutputFormat::kDataset || options.output.extension() == ".zip";
  as_file_ = !as_dataset_ && inputs.is_one_file() && volume::format_of_name(name).has_value();
  if (as_file_ && plan.output == plan::OutputKind::kSigmoid) {
    throw Error(ErrorKind::kUsage, "predict.output",
                name + ": classes may overlap and need one file each; give a folder or a .zip");
  }
  if (as_dataset_) {
    dataset_ = std::make_unique<dataset::DatasetWriter>(options.output, plan.class_names,
                                                        options.overwrite);
  } else if (!as_file_) {
    folder_ = std::make_unique<core::OutputFolder>(options.output, options.overwrite);
  } else {
    core::check_output(options.output, options.overwrite);
  }
}

std::string Outputs::extension_for(const InputCase& input) const {
  switch (options_.format) {
    case OutputFormat::kNiftiGz:
      return ".nii.gz";
    case OutputFormat::kNpy:
      return ".npy";
    default:
      break;
  }
  const auto format =
      volume::format_of_name(input.file_name).value_or(volume::FileFormat::kNiftiGz);
  const std::string extension(volume::extension_of(format));
  return volume::is_written_name("x" + extension) ? extension : ".nii.gz";
}

void Outputs::write(const std::string& file_name, const volume::Volume& labels) {
  if (as_file_) {
    volume::write_volume(options_.output, labels, options_.overwrite);
    written_.push_back(options_.output.filename().string());
    return;
  }
  volume::write_volume(folder_->temporary_path() / file_name, labels, core::Overwrite::kNo);
  written_.push_back(file_name);
}

void Outputs::add(const Inputs& inputs, const InputCase& input, const volume::Volume& image,
                  const GridReturn& prediction) {
  if (as_dataset_) {
    add_to_dataset(inputs, input, image, prediction);
    return;
  }
  const volume::Geometry& geometry = image.header.geometry;
  const std::string extension = extension_for(input);
  if (plan_.output == plan::OutputKind::kSoftmax) {
    write(input.name + extension, volume::from_labels(prediction.labels().view(), geometry));
    return;
  }
  for (size_t i = 0; i < plan_.class_names.size(); ++i) {
    const std::string name = input.name + "_" + plan_.class_names[i] + extension;
    if (!core::is_plain_file_name(name)) {
      throw Error(
          ErrorKind::kUnsupported, "predict.output",
          "class \"" + plan_.class_names[i] + "\": its name cannot name a file; predict to a .zip");
    }
    write(name, one_class(prediction.classes()[i], geometry));
  }
}

void Outputs::add_to_dataset(const Inputs& inputs, const InputCase& input,
                             const volume::Volume& image, const GridReturn& prediction) {
  dataset::PredictedCase predicted;
  predicted.image = input.file_name;
  predicted.image_bytes = inputs.bytes(input, image);
  predicted.run_texts = run_texts(prediction, plan_);
  predicted.shape = image.header.shape;
  predicted.spacing_mm = image.header.geometry.spacing_mm;
  dataset_->add(std::move(predicted));
}

std::vector<std::string> Outputs::commit() {
  if (as_dataset_) {
    dataset_->commit();
    written_.push_back(options_.output.filename().string());
  }
  if (folder_ != nullptr) {
    core::write_text(folder_->temporary_path() / kLabelNames, label_names_json(plan_),
                     core::Overwrite::kNo);
    written_.emplace_back(kLabelNames);
    folder_->commit();
  }
  return written_;
}

}  // namespace volseg::predict::internal
