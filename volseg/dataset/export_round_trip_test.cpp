// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "volseg/dataset/internal/pack_fixture_test.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;
using internal::holds;
using internal::kMadeShape;
using internal::Names;
using internal::refusal;

class RoundTrip : public internal::PackFixture {
 protected:
  // Folds, groups, three tables, an image without geometry and one of two channels.
  void write_cases(const std::string& label_columns, const std::string& second_label) const {
    std::string table = "image," + label_columns + ",fold,group,part,spacing\n";
    for (const std::string name : {"a", "b", "c", "v", "t"}) {
      write_image("i/" + name + ".nii.gz", name[0]);
      write_labels("l/" + name + ".nii.gz", 2, name[0]);
      write_labels("m/" + name + ".nii.gz", 1, name[0]);
    }
    write("i/n.npy", internal::counting_image(kMadeShape, 3));
    const auto row = [&](const std::string& image, const std::string& label,
                         const std::string& rest) {
      const std::string file = label + ".nii.gz";
      table +=
          image + ",l/" + file + (second_label.empty() ? "" : ",m/" + file) + "," + rest + "\n";
    };
    row("i/a.nii.gz", "a", "1,x,train,");
    row("i/b.nii.gz;i/c.nii.gz", "b", "0,x,train,");
    row("i/n.npy", "c", "2,\"y,z\",train,0.1 0.25 3.7");
    row("i/v.nii.gz", "v", ",,validation,");
    row("i/t.nii.gz", "t", ",,test,");
    write_text("cases.csv", table);
  }

  void expect_pairs_round_trip(const ExportOptions& options) const {
    const PackOptions first{.pairs = at("cases.csv"), .label_names = {{2, "liver"}, {1, "heart"}}};
    static_cast<void>(pack_to(output(), first));
    export_dataset(output(), at("out"), options);
    const PackOptions second{.pairs = at("out/cases.csv"),
                             .label_names = read_label_names(at("out/train/label_names.json"))};
    static_cast<void>(pack_to(at("again.zip"), second));
    expect_equal_bytes(output(), at("again.zip"));
  }

  // Packs the folder "raw", exports that as an nnU-Net folder and packs it again.
  void expect_nnunet_round_trip(const PackOptions& options) const {
    static_cast<void>(pack_to(output(), options));
    EXPECT_EQ(export_dataset(output(), at("raw"), {.format = ExportFormat::kNnunet}), Names{});
    static_cast<void>(pack_to(at("again.zip"), {.source = at("raw")}));
    expect_equal_bytes(output(), at("again.zip"));
  }

  std::string refused_nnunet(const ImportSettings& settings = {}) const {
    return refusal([&] {
      export_dataset(output(), at("raw"),
                     {.format = ExportFormat::kNnunet, .import_settings = settings});
    });
  }
};

const ImportSettings kGrouped{.group_fold_column = "group"};

TEST_F(RoundTrip, of_label_maps_gives_the_same_bytes) {
  write_cases("label", "");
  expect_pairs_round_trip({.import_settings = kGrouped});
  fs::remove_all(at("out"));
  expect_pairs_round_trip({.format = ExportFormat::kNpy, .import_settings = kGrouped});
}

TEST_F(RoundTrip, of_overlapping_classes_gives_the_same_bytes) {
  write_cases("label:liver,label:heart", "m");
  expect_pairs_round_trip({.import_settings = kGrouped});
  EXPECT_TRUE(fs::exists(at("out/test/labels/heart/t.nii.gz")));
}

TEST_F(RoundTrip, of_converted_images_keeps_values_and_spacing) {
  write_cases("label", "");
  static_cast<void>(pack_to(output(), {.pairs = at("cases.csv")}));
  export_dataset(output(), at("out"), {.format = ExportFormat::kNpy, .convert_images = true});
  const Dataset dataset =
      packed({.pairs = at("out/cases.csv"), .import_settings = {.channel_axis = 3}});
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"a.npy", "b.npy", "n.npy"}));
  EXPECT_EQ(dataset.row("a").spacing_mm, kGeometry.spacing_mm);
  EXPECT_EQ(dataset.row("n").spacing_mm, (std::array<double, 3>{0.1, 0.25, 3.7}));
  const volume::Volume image = dataset.load_volume(dataset.row("a"));
  EXPECT_EQ(volume::to_float(image, 0)(1, 2, 1), 'a' + 1 + 4 * 2 + 20);
}

