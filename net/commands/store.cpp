// check and backup on the store that is open in this process.

#include <utility>

#include "net/commands/arguments.hpp"
#include "net/commands/handlers.hpp"
#include "net/commands/store_files.hpp"

namespace portcullis::admin {
namespace {

/// Leaves a walk of the store when the server stops.
struct Stopping {};

}  // namespace

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

}  // namespace portcullis::admin
