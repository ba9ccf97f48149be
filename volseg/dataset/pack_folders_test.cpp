// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "volseg/dataset/internal/pack_fixture_test.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;
using internal::holds;
using internal::kMadeShape;
using internal::Names;

constexpr const char* kNnunetJson =
    R"({"channel_names": {"0": "CT", "1": "PET"}, "labels": {"background": 0, "tumour": 7,
        "liver": 2}, "numTraining": 4, "file_ending": ".nii.gz"})";

class PackNnunet : public internal::PackFixture {
 protected:
  PackNnunet() {
    for (const std::string name : {"a", "b", "c", "d"}) {
      write_image("raw/imagesTr/" + name + "_0000.nii.gz", name[0]);
      write_image("raw/imagesTr/" + name + "_0001.nii.gz", 50);
      core::Array<int32_t> labels(kMadeShape, core::Order::kFortran, 0);
      labels(1, 2, 1) = 7;
      labels(2, 2, 1) = 2;
      write("raw/labelsTr/" + name + ".nii.gz",
            volume::from_labels(std::as_const(labels).view(), kGeometry));
    }
    write_image("raw/imagesTs/t_0000.nii.gz", 't');
    write_image("raw/imagesTs/t_0001.nii.gz", 50);
    write_text("raw/dataset.json", kNnunetJson);
  }

  [[nodiscard]] PackOptions options() const { return {.source = at("raw")}; }

  std::string refused_json(const std::string& text) {
    write_text("raw/dataset.json", text);
    return refused(options());
  }
};

TEST_F(PackNnunet, takes_channels_labels_by_name_and_test_images) {
  const PackSummary summary = pack_to(output(), options());
  EXPECT_TRUE(summary.warnings.empty()) << summary.warnings[0];
  const Dataset dataset = Dataset::open(output());
  EXPECT_EQ(images_of(dataset, Part::kTrain),
            (Names{"a.nii.gz", "b.nii.gz", "c.nii.gz", "d.nii.gz"}));
  EXPECT_EQ(images_of(dataset, Part::kTest), Names{"t.nii.gz"});
  EXPECT_EQ(dataset.class_names(), (Names{"liver", "tumour"}));
  EXPECT_EQ(dataset.row("a").run_texts, (Names{"31 1", "30 1"}));
  EXPECT_EQ(dataset.load_header(dataset.row("t")).channels, 2);
  EXPECT_EQ(check(output(), {}, {}).count(Severity::kError), 0);
}

TEST_F(PackNnunet, keeps_the_bytes_of_images_with_one_channel) {
  fs::remove_all(at("raw/imagesTs"));
  for (const std::string name : {"a", "b", "c", "d"}) {
    fs::remove(at("raw/imagesTr/" + name + "_0001.nii.gz"));
  }
  write_text("raw/dataset.json", R"({"channel_names": {"0": "CT"}, "file_ending": ".nii.gz",
             "labels": {"background": 0, "tumour": 7, "liver": 2}})");
  const Dataset dataset = packed(options());
  const core::Buffer kept = dataset.archive().read(*dataset.archive().find("images/b.nii.gz"));
  const core::Buffer file = core::read_file(at("raw/imagesTr/b_0000.nii.gz"));
  EXPECT_TRUE(std::ranges::equal(kept.bytes(), file.bytes()));
}

TEST_F(PackNnunet, takes_splits_as_folds_or_as_a_validation_table) {
  write_text(
      "raw/splits_final.json",
      R"([{"train": ["c", "d"], "val": ["b", "a"]}, {"train": ["a", "b"], "val": ["d", "c"]}])");
  EXPECT_EQ(folds_of(packed(options())), (Names{"0", "0", "1", "1"}));
  write_text("raw/splits_final.json", R"([{"train": ["a", "b", "d"], "val": ["c"]}])");
  const Dataset holdout = packed(options());
  EXPECT_EQ(images_of(holdout, Part::kValidation), Names{"c.nii.gz"});
  EXPECT_EQ(folds_of(holdout), (Names{"", "", ""}));
  write_text("raw/splits_final.json",
             R"([{"train": ["c", "d"], "val": ["a"]}, {"train": ["a", "b"], "val": ["d"]}])");
  EXPECT_TRUE(holds(pack_to(output(), options()).warnings.at(0), "splits_final.json: not taken"));
  write_text("raw/splits_final.json", R"([{"train": ["c", "d"]}])");
  EXPECT_TRUE(holds(refused(options()), "split 0, key val: no list of case names"));
}