TEST_F(RoundTrip, through_nnunet_gives_the_same_bytes_with_folds) {
  std::string table = "image,label,part\n";
  for (const std::string name : {"a", "b", "c", "t"}) {
    write_image("i/" + name + ".nii.gz", name[0]);
    write_labels("l/" + name + ".nii.gz", 3, name[0]);
    table += "i/" + name + ".nii.gz,l/" + name + ".nii.gz," + (name == "t" ? "test" : "") + "\n";
  }
  write_text("cases.csv", table);
  expect_nnunet_round_trip({.pairs = at("cases.csv"),
                            .label_names = {{1, "z"}, {2, "y"}, {3, "x"}, {9, "never"}},
                            .folds = 3});
}

TEST_F(RoundTrip, through_nnunet_gives_the_same_bytes_with_channels_and_a_validation_table) {
  std::string table = "image,label,part\n";
  for (const std::string name : {"a", "b", "c"}) {
    write_image("i/" + name + "_0000.nii.gz", name[0]);
    write_image("i/" + name + "_0001.nii.gz", 50);
    write_labels("l/" + name + ".nii.gz", 3, name[0]);
    table += "i/" + name + "_0000.nii.gz;i/" + name + "_0001.nii.gz,l/" + name + ".nii.gz," +
             (name == "b" ? "validation" : "train") + "\n";
  }
  write_text("cases.csv", table);
  expect_nnunet_round_trip({.pairs = at("cases.csv")});
  EXPECT_EQ(core::read_text(at("raw/splits_final.json")),
            "[\n  {\n    \"train\": [\n      \"a\",\n      \"c\"\n    ],\n    \"val\": [\n"
            "      \"b\"\n    ]\n  }\n]\n");
}

TEST_F(RoundTrip, through_nnunet_converts_other_formats_and_says_what_is_lost) {
  made_.add_train({{"a.npy"}, {"b.npy"}});
  static_cast<void>(pack_to(output(), {.source = made_.write()}));
  const Names remarks = export_dataset(output(), at("raw"), {.format = ExportFormat::kNnunet});
  EXPECT_EQ(remarks, Names{"2 images without geometry; spacing 1 x 1 x 1 mm is written"});
  const volume::Volume image = volume::read_volume(at("raw/imagesTr/b_0000.nii.gz"));
  const Dataset source = Dataset::open(output());
  const volume::Volume before = source.load_volume(source.row("b"));
  EXPECT_EQ(volume::to_float(image, 0)(1, 2, 1), volume::to_float(before, 0)(1, 2, 1));
}

TEST_F(RoundTrip, refuses_what_an_nnunet_folder_cannot_hold) {
  write_cases("label:liver,label:heart", "m");
  static_cast<void>(pack_to(output(), {.pairs = at("cases.csv")}));
  EXPECT_TRUE(holds(refused_nnunet(), "classes \"heart\" and \"liver\" share"));
  EXPECT_TRUE(holds(refused_nnunet(), "use --format nifti, which writes one file for each class"));
  EXPECT_FALSE(fs::exists(at("raw")));
  write_cases("label", "");
  static_cast<void>(pack_to(output(), {.pairs = at("cases.csv")}));
  EXPECT_TRUE(holds(refused_nnunet(), "nnU-Net needs the same of all"));
  write_text("cases.csv",
             "image,label,fold,part\ni/a.nii.gz,l/a.nii.gz,1,\n"
             "i/b.nii.gz,l/b.nii.gz,2,\ni/v.nii.gz,l/v.nii.gz,,validation\n");
  static_cast<void>(pack_to(output(), {.pairs = at("cases.csv")}));
  EXPECT_TRUE(holds(refused_nnunet(), "there are folds and a validation table"));
  EXPECT_EQ(refused_nnunet({.validation_strategy = ValidationStrategy::kCustomHoldout}), "");
}

TEST_F(RoundTrip, names_channels_as_asked) {
  made_.add_train({{"a.nii.gz"}});
  const fs::path input = made_.write();
  ExportOptions options{.format = ExportFormat::kNnunet, .channel_names = {"CT", "PET"}};
  EXPECT_TRUE(holds(refusal([&] { export_dataset(input, at("raw"), options); }),
                    "2 channel names for 1 channel"));
  options.channel_names = {"CT"};
  export_dataset(input, at("raw"), options);
  EXPECT_TRUE(holds(core::read_text(at("raw/dataset.json")), "\"0\": \"CT\""));
}

}  // namespace

}  // namespace volseg::dataset
