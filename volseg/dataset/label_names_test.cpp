// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "volseg/core/files.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::MadeDataset;
using Names = std::map<int32_t, std::string>;

Names read(const std::string& text) {
  const MadeDataset folder;
  const auto path = folder.folder() / "names";
  core::write_text(path, text, core::Overwrite::kYes);
  return read_label_names(path);
}

std::string refused(const std::string& text) {
  return internal::refusal([&] { static_cast<void>(read(text)); });
}

TEST(LabelNames, are_read_from_json_in_both_directions) {
  const Names expected = {{1, "liver"}, {2, "left kidney"}};
  EXPECT_EQ(read(R"({"1": "liver", "2": "left kidney"})"), expected);
  EXPECT_EQ(read(R"({"liver": 1, "left kidney": "2"})"), expected);
}

TEST(LabelNames, are_read_from_a_dataset_json_of_nnunet) {
  EXPECT_EQ(read(R"({"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1,
                     "tumour": 3}})"),
            (Names{{1, "liver"}, {3, "tumour"}}));
}

TEST(LabelNames, are_read_from_texts_of_value_and_name) {
  EXPECT_EQ(parse_label_names({"1=liver", "7=a = b"}), (Names{{1, "liver"}, {7, "a = b"}}));
  const auto message = [](const std::string& text) {
    return internal::refusal([&] { static_cast<void>(parse_label_names({"1=x", text})); });
  };
  for (const std::string text : {"liver", "x=liver", "2=", "0=background", "=", ""}) {
    EXPECT_TRUE(holds(message(text), "\"" + text + "\": expected a label value")) << text;
  }
  EXPECT_TRUE(holds(message("1=y"), "label 1 is named twice"));
}

TEST(LabelNames, are_read_from_lines) {
  EXPECT_EQ(read("# organs\n1\tliver\r\n\n2   left kidney  # the patient's left\n"),
            (Names{{1, "liver"}, {2, "left kidney"}}));
  EXPECT_EQ(read("0 background\n7 disc 1\n8 disc 2\n"), (Names{{7, "disc 1"}, {8, "disc 2"}}));
  EXPECT_EQ(read("1 Precentral_L 2001\n2 Precentral_R 2002\n"),
            (Names{{1, "Precentral_L"}, {2, "Precentral_R"}}));
  EXPECT_EQ(read("1 kidney\n2 kidney\n"), (Names{{1, "kidney"}, {2, "kidney"}}));
}

TEST(LabelNames, are_refused_with_their_place) {
  EXPECT_TRUE(holds(refused("1 liver\none spleen\n"), "line 2: \"one\" is not a label value"));
  EXPECT_TRUE(holds(refused("1 liver\n1 spleen\n"), "label 1 has two names, liver and spleen"));
  EXPECT_TRUE(holds(refused(R"({"liver": 1, "spleen": 1})"), "two names"));
  EXPECT_TRUE(holds(refused("0 liver\n"), "label 0 is the background"));
  EXPECT_TRUE(holds(refused("3\n"), "empty name"));
  EXPECT_TRUE(holds(refused(R"({"liver": 1.5})"), "expected a label value"));
  EXPECT_TRUE(holds(refused(R"({"labels": {"whole": [1, 2]}})"),
                    "key \"whole\": a region of the labels [1,2]; name each label"));
  EXPECT_TRUE(holds(refused("{broken"), "not a JSON object"));
  EXPECT_TRUE(holds(refused(""), "no label names"));
}

}  // namespace

}  // namespace volseg::dataset
