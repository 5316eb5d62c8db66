#pragma once
// The one place that knows which engines there are: opens the store in a folder, or makes one. Everybody else sees
// engine.hpp. Call it once a folder; the engine's methods are for any thread.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/engine.hpp"
#include "storage/fault_hooks.hpp"

namespace portcullis::storage {

enum class EngineKind : std::uint8_t {
  lmdb,  ///< embedded in the process
  slow   ///< the same behind a millisecond a trip and random conflicts; for tests only
};

/// By its name in the configuration. Empty: there is none of that name.
[[nodiscard]] std::optional<EngineKind> engine_named(std::string_view name) noexcept;

/// What becomes of a folder that holds no store.
enum class WhenAbsent : std::uint8_t { make, refuse };

struct OpenOptions {
  std::filesystem::path folder;
  EngineKind engine = EngineKind::lmdb;
  WhenAbsent when_absent = WhenAbsent::make;
  TroubleHook on_trouble{};  ///< null: nobody is told
  OutboxHook on_messages{};  ///< null: nobody is told
  FaultHooks faults{};
};

/// The caller already holds the folder's lock (owner_lock.hpp). A new store is on disk, folder included, when this
/// returns; one of an older format is as it was, for upgrade.hpp. Throws std::runtime_error with a sentence for people:
/// not a store, newer than this program, no room, no permission.
[[nodiscard]] std::unique_ptr<Engine> open_store(const OpenOptions& options);

}  // namespace portcullis::storage
