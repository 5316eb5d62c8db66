#pragma once
// Where commands run: in the process that owns the store, or, when there is none, with the store opened here while the
// link exists. One thread at a time.

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

struct LinkNeeds {
  bool hashes = false;         ///< commands need a hash thread
  bool creates_store = false;  ///< a missing store may be created
};

class StoreLink {
 public:
  /// Throws std::runtime_error with a sentence for people when there is no store and none may be created.
  StoreLink(Config config, const LinkNeeds& needs);
  ~StoreLink();
  StoreLink(const StoreLink&) = delete;
  StoreLink& operator=(const StoreLink&) = delete;

  /// Throws std::runtime_error with a sentence for people when the command cannot be run, or the owner exits meanwhile.
  [[nodiscard]] commands::Outcome run(const std::string& command, const json::Value& arguments);
  /// The same without waiting. Commands started where opened_here() take effect in the order of their start; elsewhere
  /// only one may be running at a time.
  [[nodiscard]] std::future<commands::Outcome> start(std::string command, json::Value arguments);
  /// Erases what removed projects left, when no other process uses the store; a server does that by itself.
  void erase_removed();
  /// No other process uses the store.
  [[nodiscard]] bool opened_here() const noexcept { return app_ != nullptr; }

 private:
  struct Runner;
  [[nodiscard]] commands::Outcome run_here(const std::string& command, const json::Value& arguments);
  Config config_;
  bool hashes_;
  std::optional<storage::OwnerLock> lock_;
  std::unique_ptr<App> app_;  // after the lock, so that it is destroyed first
  std::unique_ptr<Runner> runner_;
};

}  // namespace portcullis::cli
