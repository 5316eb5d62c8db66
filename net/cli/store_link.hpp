#pragma once
// Where commands run: in the process that owns the store, or, when there is none, with the store opened here for as
// long as the link lives. One thread at a time.

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "core/json/value.hpp"
#include "net/app.hpp"
#include "net/commands/commands.hpp"
#include "net/config/config.hpp"
#include "storage/owner_lock.hpp"

namespace portcullis::cli {

class StoreLink {
 public:
  /// `hashes`: commands need a hash thread. `creates_store`: one that is not there may be made. Throws
  /// std::runtime_error with a sentence for people when there is no store.
  StoreLink(Config config, bool hashes, bool creates_store);
  ~StoreLink();
  StoreLink(const StoreLink&) = delete;
  StoreLink& operator=(const StoreLink&) = delete;

  /// Throws std::runtime_error with a sentence for people when nobody can run it, or the owner goes away meanwhile.
  [[nodiscard]] admin::Outcome run(const std::string& command, const json::Value& arguments);
  /// The same without waiting for it. Commands that are started where opened_here() take effect one after the other.
  /// Anywhere else only one may be on its way.
  [[nodiscard]] std::future<admin::Outcome> start(std::string command, json::Value arguments);
  /// Erases what removed projects left, when nobody else uses the store; a server does that by itself.
  void erase_removed();
  /// Nobody else uses the store.
  [[nodiscard]] bool opened_here() const noexcept { return app_ != nullptr; }

 private:
  struct Runner;
  [[nodiscard]] admin::Outcome run_here(const std::string& command, const json::Value& arguments);
  Config config_;
  bool hashes_;
  std::optional<storage::OwnerLock> lock_;
  std::unique_ptr<App> app_;  // after the lock: it goes first
  std::unique_ptr<Runner> runner_;
};

}  // namespace portcullis::cli
