// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "apps/volseg/command.h"

namespace volseg::app {

namespace {

struct PlanFlags {
  std::filesystem::path dataset;
  ImportFlags import_settings;
  std::string recipe = "nnunet";
  bool json = false;
  std::filesystem::path output;
  bool force = false;
};

template <typename Values>
std::string by_x(const Values& values, const char* format = "{}") {
  std::string text;
  for (const auto& value : values) {
    text += (text.empty() ? "" : " x ") + fmt::format(fmt::runtime(format), value);
  }
  return text;
}

std::string plan_text(const plan::Plan& plan) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("{:<14}{}\n", name, value);
  };
  line("recipe", plan.recipe);
  line("axis order", by_x(plan.axis_order) + " (array axes, coarsest first)");
  line("spacing", by_x(plan.spacing_mm, "{:.3g}") + " mm");
  line("median shape", by_x(plan.median_shape));
  line("patch", by_x(plan.patch_shape));
  line("batch size", fmt::format("{}", plan.batch_size));
  line("output", plan.output == plan::OutputKind::kSoftmax ? "softmax: one class a voxel"
                                                           : "sigmoid: classes may overlap");
  line("classes", fmt::format("{}", fmt::join(plan.class_names, ", ")));
  text += "\nstage  features  kernel      stride\n";
  for (size_t index = 0; index < plan.network.stages.size(); ++index) {
    const plan::Stage& stage = plan.network.stages[index];
    text += fmt::format("{:>5}  {:>8}  {:<10}  {}\n", index, stage.features, by_x(stage.kernel),
                        by_x(stage.stride));
  }
  text += "\n";
  for (const std::string& note : plan.notes) {
    text += "- " + note + "\n";
  }
  return text;
}

void run_plan(const PlanFlags& flags, Session& session) {
  check_text_output(flags.output, overwrite_of(flags.force), flags.dataset);
  plan::Recipe recipe = plan::recipe_named(flags.recipe);
  recipe = plan::apply_yaml(recipe, flags.import_settings.recipe_yaml());
  const auto dataset = dataset::Dataset::open(flags.dataset, flags.import_settings.resolve());
  if (session.verbose) {
    say(session, fmt::format("{}\n", fmt::join(dataset.detected(), "\n")));
  }
  const plan::Fingerprint fingerprint = plan::take_fingerprint(dataset, session.work());
  const plan::Plan plan = plan::make_plan(fingerprint, recipe);
  if (flags.output.empty()) {
    write_output("", flags.json ? plan::to_json(plan) : plan_text(plan), core::Overwrite::kNo);
    return;
  }
  write_output(flags.output, plan::to_json(plan), overwrite_of(flags.force));
  say(session, plan_text(plan));
}

}  // namespace

void add_plan_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("plan", "Plan a network for a dataset");
  const auto flags = std::make_shared<PlanFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_option("--recipe", flags->recipe, "nnunet or quick");
  command->add_flag("--json", flags->json, "Plan as JSON (docs/formats/plan.md)");
  command->add_option("-o,--output", flags->output, "File for the JSON; `train --plan` reads it");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  add_verbose_flag(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg plan dataset.zip\n"
      "  volseg plan dataset.zip --recipe quick -o plan.json");
  command->callback([flags, &session] { run_plan(*flags, session); });
}

}  // namespace volseg::app