TEST_F(PackNnunet, refuses_files_that_do_not_fit) {
  fs::remove(at("raw/imagesTr/c_0001.nii.gz"));
  EXPECT_TRUE(holds(refused(options()), "every case needs _0000 to _0001; c has _0000"));
  write_image("raw/imagesTr/c_0001.nii.gz");
  fs::remove(at("raw/labelsTr/b.nii.gz"));
  EXPECT_TRUE(holds(refused(options()), "labelsTr: no label file of b"));
  write_labels("raw/labelsTr/b.nii.gz", 0);
  write_labels("raw/labelsTr/z.nii.gz", 0);
  write_image("raw/imagesTr/.hidden_0000.nii.gz");
  write_image("raw/imagesTr/other.npy");
  const Names warnings = pack_to(output(), options()).warnings;
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_TRUE(holds(warnings[0], "do not end in .nii.gz left out: other.npy"));
  EXPECT_TRUE(holds(warnings[1], "label files without an image left out: z"));
  write_image("raw/imagesTr/other.nii.gz");
  EXPECT_TRUE(holds(refused(options()), "other.nii.gz: no channel number"));
}

TEST_F(PackNnunet, refuses_a_dataset_json_that_lacks_or_misuses_a_key) {
  EXPECT_TRUE(holds(refused_json("{"), "dataset.json: not a JSON object"));
  EXPECT_TRUE(holds(refused_json("{}"), "neither the keys channel_names, labels and file_ending"));
  EXPECT_TRUE(holds(refused_json(R"({"channel_names": {"0": "CT"}})"), "no key file_ending"));
  EXPECT_TRUE(holds(refused_json(R"({"channel_names": 1, "file_ending": ".nii.gz"})"),
                    "key channel_names: no channels"));
  const std::string head = R"({"channel_names": {"0": "CT", "1": "PET"}, "file_ending": )";
  EXPECT_TRUE(holds(refused_json(head + R"(".nii.gz"})"), "no key labels"));
  EXPECT_TRUE(holds(refused_json(head + R"("../x", "labels": {"a": 1}})"),
                    "key file_ending: \"../x\", a format that volseg does not read"));
  EXPECT_TRUE(holds(refused_json(head + R"(".nii.gz", "labels": {"whole": [2, 7]}})"),
                    "a region of the labels [2,7]"));
  EXPECT_TRUE(holds(refused_json(head + R"(".nii.gz", "labels": {"a": 2, "ignore": 7}})"),
                    "label 7 is \"ignore\""));
  EXPECT_TRUE(holds(refused_json(head + R"(".nii.gz", "dataset": {}, "labels": {"a": 2}})"),
                    "the key dataset lists files elsewhere"));
  write_text("raw/dataset.json", kNnunetJson);
  PackOptions named = options();
  named.label_names = {{2, "x"}, {7, "y"}};
  EXPECT_EQ(packed(named).class_names(), (Names{"x", "y"})) << "the caller's names come first";
}

class PackDecathlon : public internal::PackFixture {
 protected:
  PackDecathlon() {
    for (const std::string name : {"a", "b"}) {
      write_image("task/imagesTr/" + name + ".nii.gz");
      write_labels("task/labelsTr/" + name + ".nii.gz", 2);
    }
    write_image("task/imagesTs/t.nii.gz");
  }

  [[nodiscard]] PackOptions options() const { return {.source = at("task")}; }

  void write_json(const std::string& training) const {
    write_text("task/dataset.json",
               R"({"labels": {"0": "background", "1": "liver", "2": "cancer"}, "modality":
                   {"0": "CT"}, "test": ["./imagesTs/t.nii.gz"], "training": )" +
                   training + "}");
  }

  std::string refused_list(const std::string& training) {
    write_json(training);
    return refused(options());
  }
};

