#include "net/state/pings.hpp"

#include <algorithm>

namespace portcullis {

void PingCounter::load(ProjectNo project, Pings stored) {
  const std::lock_guard lock(mutex_);
  stored.count = std::min<std::uint64_t>(stored.count, 1);  // former versions counted every ping
  entries_[project].pings = stored;
}

void PingCounter::count(ProjectNo project, Time now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[project];
  if (entry.pings.count > 0) return;
  entry.pings.count = 1;
  entry.pings.last = now;
  entry.changed = true;
}

Pings PingCounter::of(ProjectNo project) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(project);
  return found == entries_.end() ? Pings{} : found->second.pings;
}

void PingCounter::put_back(ProjectNo project) {
  const std::lock_guard lock(mutex_);
  entries_[project].changed = true;
}

std::vector<std::pair<ProjectNo, Pings>> PingCounter::take_changed() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<ProjectNo, Pings>> changed;
  for (auto& [project, entry] : entries_)
    if (std::exchange(entry.changed, false)) changed.emplace_back(project, entry.pings);
  return changed;
}

}  // namespace portcullis
