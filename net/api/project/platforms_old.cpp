// Platforms as older clients make and change them: one path for every type, which is a parameter. Source:
// docs/contract/project.md 4.

#include <algorithm>
#include <iterator>
#include <string_view>

#include "net/actions/commit.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/platforms.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/platforms.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

/// As clients say it that know no paths by type.
struct NewPlatform {
  std::string platform_id = "unique()";
  std::string name, type, key, hostname;

  static Inputs params() {
    using In = NewPlatform;
    return inputs<In>({optional("platformId", r::custom_id, &In::platform_id),
                       required("name", r::visible_name, &In::name), required("type", r::name, &In::type),
                       optional("key", r::app_identifier, &In::key),
                       optional("hostname", r::host_pattern, &In::hostname)});
  }
};
struct NamedPlatform {
  std::string platform_id, name, key, hostname;

  static Inputs params() {
    using In = NamedPlatform;
    return inputs<In>({required("platformId", r::uid, &In::platform_id), required("name", r::visible_name, &In::name),
                       optional("key", r::app_identifier, &In::key),
                       optional("hostname", r::host_pattern, &In::hostname)});
  }
};

struct OldType {
  std::string_view name;
  std::string_view type;
};

constexpr OldType old_types[] = {
    {"web", "web"},
    {"flutter-web", "web"},
    {"unity", "web"},
    {"flutter-macos", "apple"},
    {"flutter-ios", "apple"},
    {"react-native-ios", "apple"},
    {"apple-ios", "apple"},
    {"apple-macos", "apple"},
    {"apple-watchos", "apple"},
    {"apple-tvos", "apple"},
    {"flutter-android", "android"},
    {"android", "android"},
    {"react-native-android", "android"},
    {"flutter-linux", "linux"},
    {"flutter-windows", "windows"},
};

/// Empty when there is no such type.
std::string_view type_now(std::string_view old) {
  const auto* const found =
      std::find_if(std::begin(old_types), std::end(old_types), [&](const OldType& each) { return each.name == old; });
  return found == std::end(old_types) ? std::string_view{} : found->type;
}

result<Platform> read_platform(Services& svc, const Call& call, const NewPlatform& input) {
  Platform platform;
  platform.type = type_now(input.type);
  if (platform.type.empty()) return errc::general_bad_request;
  const bool web = platform.type == "web";
  platform.identifier = web ? input.hostname : input.key;
  if (platform.identifier.empty()) return error(errc::general_argument_invalid, web ? "hostname" : "key", "there");
  platform.id = input.platform_id == "unique()" ? unique_id(call.now, svc.random) : input.platform_id;
  platform.created_at = platform.updated_at = call.now;
  platform.name = input.name;
  return platform;
}

Answer answer_platform(Services& svc, const Call& call, const Platform& platform, std::string_view event) {
  log_security(svc, call, event, "ok", {}, "platform " + platform.id);
  Answer answer;
  answer.body = models::platform(platform, viewer_of(call));
  return answer;
}

awaitable<result<Answer>> create_old_platform(Services& svc, const Call& call, const NewPlatform& input) {
  result<Platform> made = read_platform(svc, call, input);
  if (!made) co_return made.error();
  auto make = [p = call.project(), id = call.live_project->project.id, made = std::move(*made)] {
    return changes::create_platform(p, id, made);
  };
  const result<Platform> platform = co_await commit<Platform>(svc.store.engine(), std::move(make));
  if (!platform) co_return platform.error();
  co_return answer_platform(svc, call, *platform, "platform_create");
}

awaitable<result<Answer>> update_old_platform(Services& svc, const Call& call, const NamedPlatform& input) {
  changes::PlatformChange wanted{input.platform_id, input.name, input.hostname, input.key};
  auto make = [p = call.project(), now = call.now, wanted = std::move(wanted)] {
    return changes::update_any_platform(p, now, wanted);
  };
  const result<Platform> platform = co_await commit<Platform>(svc.store.engine(), std::move(make));
  if (!platform) co_return platform.error();
  co_return answer_platform(svc, call, *platform, "platform_change");
}

}  // namespace

std::vector<Route> project_platform_rows_old() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/projects/:projectId/platforms",
       .name = "projectsCreatePlatform",
       .scopes = {"platforms.write"},
       .answers = {201, "Platform"},
       .handler = operation<create_old_platform>()},
      {.method = Method::put,
       .path = "/v1/projects/:projectId/platforms/:platformId",
       .name = "projectsUpdatePlatform",
       .scopes = {"platforms.write"},
       .answers = {200, "Platform"},
       .handler = operation<update_old_platform>()},
  };
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api
