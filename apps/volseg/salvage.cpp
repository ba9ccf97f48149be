// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/salvage.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"

namespace volseg::app {

namespace {

struct SalvageFlags {
  std::filesystem::path damaged;
  std::filesystem::path output;
  bool json = false;
  bool force = false;
};

std::string to_text(const archive::Salvage& salvage, const SalvageFlags& flags) {
  const auto count = std::ssize(salvage.members);
  std::string text =
      fmt::format("{}: {} of {} whole; the directory of the zip {}\n", flags.damaged.string(),
                  salvage.whole_count(), core::counted(count, "member"),
                  salvage.has_directory ? "or a part of it is there" : "is missing");
  for (const archive::SalvagedMember& member : salvage.members) {
    const std::string name = member.name.empty() ? "(no name)" : printable(member.name);
    text += member.defect.empty()
                ? fmt::format("  whole  {:>12}  {}\n", core::size_text(member.size_bytes), name)
                : fmt::format("  lost   {:>12}  {}: {}\n", "", name, member.defect);
  }
  return text;
}

std::string to_json(const archive::Salvage& salvage, const SalvageFlags& flags) {
  nlohmann::ordered_json members = nlohmann::ordered_json::array();
  for (const archive::SalvagedMember& member : salvage.members) {
    members.push_back({{"name", member.name},
                       {"size_bytes", member.size_bytes},
                       {"whole", member.defect.empty()},
                       {"defect", member.defect}});
  }
  const nlohmann::ordered_json whole = {{"archive", flags.damaged.string()},
                                        {"output", flags.output.string()},
                                        {"has_directory", salvage.has_directory},
                                        {"whole", salvage.whole_count()},
                                        {"members", std::move(members)}};
  return whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void run_salvage(const SalvageFlags& flags, Session& session) {
  const auto output = flags.output.empty() ? std::nullopt : std::optional(flags.output);
  const archive::Salvage salvage =
      archive::salvage_zip(flags.damaged, output, overwrite_of(flags.force), session.work());
  write_output("", flags.json ? to_json(salvage, flags) : to_text(salvage, flags),
               core::Overwrite::kNo);
  if (!flags.json) {
    say(session, output
                     ? fmt::format("wrote {}: {}; look at it with `volseg check`", output->string(),
                                   core::counted(salvage.whole_count(), "member"))
                     : "take the whole members with -o rescued.zip");
  }
  const bool is_complete = salvage.whole_count() == std::ssize(salvage.members);
  session.exit_code = is_complete ? 0 : kExitFindings;
}

}  // namespace

void add_salvage_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "salvage", "List what is whole in a truncated or damaged zip, and take it");
  const auto flags = std::make_shared<SalvageFlags>();
  command->add_option("zip", flags->damaged, "Damaged zip")->required();
  command->add_option("-o,--output", flags->output, "Zip to write with the members that are whole");
  command->add_flag("--json", flags->json, "The list as JSON");
  add_force_flag(*command, flags->force);
  add_common_flags(*command, session);
  command->footer(
      "Members are found by their own headers; each must match its size and checksum. No other\n"
      "command reads a damaged zip. Exit code 1 when a member is lost.\n"
      "Examples:\n"
      "  volseg salvage broken.zip\n"
      "  volseg salvage broken.zip -o rescued.zip");
  command->callback([flags, &session] { run_salvage(*flags, session); });
}

}  // namespace volseg::app
