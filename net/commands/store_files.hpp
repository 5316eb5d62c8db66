#pragma once
// Commands on a store as a whole: check, backup while it is in use, restore. Blocking; for the control thread and for
// command processes.

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "net/commands/commands.hpp"
#include "storage/engine.hpp"

namespace portcullis::commands {

/// Checks the whole store as it is at `now`. `problemCount` is 0 in the answer when it is sound.
[[nodiscard]] Outcome check_store(storage::Engine& engine, const std::function<void(std::uint64_t)>& progress,
                                  Time now);

struct BackupOrder {
  std::filesystem::path to;  ///< does not exist, or is an empty folder
  bool with_seal_key = false;
};
/// A consistent copy into `to`, flushed; with the sealing key's file when requested.
[[nodiscard]] Outcome backup_store(storage::Engine& engine, const Config& config, const BackupOrder& order);

struct RestoreOrder {
  std::filesystem::path from;
  std::filesystem::path data;           ///< does not exist, or is an empty folder
  std::filesystem::path seal_key_file;  ///< a key kept elsewhere, copied in; empty = that of the backup
};
/// Copies a backup into a new data folder and checks it there.
[[nodiscard]] Outcome restore_store(const RestoreOrder& order, const std::function<void(std::uint64_t)>& progress);

}  // namespace portcullis::commands
