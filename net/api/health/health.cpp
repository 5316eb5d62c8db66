// Probes and health. Source: docs/contract/health-locale.md 1 and 2.

#include "core/json/writer.hpp"
#include "net/api/routes.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/state/pings.hpp"
#include "storage/counters.hpp"

namespace portcullis::api {
namespace {

using http::Method;

constexpr std::string_view plain_text = "text/plain; charset=UTF-8";

void write_status(json::Writer& writer, std::string_view name, std::int64_t ping_ms, bool pass) {
  writer.begin_object();
  writer.field("name", name);
  writer.field("ping", ping_ms);
  writer.field("status", pass ? "pass" : "fail");
  writer.end_object();
}

Answer plain(std::string_view text) {
  Answer answer;
  answer.body = text;
  answer.content_type = plain_text;
  return answer;
}

awaitable<result<Answer>> ping(Services& svc, const Call& call) {
  if (call.is_console()) co_return error(errc::project_not_found);
  svc.pings.count(call.project(), call.now);
  co_return plain("Pong!");
}

awaitable<result<Answer>> health(Services&, const Call&) {
  Answer answer;
  json::Writer writer(answer.body);
  write_status(writer, "http", 0, true);
  co_return answer;
}

awaitable<result<Answer>> health_version(Services&, const Call&) {
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  writer.field("version", wire_version);
  writer.end_object();
  co_return answer;
}

awaitable<result<Answer>> health_db(Services& svc, const Call& call) {
  const Steady before = svc.clock.steady();
  const result<storage::Counters> counters = co_await svc.store.counters(call.project());
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(svc.clock.steady() - before);
  const bool pass = counters.has_value() && !svc.store.engine().stats().poisoned;
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  writer.field("total", std::int64_t{1});
  writer.key("statuses");
  writer.begin_array();
  write_status(writer, "database", spent.count(), pass);
  writer.end_array();
  writer.end_object();
  co_return answer;
}

awaitable<result<Answer>> live(Services&, const Call&) { co_return plain("live"); }

awaitable<result<Answer>> ready(Services& svc, const Call&) {
  if (svc.store.engine().stats().poisoned) co_return error(errc::storage_poisoned);
  co_return plain("ready");
}

}  // namespace

std::vector<Route> health_rows() {
  std::vector<Route> routes{
      {.path = "/v1/ping", .name = "ping", .scopes = {"global"}, .answers = {200}, .handler = operation<ping>()},
      {.path = "/v1/health",
       .name = "healthGet",
       .scopes = {"health.read"},
       .service = Service::health,
       .answers = {200, "HealthStatus"},
       .handler = operation<health>()},
      {.path = "/v1/health/version",
       .name = "healthGetVersion",
       .scopes = {"public"},
       .service = Service::health,
       .answers = {200, "HealthVersion"},
       .handler = operation<health_version>()},
      {.path = "/v1/health/db",
       .name = "healthGetDB",
       .scopes = {"health.read"},
       .service = Service::health,
       .answers = {200, "HealthStatusList"},
       .handler = operation<health_db>()},
      {.path = "/live", .name = "live", .answers = {200}, .handler = operation<live>(), .bare = true},
      {.path = "/ready", .name = "ready", .answers = {200}, .handler = operation<ready>(), .bare = true},
  };
  return routes;
}

}  // namespace portcullis::api
