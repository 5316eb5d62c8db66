#pragma once
// What commands do to a store as a whole: checking it, copying it out while it is used, putting a copy back. Blocking;
// for the control thread and for commands.

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "net/commands/commands.hpp"
#include "storage/engine.hpp"

namespace portcullis::admin {

/// `<data>/seal.key`, or where --seal-key-file says.
[[nodiscard]] std::filesystem::path seal_key_path(const Config& config);

/// Walks the whole store as it is at `now`. `problemCount` is 0 in the answer of a sound one.
[[nodiscard]] Outcome check_store(storage::Engine& engine, const std::function<void(std::uint64_t)>& progress,
                                  Time now);

struct BackupOrder {
  std::filesystem::path to;  ///< absent, or an empty folder
  bool with_seal_key = false;
};
/// A consistent copy into `to`, flushed; the sealing key's file beside it when asked for.
[[nodiscard]] Outcome backup_store(storage::Engine& engine, const Config& config, const BackupOrder& order);

struct RestoreOrder {
  std::filesystem::path from;
  std::filesystem::path data;           ///< absent, or an empty folder
  std::filesystem::path seal_key_file;  ///< a key kept elsewhere, copied in; empty = what the backup holds
};
/// Copies a backup into a new data folder and checks it there.
[[nodiscard]] Outcome restore_store(const RestoreOrder& order, const std::function<void(std::uint64_t)>& progress);

}  // namespace portcullis::admin
