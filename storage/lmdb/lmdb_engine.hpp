#pragma once
// The embedded engine: one LMDB map, reader slots shared by all threads, one writer thread that commits groups of
// changes with one flush. Owns the map, the lock file and the writer. Methods as in engine.hpp, from any thread.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "storage/engine.hpp"

namespace portcullis::storage {

/// How a test makes the disk misbehave: called before each write and each flush; a non-zero errno is what it returns.
struct FaultHooks {
  std::function<int()> before_commit;  ///< e.g. ENOSPC: the batch fails, nothing lost, later batches may work
  std::function<int()> before_flush;   ///< e.g. EIO: durability unknown, the writer is poisoned
};

/// Why changes cannot be written.
enum class Trouble : std::uint8_t {
  disk_full,  ///< or a quota, or a limit of the file's size; the next change tries again
  map_full,   ///< the store has grown to the address space that was reserved for it
  poisoned    ///< a flush failed: nothing is written until a restart
};
/// Told on the writer's thread, before the changes are answered, with `why` in words: of no room once a minute at most,
/// of a failed flush once.
using TroubleHook = std::function<void(Trouble what, const std::string& why)>;

/// Told on the writer's thread, after a commit and before its changes are answered, the keys of the entries of due
/// messages that it put (storage/outbox_keys.hpp). Must not wait, nor throw.
using OutboxHook = std::function<void(std::span<const std::string> entries)>;

struct LmdbOptions {
  std::filesystem::path folder;
  std::uint64_t max_map_bytes = std::uint64_t{1}
                                << 40;  ///< the largest of 1 TiB, 256 GiB, 64 GiB, ... that mmap grants
  std::uint32_t readers = 256;
  std::uint32_t batch_changes = 1024;
  std::uint64_t batch_bytes = std::uint64_t{4} << 20;
  std::uint32_t queue_changes = 16384;
  bool create = true;
  FaultHooks faults;
  TroubleHook on_trouble;  ///< null: nobody is told
  OutboxHook on_messages;  ///< likewise
};

/// Opens (or creates, flushing the folder) the store. The caller already holds the folder's lock (owner_lock.hpp).
/// Throws std::runtime_error with a sentence for people: not a store, newer than this program, no room, no permission.
[[nodiscard]] std::unique_ptr<Engine> open_lmdb(const LmdbOptions& options);

}  // namespace portcullis::storage
