#include "storage/open.hpp"

#include <utility>

#include "storage/lmdb/lmdb_engine.hpp"
#include "storage/slow/slow_engine.hpp"

namespace portcullis::storage {

std::optional<EngineKind> engine_named(std::string_view name) noexcept {
  if (name == "lmdb") return EngineKind::lmdb;
  if (name == "slow") return EngineKind::slow;
  return std::nullopt;
}

std::unique_ptr<Engine> open_store(const OpenOptions& options) {
  LmdbOptions embedded;
  embedded.folder = options.folder;
  embedded.create = options.when_absent == WhenAbsent::make;
  embedded.faults = options.faults;
  embedded.on_trouble = options.on_trouble;
  embedded.on_messages = options.on_messages;
  std::unique_ptr<Engine> engine = open_lmdb(embedded);
  switch (options.engine) {
    case EngineKind::lmdb:
      return engine;
    case EngineKind::slow:
      return make_slow(std::move(engine), {});
  }
  return engine;
}

}  // namespace portcullis::storage
