#include "net/actions/pings.hpp"

#include "net/actions/commit.hpp"
#include "net/changes/pings.hpp"

namespace portcullis {

awaitable<void> save_pings(storage::Engine& engine, PingCounter& counter) {
  const std::vector<std::pair<ProjectNo, Pings>> changed = counter.take_changed();
  for (const auto& [project, pings] : changed) {
    auto make = [p = project, kept = pings] { return changes::put_pings(p, kept); };
    const result<bool> saved = co_await commit<bool>(engine, std::move(make));
    if (!saved && saved.error().code != errc::project_not_found) counter.put_back(project);
  }
}

}  // namespace portcullis
