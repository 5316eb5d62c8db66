// Platforms of a project: where its applications run. Source: docs/contract/project.md 4.

#include "net/changes/platforms.hpp"
#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/platforms.hpp"

namespace portcullis::api {
namespace {

using http::Method;
using storage::query::Shown;
using storage::query::Type;
namespace r = rules;

struct OnePlatform {
  std::string platform_id;

  static Inputs params() { return inputs<OnePlatform>({required("platformId", r::uid, &OnePlatform::platform_id)}); }
};
struct NamedPlatform {
  std::string platform_id, name, identifier;
};

/// The type is the row's variant.
Platform wanted_platform(Services& svc, const Call& call, const NamedPlatform& input) {
  Platform platform;
  platform.id = input.platform_id == "unique()" ? unique_id(call.now, svc.random) : input.platform_id;
  platform.created_at = platform.updated_at = call.now;
  platform.name = input.name;
  platform.type = call.route->variant;
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

awaitable<result<Answer>> create_platform(Services& svc, const Call& call, const NamedPlatform& input) {
  auto make = [p = call.project(), id = call.live_project->project.id, made = wanted_platform(svc, call, input)] {
    return changes::create_platform(p, id, made);
  };
  co_return co_await commit_platform(svc, call, std::move(make), "platform_create");
}

awaitable<result<Answer>> update_platform(Services& svc, const Call& call, const NamedPlatform& input) {
  auto make = [p = call.project(), wanted = wanted_platform(svc, call, input)] {
    return changes::update_platform(p, wanted);
  };
  co_return co_await commit_platform(svc, call, std::move(make), "platform_change");
}

awaitable<result<Answer>> list_platforms(Services& svc, const Call& call, const ListInput& input) {
  std::function<result<std::string>()> write = [&svc, project = call.live_project, input,
                                                viewer = viewer_of(call)]() -> result<std::string> {
    const std::vector<Platform> platforms = oldest_first(project->platforms);
    const std::span<const ListField<Platform>> fields(platform_fields);
    const auto page = slice_of(svc, input, fields, platforms, platforms_page);
    if (!page) return page.error();
    return models::platform_list(picked(platforms, page->positions), page->total, viewer);
  };
  const std::size_t records = call.live_project->platforms.size();
  co_return co_await answer_whole(svc, call, records, std::move(write));
}

awaitable<result<Answer>> show_platform(Services&, const Call& call, const OnePlatform& input) {
  const std::string& id = input.platform_id;
  for (const Platform& platform : call.live_project->platforms) {
    if (platform.id != id) continue;
    Answer answer;
    answer.body = models::platform(platform, viewer_of(call));
    co_return answer;
  }
  co_return error(errc::platform_not_found);
}

awaitable<result<Answer>> delete_platform(Services& svc, const Call& call, const OnePlatform& input) {
  const std::string& id = input.platform_id;
  auto make = [p = call.project(), id] { return changes::delete_platform(p, id); };
  const result<bool> deleted = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "platform_delete", "ok", {}, "platform " + id + " " + call.by());
  co_return Answer{};
}

/// What the rows of each type say.
struct Kind {
  std::string_view type;
  std::string_view all, one;  ///< paths
  const char* identifier;     ///< parameter
  const Rule<std::string>& rule;
  std::string_view model;
  std::string_view create, update;  ///< names
};
constexpr Kind kinds[] = {
    {.type = "web",
     .all = "/v1/project/platforms/web",
     .one = "/v1/project/platforms/web/:platformId",
     .identifier = "hostname",
     .rule = r::host_pattern,
     .model = "PlatformWeb",
     .create = "projectCreateWebPlatform",
     .update = "projectUpdateWebPlatform"},
    {.type = "apple",
     .all = "/v1/project/platforms/apple",
     .one = "/v1/project/platforms/apple/:platformId",
     .identifier = "bundleIdentifier",
     .rule = r::app_identifier,
     .model = "PlatformApple",
     .create = "projectCreateApplePlatform",
     .update = "projectUpdateApplePlatform"},
    {.type = "android",
     .all = "/v1/project/platforms/android",
     .one = "/v1/project/platforms/android/:platformId",
     .identifier = "applicationId",
     .rule = r::app_identifier,
     .model = "PlatformAndroid",
     .create = "projectCreateAndroidPlatform",
     .update = "projectUpdateAndroidPlatform"},
    {.type = "windows",
     .all = "/v1/project/platforms/windows",
     .one = "/v1/project/platforms/windows/:platformId",
     .identifier = "packageIdentifierName",
     .rule = r::app_identifier,
     .model = "PlatformWindows",
     .create = "projectCreateWindowsPlatform",
     .update = "projectUpdateWindowsPlatform"},
    {.type = "linux",
     .all = "/v1/project/platforms/linux",
     .one = "/v1/project/platforms/linux/:platformId",
     .identifier = "packageName",
     .rule = r::app_identifier,
     .model = "PlatformLinux",
     .create = "projectCreateLinuxPlatform",
     .update = "projectUpdateLinuxPlatform"},
};

InputsOf<NamedPlatform> named_platform(const Kind& kind, const Rule<std::string>& id) {
  using In = NamedPlatform;
  return inputs<In>({required("platformId", id, &In::platform_id), required("name", r::visible_name, &In::name),
                     required(kind.identifier, kind.rule, &In::identifier)});
}

}  // namespace

std::vector<Route> project_platform_rows() {
  std::vector<Route> routes{
      {.path = "/v1/project/platforms",
       .aliases = {"/v1/projects/:projectId/platforms"},
       .name = "projectListPlatforms",
       .scopes = {"platforms.read"},
       .answers = {200, "PlatformList"},
       .handler = operation<list_platforms>(short_list_inputs())},
      {.path = "/v1/project/platforms/:platformId",
       .aliases = {"/v1/projects/:projectId/platforms/:platformId"},
       .name = "projectGetPlatform",
       .scopes = {"platforms.read"},
       .answers = {200, "Platform"},
       .handler = operation<show_platform>()},
      {.method = Method::del,
       .path = "/v1/project/platforms/:platformId",
       .aliases = {"/v1/projects/:projectId/platforms/:platformId"},
       .name = "projectDeletePlatform",
       .scopes = {"platforms.write"},
       .answers = {204},
       .handler = operation<delete_platform>()},
  };
  for (const Kind& kind : kinds) {
    routes.push_back({.method = Method::post,
                      .path = kind.all,
                      .name = kind.create,
                      .scopes = {"platforms.write"},
                      .answers = {201, kind.model},
                      .handler = operation<create_platform>(named_platform(kind, r::custom_id)),
                      .variant = kind.type});
    routes.push_back({.method = Method::put,
                      .path = kind.one,
                      .name = kind.update,
                      .scopes = {"platforms.write"},
                      .answers = {200, kind.model},
                      .handler = operation<update_platform>(named_platform(kind, r::uid)),
                      .variant = kind.type});
  }
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api
