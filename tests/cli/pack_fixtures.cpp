// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/pack_fixtures.h"

#include <numeric>
#include <string>

#include "volseg/core/files.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace {

namespace fs = std::filesystem;
using volseg::core::Array;
using volseg::core::Overwrite;
using volseg::core::Shape3;

constexpr Shape3 kShape = {12, 10, 14};

volseg::volume::Geometry geometry(double scale) {
  volseg::volume::Geometry result;
  result.known = true;
  result.spacing_mm = {scale * 1.5, scale * 1.25, scale * 2};
  result.origin_mm = {-10, 20, 5};
  return result;
}

// A box of label 1 with a box of `inner` inside it.
Array<int32_t> boxes(const Shape3& shape, int32_t inner) {
  Array<int32_t> labels(shape, volseg::core::Order::kFortran, 0);
  const auto fill = [&](int64_t part, int32_t label) {
    for (int64_t c = shape[2] / part; c < shape[2] - shape[2] / part; ++c) {
      for (int64_t b = shape[1] / part; b < shape[1] - shape[1] / part; ++b) {
        for (int64_t a = shape[0] / part; a < shape[0] - shape[0] / part; ++a) {
          labels(a, b, c) = label;
        }
      }
    }
  };
  fill(5, 1);
  fill(3, inner);
  return labels;
}

void write(const fs::path& path, const volseg::volume::Volume& volume) {
  fs::create_directories(path.parent_path());
  volseg::volume::write_volume(path, volume, Overwrite::kYes);
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  volseg::core::write_text(path, text, Overwrite::kYes);
}

void write_labels(const fs::path& path, int32_t inner = 2) {
  const Array<int32_t> labels = boxes(kShape, inner);
  write(path, volseg::volume::from_labels(labels.view(), geometry(1)));
}

void write_image(const fs::path& path, float first = 0) {
  const Array<int32_t> labels = boxes(kShape, 2);
  Array<float> values(kShape);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] = first + static_cast<float>(100 * labels.data()[index] + index * 37 % 50);
  }
  // No two images of a fixture are copies.
  const std::string name = path.filename().string();
  values.data()[values.size() - 1] += std::accumulate(name.begin(), name.end(), 0.0F);
  const Array<float>& written = values;
  write(path, volseg::volume::from_float(written.view(), geometry(1)));
}

void write_scans(const fs::path& folder) {
  for (const std::string name : {"p1", "p2"}) {
    write_image(folder / "scans" / (name + "_t1.nii.gz"));
    write_image(folder / "scans" / (name + "_t2.nii.gz"), 7);
    write_labels(folder / "scans" / (name + "_seg.nii.gz"));
  }
}

void write_pairs(const fs::path& folder) {
  for (const std::string name : {"a", "b", "c", "d"}) {
    write_image(folder / "scans" / (name + ".nii.gz"));
    write_labels(folder / "truth" / ("mask of " + name + ".nii.gz"));
  }
  const auto row = [](const std::string& name) {
    return "scans/" + name + ".nii.gz,truth/mask of " + name + ".nii.gz,";
  };
  write(folder / "cases.csv", "image,label,fold,group,part\n" + row("a") + "0,p1,\n" + row("b") +
                                  "1,p2,train\n" + row("c") + ",,validation\n" +
                                  "scans/d.nii.gz,,,,test\n");
  write(folder / "overlap.csv",
        "image,label:liver,label:tumour\n"
        "scans/a.nii.gz,truth/mask of a.nii.gz,truth/mask of b.nii.gz\n");
  write(folder / "missing-file.csv", "image,label\nscans/a.nii.gz,truth/z.nii.gz\n");
  write(folder / "short-row.csv", "image,label,fold\n" + row("a") + "0\nscans/b.nii.gz\n");
  write(folder / "open-quote.csv", "image,label\n\"scans/a.nii.gz,x\n");
  write(folder / "repeated.csv",
        "image,label\n\nscans/a.nii.gz,truth/mask of a.nii.gz\n"
        "scans/a.nii.gz,truth/mask of b.nii.gz\n");
  write(folder / "no-image-column.csv", "scan,label\na,b\n");
}

constexpr std::string_view kNnunetJson =
    R"({"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "tumour": 5},
 "numTraining": 3, "file_ending": ".nii.gz"}
)";

