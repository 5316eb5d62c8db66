#pragma once
// The embedded engine: one LMDB map, reader slots shared by all threads, one writer thread that commits groups of
// changes with one flush. Owns the map, the lock file and the writer. Methods as in engine.hpp, from any thread.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "storage/engine.hpp"
#include "storage/fault_hooks.hpp"

namespace portcullis::storage {

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
