#pragma once
// How the writer tells the outbound thread what a commit made due: the earliest time for each host. There before the
// store is opened and after it is closed; any thread.

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "core/time.hpp"
#include "storage/outbox_keys.hpp"

namespace portcullis::outbound {

class Bell {
 public:
  using Times = std::map<std::string, Time>;

  /// The keys of entries that were put; storage::OutboxHook.
  void ring(std::span<const std::string> entries) {
    const std::lock_guard lock(mutex_);
    if (!hears_) return;
    for (const std::string& key : entries) {
      const std::optional<storage::keys::OutboxEntry> entry = storage::keys::outbox_entry(key);
      if (!entry) continue;
      const auto [at, made] = times_.try_emplace(std::string(entry->host_mark), entry->at);
      if (!made && entry->at < at->second) at->second = entry->at;
    }
    hears_();
  }
  /// Who is told from now on that there is something; null: nobody.
  void connect(std::function<void()> hears) {
    const std::lock_guard lock(mutex_);
    hears_ = std::move(hears);
  }
  [[nodiscard]] Times take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(times_, {});
  }

 private:
  std::mutex mutex_;
  std::function<void()> hears_;  // guarded by mutex_
  Times times_;                  // guarded by mutex_
};

}  // namespace portcullis::outbound