TEST_F(PackDecathlon, takes_the_listed_cases) {
  write_json(R"([{"image": "./imagesTr/b.nii.gz", "label": "./labelsTr/b.nii.gz"},
                 {"image": "imagesTr/a.nii.gz", "label": "labelsTr/a.nii.gz"}])");
  const Dataset dataset = packed(options());
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"a.nii.gz", "b.nii.gz"}));
  EXPECT_EQ(images_of(dataset, Part::kTest), Names{"t.nii.gz"});
  EXPECT_EQ(dataset.class_names(), (Names{"liver", "cancer"}));
}

TEST_F(PackDecathlon, takes_a_validation_list_and_folds) {
  write_image("task/imagesTr/c.nii.gz");
  write_labels("task/labelsTr/c.nii.gz", 2);
  write_json(
      R"([{"image": "imagesTr/b.nii.gz", "label": "labelsTr/b.nii.gz", "fold": 1},
          {"image": "imagesTr/a.nii.gz", "label": "labelsTr/a.nii.gz", "fold": 0}], "validation":
         [{"image": "imagesTr/c.nii.gz", "label": "labelsTr/c.nii.gz"}], "numTraining": 9)");
  EXPECT_EQ(pack_to(output(), options()).warnings,
            Names{"dataset.json: numTraining is 9; training lists 2 cases"});
  const Dataset dataset = Dataset::open(output());
  EXPECT_EQ(folds_of(dataset), (Names{"0", "1"}));
  EXPECT_EQ(images_of(dataset, Part::kValidation), Names{"c.nii.gz"});
}

TEST_F(PackDecathlon, finds_channels_that_are_files_of_their_own) {
  fs::rename(at("task/imagesTr/a.nii.gz"), at("task/imagesTr/a_0000.nii.gz"));
  write_json(R"([{"image": "./imagesTr/a.nii.gz", "label": "./labelsTr/a.nii.gz"}])");
  EXPECT_EQ(images_of(packed(options()), Part::kTrain), Names{"a.nii.gz"});
}

TEST_F(PackDecathlon, refuses_paths_outside_and_entries_that_do_not_fit) {
  const std::string a = R"({"image": "./imagesTr/a.nii.gz", "label": "./labelsTr/a.nii.gz"})";
  for (const std::string path : {"../imagesTr/a.nii.gz", "/etc/passwd", "a.nii.gz", "./x/../y",
                                 "imagesTr/../../a.nii.gz", "imagesTr//a.nii.gz"}) {
    EXPECT_TRUE(holds(refused_list(R"([{"image": ")" + path + R"(", "label": "l/a.nii.gz"}])"),
                      "is not a folder and a file of this dataset"))
        << path;
  }
  EXPECT_TRUE(holds(refused_list("[" + a + "," + a + "]"), "entry 1: case \"a\" is listed twice"));
  EXPECT_TRUE(holds(refused_list(R"([{"image": "./imagesTr/a.nii.gz"}])"), "entry 0: no label"));
  EXPECT_TRUE(holds(refused_list(R"([{"label": "./imagesTr/a.nii.gz"}])"), "entry 0: no image"));
  EXPECT_TRUE(holds(refused_list(R"([{"image": "./imagesTr/z.nii.gz"}])"), "no such file"));
  EXPECT_TRUE(holds(refused_list("3"), "key training: not a list"));
  EXPECT_TRUE(holds(refused_list("[]"), "no training images"));
}

class PackAgain : public internal::PackFixture {};