void write_nnunet(const fs::path& folder) {
  const fs::path raw = folder / "Dataset001_Liver";
  for (const std::string name : {"liver_1", "liver_2", "liver_3"}) {
    write_image(raw / "imagesTr" / (name + "_0000.nii.gz"));
    write_labels(raw / "labelsTr" / (name + ".nii.gz"), 5);
  }
  write_image(raw / "imagesTs" / "liver_4_0000.nii.gz");
  write(raw / "dataset.json", kNnunetJson);
  write(raw / "splits_final.json",
        R"([{"train": ["liver_2", "liver_3"], "val": ["liver_1"]},
            {"train": ["liver_1", "liver_3"], "val": ["liver_2"]},
            {"train": ["liver_1", "liver_2"], "val": ["liver_3"]}])");
}

// One nnU-Net folder for each thing that may be wrong with it.
void write_bad_nnunet(const fs::path& folder) {
  write_nnunet(folder);
  const auto copy = [&folder](const std::string& name) {
    fs::copy(folder / "Dataset001_Liver", folder / name, fs::copy_options::recursive);
    return folder / name;
  };
  write(copy("regions") / "dataset.json",
        R"({"channel_names": {"0": "MR"}, "labels": {"background": 0, "whole": [1, 5]},
            "file_ending": ".nii.gz"})");
  write(copy("no-labels-key") / "dataset.json",
        R"({"channel_names": {"0": "CT"}, "file_ending": ".nii.gz"})");
  write(copy("two-channels") / "dataset.json",
        R"({"channel_names": {"0": "CT", "1": "PET"}, "labels": {"liver": 1, "tumour": 5},
            "file_ending": ".nii.gz"})");
  write(copy("other-json") / "dataset.json", "{\"name\": \"Liver\"}\n");
  fs::remove(copy("missing-label") / "labelsTr" / "liver_2.nii.gz");
}

void write_decathlon(const fs::path& folder) {
  const fs::path task = folder / "Task09_Spleen";
  for (const std::string name : {"spleen_2", "spleen_6"}) {
    write_image(task / "imagesTr" / (name + ".nii.gz"));
    write_labels(task / "labelsTr" / (name + ".nii.gz"), 1);
  }
  write_image(task / "imagesTs" / "spleen_1.nii.gz");
  const std::string head = R"({"name": "Spleen", "modality": {"0": "CT"}, "numTraining": 2,
 "labels": {"0": "background", "1": "spleen"}, "test": ["./imagesTs/spleen_1.nii.gz"],
 "training": [{"image": ")";
  write(task / "dataset.json",
        head + R"(./imagesTr/spleen_2.nii.gz", "label": "./labelsTr/spleen_2.nii.gz"},
  {"image": "./imagesTr/spleen_6.nii.gz", "label": "./labelsTr/spleen_6.nii.gz"}]}
)");
  fs::create_directories(folder / "outside");
  write(folder / "outside" / "dataset.json",
        head + R"(../../Task09_Spleen/imagesTr/spleen_2.nii.gz", "label": "x"}]}
)");
}

// A label map whose voxels are twice as large as its image's.
void write_other_grid(const fs::path& folder) {
  write_image(folder / "images" / "a.nii.gz");
  const Array<int32_t> labels = boxes({6, 5, 7}, 2);
  write(folder / "labels" / "a.nii.gz", volseg::volume::from_labels(labels.view(), geometry(2)));
  volseg::volume::Geometry far = geometry(1);
  far.origin_mm[0] += 5000;
  write(folder / "far" / "a.nii.gz", volseg::volume::from_labels(boxes(kShape, 2).view(), far));
  volseg::volume::Geometry moved = geometry(1);
  moved.origin_mm[0] += 4 * moved.spacing_mm[0];
  write(folder / "moved" / "a.nii.gz", volseg::volume::from_labels(boxes(kShape, 2).view(), moved));
}

}  // namespace

const std::map<std::string_view, std::function<void(const fs::path&)>>& pack_fixtures() {
  static const std::map<std::string_view, std::function<void(const fs::path&)>> all = {
      {"scans", write_scans},         {"pairs", write_pairs},
      {"nnunet", write_nnunet},       {"nnunet-bad", write_bad_nnunet},
      {"decathlon", write_decathlon}, {"other-grid", write_other_grid},
  };
  return all;
}
