#include "net/changes/web_hosts.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/codec.hpp"
#include "storage/platforms.hpp"

namespace portcullis::changes {
namespace {

constexpr std::string_view web = "web";
constexpr std::size_t longest_name = 128;

bool holds(const std::vector<std::string>& hosts, const std::string& host) {
  return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

}  // namespace

std::vector<std::string> web_hosts(const std::vector<Platform>& platforms) {
  std::vector<const Platform*> pages;
  for (const Platform& platform : platforms)
    if (platform.type == web) pages.push_back(&platform);
  std::sort(pages.begin(), pages.end(), [](const Platform* a, const Platform* b) {
    return std::tie(a->created_at, a->id) < std::tie(b->created_at, b->id);
  });
  std::vector<std::string> hosts;
  for (const Platform* const page : pages)
    if (!holds(hosts, page->identifier)) hosts.push_back(page->identifier);
  return hosts;
}

std::vector<std::string> platform_ids(std::size_t count, Time now, Random& random) {
  std::vector<std::string> ids(count);
  for (std::string& id : ids) id = unique_id(now, random);
  std::sort(ids.begin(), ids.end());
  return ids;
}

result<HostsChange> match_hosts(ProjectNo p, const std::vector<Platform>& platforms,
                                const std::vector<std::string>& hosts, Time now, const std::vector<std::string>& ids,
                                std::size_t most) {
  HostsChange change;
  for (const Platform& platform : platforms) {
    if (platform.type == web && !holds(hosts, platform.identifier))
      change.edits.erase.push_back(storage::keys::platform(p, platform.id));
    else
      change.platforms.push_back(platform);
  }
  std::vector<std::string> open = web_hosts(change.platforms);
  auto id = ids.begin();
  for (const std::string& host : hosts) {
    if (holds(open, host)) continue;
    if (id == ids.end()) return errc::again;
    Platform made{*id++, now, now, host.substr(0, longest_name), std::string(web), host};
    change.edits.put.push_back(storage::codec::put(storage::keys::platform(p, made.id), made));
    change.platforms.push_back(std::move(made));
    open.push_back(host);
  }
  if (!change.edits.put.empty() && change.platforms.size() > most) return errc::general_bad_request;
  return change;
}

}  // namespace portcullis::changes
