#pragma once
// The hosts whose pages may call a project. They are those of its web platforms; `webHosts` of the settings is another
// spelling of them. Pure; any thread.

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

/// New ids in rising order, so that platforms of one moment are listed in the order in which they got theirs.
[[nodiscard]] std::vector<std::string> platform_ids(std::size_t count, Time now, Random& random);

/// What a list of hosts makes of a project's platforms.
struct HostsChange {
  storage::Edits edits;
  std::vector<Platform> platforms;  ///< all that the project has then
};

/// Erases web platforms of other hosts than `hosts`, and makes one for each host that has none, named by it; the others
/// stay as they are. `ids`: of the new ones. Errors: again when there are too few; general_bad_request when there are
/// new ones and more than `most` platforms with them.
[[nodiscard]] result<HostsChange> match_hosts(ProjectNo p, const std::vector<Platform>& platforms,
                                              const std::vector<std::string>& hosts, Time now,
                                              const std::vector<std::string>& ids, std::size_t most);

}  // namespace portcullis::changes
