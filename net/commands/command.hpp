#pragma once
// What a command is: its name, its options, and its handler. One table a noun, beside its handlers; the command line
// and the control socket know commands only from these tables.

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/json/value.hpp"
#include "net/commands/commands.hpp"

namespace portcullis::commands {

/// What a handler gets: the services, which outlive it, its arguments, and a flag that asks it to stop.
struct Job {
  Services& services;
  json::Value arguments;
  const std::atomic<bool>* stopping = nullptr;
};

/// One word or flag of the command line, and the argument that it becomes.
struct CommandOption {
  enum class Kind : std::uint8_t {
    text,
    number,
    list,      ///< texts separated by commas
    settings,  ///< words NAME=VALUE, as an object
    flag,      ///< true when given
    folder     ///< made absolute
  };
  const char* flags;      ///< `--id`, or `id,--id` for a word that may stand without the flag
  const char* member;     ///< name of the argument
  const char* type = "";  ///< placeholder for its value
  const char* what = "";
  Kind kind = Kind::text;
  bool required = false;
};
inline constexpr CommandOption named_project{
    .flags = "--project", .member = "project", .type = "ID", .what = "The project", .required = true};

enum class AsksPassword : std::uint8_t { no, yes, unless_told_not_to };

struct Command {
  std::string_view name;  ///< `key.create`: the noun's word and its own
  const char* what = "";
  std::vector<CommandOption> options{};
  AsksPassword password = AsksPassword::no;  ///< read and passed as the argument `password`
  bool creates_store = false;                ///< may create a missing store
  bool erases = false;                       ///< leaves rows to erase
  awaitable<Outcome> (*run)(Job) = nullptr;
};

/// The commands of a noun.
struct CommandGroup {
  const char* word = "";  ///< on the command line; empty = the commands have no noun
  const char* what = "";
  std::vector<Command> commands{};
  bool of_another_command = false;  ///< not on the command line: sent by other commands
};

/// All of them, in the order of the help.
[[nodiscard]] const std::vector<CommandGroup>& command_groups();

// The tables, each defined beside its handlers.
[[nodiscard]] CommandGroup project_commands();        ///< projects.cpp
[[nodiscard]] CommandGroup key_commands();            ///< keys.cpp
[[nodiscard]] CommandGroup dev_key_commands();        ///< dev_keys.cpp
[[nodiscard]] CommandGroup platform_commands();       ///< platforms.cpp
[[nodiscard]] CommandGroup mock_phone_commands();     ///< mock_phones.cpp
[[nodiscard]] CommandGroup administrator_commands();  ///< users.cpp
[[nodiscard]] CommandGroup user_commands();           ///< users.cpp
[[nodiscard]] CommandGroup transfer_commands();       ///< transfer.cpp
[[nodiscard]] CommandGroup outbox_commands();         ///< outbox.cpp
[[nodiscard]] CommandGroup store_commands();          ///< store.cpp

/// Logs one security line about what a command changed.
void log_security(Services& services, std::string_view event, std::string_view project, std::string_view user_id,
                  std::string_view reason);

}  // namespace portcullis::commands
