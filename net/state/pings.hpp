#pragma once
// Whether each project was ever pinged, and when first. Anybody may ping, so a ping must not cost a commit: new first
// pings are collected here and stored periodically, and a kill loses those since the last time.
// docs/contract/health-locale.md 1. Any thread.

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/project.hpp"

namespace portcullis {

class PingCounter {
 public:
  /// Sets what is stored of the project; called before the first ping.
  void load(ProjectNo project, Pings stored);
  /// Only the first ping of a project changes anything.
  void count(ProjectNo project, Time now);
  [[nodiscard]] Pings of(ProjectNo project) const;
  /// Storing failed: the next take_changed() returns the entry again.
  void put_back(ProjectNo project);
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

}  // namespace portcullis
