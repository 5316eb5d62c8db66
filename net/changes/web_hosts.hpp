#pragma once
// The hosts whose pages may call a project. They are those of its web platforms; `webHosts` of the settings is another
// name for them. Pure; any thread.

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/project.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::changes {

/// Hosts of the web platforms, oldest first, each once.
[[nodiscard]] std::vector<std::string> web_hosts(const std::vector<Platform>& platforms);

/// New ids in ascending order, so that platforms made at the same time are listed in the order of their hosts.
[[nodiscard]] std::vector<std::string> platform_ids(std::size_t count, Time now, Random& random);

/// How a project's platforms change to match a list of hosts.
struct HostsChange {
  storage::Edits edits;
  std::vector<Platform> platforms;  ///< all platforms of the project afterwards
};

/// Erases web platforms of hosts that are not in `hosts`, and makes one, named by its host, for each host that has
/// none; the others stay as they are. `ids`: of the new ones. Errors: again when there are too few ids;
/// general_bad_request when there are new platforms and the total exceeds `most`.
[[nodiscard]] result<HostsChange> match_hosts(ProjectNo p, const std::vector<Platform>& platforms,
                                              const std::vector<std::string>& hosts, Time now,
                                              const std::vector<std::string>& ids, std::size_t most);

}  // namespace portcullis::changes
