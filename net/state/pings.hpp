#pragma once
// Whether each project was ever pinged, and when first. Anybody may ping, so a ping costs no commit: what is new
// gathers here and is stored now and then, which means that a kill forgets first pings since the last time.
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
  /// What is stored of the project; before the first ping.
  void load(ProjectNo project, Pings stored);
  /// The first ping counts, others change nothing.
  void count(ProjectNo project, Time now);
  [[nodiscard]] Pings of(ProjectNo project) const;
  /// It could not be stored: the next take_changed() has it again.
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
