#pragma once
// How often each project was pinged. Anybody may ping, so a ping costs no commit: counts gather here and are stored now
// and then, which means that a kill forgets those since the last time. Any thread.

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/project.hpp"
#include "storage/store.hpp"

namespace portcullis {

class PingCounter {
 public:
  /// What is stored of the project; before the first ping.
  void load(ProjectNo project, Pings stored);
  void count(ProjectNo project, Time now);
  [[nodiscard]] Pings of(ProjectNo project) const;
  /// What has changed since the last call.
  [[nodiscard]] std::vector<std::pair<ProjectNo, Pings>> take_changed();

 private:
  struct Entry {
    Pings pings;
    bool changed = false;
  };
  mutable std::mutex mutex_;
  std::map<ProjectNo, Entry> entries_;  // guarded by mutex_
};

/// Stores what has changed; of projects that are gone, nothing. What cannot be stored is tried again after the next
/// ping.
[[nodiscard]] awaitable<void> save_pings(storage::Engine& engine, PingCounter& counter);

}  // namespace portcullis