TEST_F(PackAgain, keeps_images_texts_folds_and_shapes) {
  made_.add_train(
      {{"b.npy", internal::Texts{"lung", "heart"}, internal::Texts{"05 2 1 2", ""}}, {"a.nii.gz"}});
  const fs::path input = made_.write();
  PackOptions options{.source = input};
  EXPECT_TRUE(holds(pack_to(output(), options).warnings.back(), "1 run text not canonical"));
  const Dataset kept = Dataset::open(output());
  EXPECT_EQ(kept.class_names(), (Names{"lung", "heart"}));
  EXPECT_EQ(kept.row("b").run_texts, (Names{"05 2 1 2", ""}));
  EXPECT_EQ(kept.row("b").shape, kMadeShape);
  const Dataset source = Dataset::open(input);
  EXPECT_TRUE(
      std::ranges::equal(kept.archive().read(*kept.archive().find("images/a.nii.gz")).bytes(),
                         source.archive().read(*source.archive().find("images/a.nii.gz")).bytes()));
  options.recanonicalise = true;
  options.folds = 2;
  const Dataset canonical = packed(options);
  EXPECT_EQ(canonical.row("b").run_texts, (Names{"1 2 5 2", ""}));
  EXPECT_NE(canonical.row("a").fold, canonical.row("b").fold);
}

TEST_F(PackAgain, converts_images_and_gives_equal_bytes_the_second_time) {
  made_.add_train({{"b.npy"}, {"a.nii.gz"}});
  PackOptions options{.source = made_.write(), .images_as = volume::FileFormat::kNpy};
  const Dataset dataset = packed(options);
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"a.npy", "b.npy"}));
  static_cast<void>(pack_to(at("again.zip"), {.source = output()}));
  EXPECT_TRUE(std::ranges::equal(core::read_file(output()).bytes(),
                                 core::read_file(at("again.zip")).bytes()));
  EXPECT_FALSE(fs::exists(output().string() + ".images"));
}

TEST_F(PackAgain, refuses_texts_that_lose_voxels) {
  made_.add_train({{"b.npy", internal::Texts{"lung", "heart"}, internal::Texts{"0 2", ""}}});
  EXPECT_TRUE(holds(refused({.source = made_.write()}), "starts at voxel 0"));
}

class PackFolds : public internal::PackFixture {
 protected:
  PackFolds() {
    std::string table = "image,label,group\n";
    for (int index = 0; index < 9; ++index) {
      const std::string name = "c" + std::to_string(index);
      write_image("i/" + name + ".npy");
      write_labels("l/" + name + ".npy", 1);
      table += "i/" + name + ".npy,l/" + name + ".npy," + (index < 4 ? "same" : "") + "\n";
    }
    write_text("cases.csv", table);
  }
};

TEST_F(PackFolds, keep_groups_together_and_have_near_equal_sizes) {
  const Names folds = folds_of(packed({.pairs = at("cases.csv"), .folds = 3}));
  EXPECT_EQ(std::set<std::string>(folds.begin(), folds.begin() + 4).size(), 1U);
  std::map<std::string, int> sizes;
  for (const std::string& fold : folds) {
    ++sizes[fold];
  }
  ASSERT_EQ(sizes.size(), 3U);
  for (const auto& [fold, size] : sizes) {
    EXPECT_GE(size, 2) << fold;
    EXPECT_LE(size, 4) << fold;
  }
}

TEST_F(PackFolds, depend_on_the_seed_only) {
  PackOptions options{.pairs = at("cases.csv"), .folds = 3};
  const Names first = folds_of(packed(options));
  EXPECT_EQ(folds_of(packed(options)), first);
  options.fold_seed = 7;
  EXPECT_NE(folds_of(packed(options)), first);
}

TEST_F(PackFolds, share_a_rare_class_evenly_as_automatic_folds_do) {
  for (const std::string name : {"c4", "c5", "c6"}) {
    write_labels("l/" + name + ".npy", 2);
  }
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    const PackOptions options{.pairs = at("cases.csv"), .folds = 3, .fold_seed = seed};
    const Dataset dataset = packed(options);
    const Names folds = folds_of(dataset);
    EXPECT_EQ(std::set<std::string>(folds.begin() + 4, folds.begin() + 7).size(), 3U) << seed;
    EXPECT_EQ(dataset.splits().size(), 3U);
  }
}

TEST_F(PackFolds, are_no_more_than_groups) {
  EXPECT_TRUE(holds(refused({.pairs = at("cases.csv"), .folds = 7}), "7 folds for 6 groups"))
      << refused({.pairs = at("cases.csv"), .folds = 7});
}

}  // namespace

}  // namespace volseg::dataset
