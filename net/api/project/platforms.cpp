// Platforms of a project: where its applications run. Source: docs/contract/project.md 4.

#include "net/changes/platforms.hpp"
#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/handlers.hpp"
#include "net/api/support.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/projects.hpp"

namespace portcullis::api {
namespace {

using storage::query::Shown;
using storage::query::Type;

/// The type is the segment behind `platforms` in the route's path.
std::string type_of(const Call& call) {
  constexpr std::string_view before = "/platforms/";
  const std::string_view rest = call.route->path.substr(call.route->path.find(before) + before.size());
  return std::string(rest.substr(0, rest.find('/')));
}

Platform wanted_platform(Services& svc, const Call& call) {
  const PlatformInput& input = call.input<PlatformInput>();
  Platform platform;
  platform.id = input.platform_id == "unique()" ? unique_id(call.now, svc.random) : input.platform_id;
  platform.created_at = platform.updated_at = call.now;
  platform.name = input.name;
  platform.type = type_of(call);
  platform.identifier = input.identifier;
  return platform;
}

template <class Make>
awaitable<result<Answer>> commit_platform(Services& svc, const Call& call, Make make, std::string_view event) {
  const result<Platform> platform = co_await commit<Platform>(svc.store.engine(), std::move(make));
  if (!platform) co_return platform.error();
  log_security(svc, call, event, "ok", {}, "platform " + platform->id + " " + call.by());
  Answer answer;
  answer.body = models::platform(*platform, viewer_of(call));
  co_return answer;
}

constexpr std::uint64_t platforms_page = 5000;

/// The identifier where the platform is of that type; null otherwise.
Shown identifier_as(const Platform& platform, std::string_view type) {
  return platform.type == type ? Shown{platform.identifier} : Shown{};
}

constexpr ListField<Platform> platform_fields[] = {
    {{"$id", Type::exact}, [](const Platform& p) -> Shown { return p.id; }},
    {{"$createdAt", Type::time}, [](const Platform& p) { return short_lists::shown(p.created_at); }},
    {{"$updatedAt", Type::time}, [](const Platform& p) { return short_lists::shown(p.updated_at); }},
    {{"type", Type::exact}, [](const Platform& p) -> Shown { return p.type; }},
    {{"name", Type::text}, [](const Platform& p) -> Shown { return p.name; }},
    {{"hostname", Type::text}, [](const Platform& p) { return identifier_as(p, "web"); }},
    {{"bundleIdentifier", Type::exact}, [](const Platform& p) { return identifier_as(p, "apple"); }},
    {{"applicationId", Type::exact}, [](const Platform& p) { return identifier_as(p, "android"); }},
    {{"packageIdentifierName", Type::exact}, [](const Platform& p) { return identifier_as(p, "windows"); }},
    {{"packageName", Type::exact}, [](const Platform& p) { return identifier_as(p, "linux"); }},
};

}  // namespace

awaitable<result<Answer>> create_platform(Services& svc, const Call& call) {
  auto make = [p = call.project(), id = call.live_project->project.id, made = wanted_platform(svc, call)] {
    return changes::create_platform(p, id, made);
  };
  co_return co_await commit_platform(svc, call, std::move(make), "platform_create");
}

awaitable<result<Answer>> update_platform(Services& svc, const Call& call) {
  auto make = [p = call.project(), wanted = wanted_platform(svc, call)] { return changes::update_platform(p, wanted); };
  co_return co_await commit_platform(svc, call, std::move(make), "platform_change");
}

awaitable<result<Answer>> list_platforms(Services& svc, const Call& call) {
  std::function<result<std::string>()> write = [&svc, project = call.live_project, input = call.input<ListInput>(),
                                                viewer = viewer_of(call)]() -> result<std::string> {
    const std::vector<Platform> platforms = oldest_first(project->platforms);
    const std::span<const ListField<Platform>> fields(platform_fields);
    const auto page = slice_of(svc, input, fields, platforms, platforms_page);
    if (!page) return page.error();
    return models::platform_list(picked(platforms, page->places), page->total, viewer);
  };
  const std::size_t records = call.live_project->platforms.size();
  co_return co_await answer_whole(svc, call, records, std::move(write));
}

awaitable<result<Answer>> show_platform(Services&, const Call& call) {
  const std::string& id = call.input<PlatformInput>().platform_id;
  for (const Platform& platform : call.live_project->platforms) {
    if (platform.id != id) continue;
    Answer answer;
    answer.body = models::platform(platform, viewer_of(call));
    co_return answer;
  }
  co_return error(errc::platform_not_found);
}

awaitable<result<Answer>> delete_platform(Services& svc, const Call& call) {
  const std::string id = call.input<PlatformInput>().platform_id;
  auto make = [p = call.project(), id] { return changes::delete_platform(p, id); };
  const result<bool> deleted = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "platform_delete", "ok", {}, "platform " + id + " " + call.by());
  co_return Answer{};
}

}  // namespace portcullis::api
