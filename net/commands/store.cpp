// check and backup of the store that is open in this process.

#include <utility>

#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/commands/store_files.hpp"

namespace portcullis::commands {
namespace {

/// Ends a walk of the store early when the server stops.
struct Stopping {};

awaitable<Outcome> check(Job job) {
  const auto progress = [stopping = job.stopping](std::uint64_t) {
    if (stopping != nullptr && stopping->load(std::memory_order_relaxed)) throw Stopping{};
  };
  try {
    co_return check_store(job.services.store.engine(), progress, job.services.clock.now());
  } catch (const Stopping&) {
    co_return refused("server_busy", "the server is stopping");
  }
}

awaitable<Outcome> backup(Job job) {
  Arguments arguments(std::move(job.arguments));
  BackupOrder order;
  order.to = arguments.required("to");
  order.with_seal_key = arguments.flag("sealKey");
  if (arguments.wrong()) co_return arguments.refusal();
  co_return backup_store(job.services.store.engine(), job.services.config, order);
}

}  // namespace

CommandGroup store_commands() {
  using Kind = CommandOption::Kind;
  return {.commands = {
              {.name = "check", .what = "Walk the whole store and verify every record, index and count", .run = check},
              {.name = "backup",
               .what = "Copy the store, while it is used or not",
               .options = {{.flags = "--to",
                            .member = "to",
                            .type = "DIR",
                            .what = "Folder for the copy; must be empty or absent",
                            .kind = Kind::folder,
                            .required = true},
                           {.flags = "--with-seal-key",
                            .member = "sealKey",
                            .what = "Copy the sealing key too: whoever has both can open what is sealed",
                            .kind = Kind::flag}},
               .run = backup}}};
}

}  // namespace portcullis::commands
