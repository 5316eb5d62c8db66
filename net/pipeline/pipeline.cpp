#include "net/pipeline/pipeline.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <span>

#include "core/validators.hpp"
#include "net/actions/signup_code.hpp"
#include "net/changes/keys.hpp"
#include "net/changes/users.hpp"
#include "net/http/client_ip.hpp"
#include "net/http/forwarded.hpp"
#include "net/pipeline/answers.hpp"
#include "net/pipeline/checks.hpp"
#include "net/pipeline/console_team.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/impersonation.hpp"
#include "net/pipeline/principal.hpp"
#include "net/pipeline/rate_limits.hpp"
#include "net/pipeline/request_metrics.hpp"
#include "policies/origin_policy.hpp"
#include "policies/session_policy.hpp"

namespace portcullis {
namespace {

constexpr std::size_t usual_head = 400;  // bytes of the lines that are not common ones

/// Steps 1 to 12 after the credentials, and what follows the rate limit.
constexpr checks::Check before_limits[] = {
    checks::admin_mode, checks::origin,      checks::admin_membership, checks::service_enabled, checks::api_enabled,
    checks::scope,      checks::not_blocked, checks::no_reset_pending, checks::enough_factors,  checks::impersonation};
constexpr checks::Check after_limits[] = {checks::auth_method, checks::no_session_yet, checks::recent_mfa};

awaitable<result<Answer>> route_not_found(Services&, const Call&) { co_return error(errc::general_route_not_found); }

/// The row of every unknown route: all checks run, then 404.
const Route& missing_route() {
  static const Route row{
      .path = "(unknown)", .name = "notFound", .answers = {.status = 404}, .handler = operation<route_not_found>()};
  return row;
}

/// Errors: general_bad_request for a host or a protocol that is none, of the client or of a trusted proxy.
result<void> read_client(const http::Request& request, const http::TrustedProxies& trusted, Client& client) {
  const std::string_view forwarded_for = request.header("X-Forwarded-For");
  client.address = http::client_address(request.peer, forwarded_for, trusted);
  client.user_agent = std::string(request.header("User-Agent").substr(0, 512));
  client.https = request.tls;
  std::string_view host = request.header("Host");
  if (trusted.contains(request.peer)) {
    const auto forwarded = [&](std::string_view name) {
      return http::forwarded_value(request.header(name), request.peer, forwarded_for, trusted);
    };
    const std::string_view protocol = forwarded("X-Forwarded-Proto");
    const bool secure = http::same_token(protocol, "https") || http::same_token(protocol, "wss");
    const bool plain = http::same_token(protocol, "http") || http::same_token(protocol, "ws");
    if (!protocol.empty() && !secure && !plain) return errc::general_bad_request;
    client.https = client.https || secure;
    const std::string_view forwarded_host = forwarded("X-Forwarded-Host");
    if (!forwarded_host.empty()) host = forwarded_host;
  }
  const std::string_view name = http::host_name(host);
  if (!host.empty() && name.empty()) return errc::general_bad_request;
  client.host = validators::ascii_lower(name);
  return {};
}

void add_limit_headers(http::Response& headers, const LimitVerdict& verdict) {
  headers.add("X-RateLimit-Limit", std::to_string(verdict.limit));
  headers.add("X-RateLimit-Remaining", std::to_string(verdict.remaining));
  headers.add("X-RateLimit-Reset", std::to_string(verdict.reset_epoch_s));
}

/// The SDK that calls, when it is one for servers; empty otherwise.
std::string_view server_sdk(const http::Request& request) {
  constexpr std::string_view known[] = {"Node.js", "Deno", "PHP",  "Python", "Ruby",  "Go",
                                        "Java",    ".NET", "Dart", "Kotlin", "Swift", "Rust"};
  const std::string_view name = request.header("X-SDK-Name");
  return std::find(std::begin(known), std::end(known), name) == std::end(known) ? std::string_view{} : name;
}

/// Marks the key as used, at most once a day and once an SDK; the request never waits for it.
void note_key_use(Services& services, const http::Request& request, const Call& call, KeyKind kind,
                  const boost::asio::any_io_executor& executor) {
  const bool dev = kind == KeyKind::dev;
  const std::string& used = dev ? call.principal.dev_key_id : call.principal.key_id;
  if (used.empty()) return;
  const std::string_view sdk = server_sdk(request);
  for (const ApiKey& key : dev ? call.live_project->dev_keys : call.live_project->keys) {
    if (key.id != used || !changes::needs_use_update(key, call.now, sdk)) continue;
    storage::EngineChange note = changes::note_key_use(call.project(), key.id, call.now, std::string(sdk), kind);
    boost::asio::co_spawn(executor, services.store.engine().submit(std::move(note)), boost::asio::detached);
  }
}

/// Marks the user as seen, at most once a day and not while acting as another; the request never waits for it.
void note_access(Services& services, const Call& call, const boost::asio::any_io_executor& executor) {
  if (!call.principal.profile || call.principal.impersonated) return;
  if (!policies::needs_access_update(call.profile().accessed_at, call.now)) return;
  storage::EngineChange touch = changes::note_access(call.home->number(), call.user_id(), call.now);
  boost::asio::co_spawn(executor, services.store.engine().submit(std::move(touch)), boost::asio::detached);
}

void add_common(http::Response& response, const checks::Facts& facts) {
  response.common = common_lines();
  const std::string_view origin = facts.request.header("Origin");
  if (!origin.empty() && checks::origin_is_allowed(facts))
    response.add("Access-Control-Allow-Origin", validators::ascii_lower(origin));
  if (facts.call.client.https) response.add_lines("Strict-Transport-Security: max-age=10886400\r\n");
  if (!is_spoken(facts.call.format))
    response.add_lines(
        "X-Appwrite-Warning: The client asks for a newer response format than this server speaks (1.9.6)\r\n");
  if (!facts.call.is_privileged()) {
    response.add_lines("X-Debug-Speed: 0\r\n");
    return;
  }
  const std::chrono::duration<double> spent = facts.services.clock.steady() - facts.call.started;
  response.add("X-Debug-Speed", std::to_string(spent.count()));
}

http::Response preflight(const http::Request& request) {
  http::Response response;
  response.status = 204;
  response.common = common_lines();
  const std::string_view origin = request.header("Origin");
  if (policies::names_a_page(origin)) response.add("Access-Control-Allow-Origin", validators::ascii_lower(origin));
  // Beside the contract's headers, and only for who asks.
  if (validators::ascii_lower(request.header("Access-Control-Request-Headers"))
          .find(validators::ascii_lower(signup_code_header)) != std::string::npos)
    response.add("Access-Control-Allow-Headers", signup_code_header);
  return response;
}

/// What a body of broken JSON may have meant cannot be told. Where it could hold nothing that is asked for, it is not
/// taken for an empty one: what is done would not be what the client meant. A route that is unknown answers as such.
BrokenJson broken_json_of(const Call& call) {
  const bool is_asked_for = reads_bag(call.route->handler.inputs, call.path_params);
  return is_asked_for || call.route == &missing_route() ? BrokenJson::is_empty : BrokenJson::is_refused;
}

/// What is known before the caller: the wire format, the parameters, the project.
result<void> begin(const Services& services, http::Request& request, Call& call) {
  call.format = read_format(request.header("X-Appwrite-Response-Format"));
  result<json::Object> bag = take_parameters(request, call.body, broken_json_of(call));
  if (!bag) return bag.error();
  call.bag = std::move(*bag);
  if (!call.route->older.empty()) modernise(call.bag, call.route->older, call.format);
  result<std::shared_ptr<const LiveProject>> project = resolve_project(services, request, call);
  if (!project) return project.error();
  call.live_project = std::move(*project);
  return {};
}

/// What the request says of the client once it is known who calls.
void note_client(const http::Request& request, Call& call) {
  const std::string_view forwarded_agent = request.header("X-Forwarded-User-Agent");
  if (call.is_key() && !forwarded_agent.empty()) call.client.user_agent = std::string(forwarded_agent.substr(0, 512));
  call.page = request.header("Origin");
  if (call.page.empty()) call.page = request.header("Referer");
  if (call.is_console()) call.signup_code = request.header(signup_code_header);
}

/// A handler may wait for long: what the request brought goes before. What is needed of it is in the typed input.
void give_back_bag(Call& call) {
  call.bag = json::Object{};
  if (call.body != nullptr) call.body->give_back();
}

result<void> run_checks(std::span<const checks::Check> list, const checks::Facts& facts) {
  for (const checks::Check check : list) {
    const result<void> passed = check(facts);
    if (!passed) return passed;
  }
  return {};
}

}  // namespace

Pipeline::Pipeline(Services& services, const std::vector<Route>& routes)
    : services_(services), router_(routes), request_prefix_(services.random.hex(4) + "-") {}

awaitable<http::Response> Pipeline::run(http::Request& request, http::Exchange exchange) {
  // Apart from the coroutine: Asio keeps small frames for the next request, large ones go back to the allocator.
  const auto owned = std::make_unique<Call>();
  Call& call = *owned;
  call.started = services_.clock.steady();
  call.now = services_.clock.now();
  call.gone = std::move(exchange.gone);
  call.reactor = exchange.reactor;
  call.body = exchange.body;
  call.request_id = request_prefix_ + std::to_string(request_count_.fetch_add(1, std::memory_order_relaxed));
  std::optional<Match> match = router_.find(request.method, request.target);
  call.route = match ? match->route : &missing_route();
  if (match) call.path_params = std::move(match->params);

  http::Response response;
  if (request.method == http::Method::options) {
    response = preflight(request);
  } else {
    response.head.reserve(usual_head);
    result<void> examined = read_client(request, services_.config.trusted_proxies, call.client);
    if (examined) examined = co_await examine(request, call, response);
    settle_request(services_, call, examined);
    if (!examined) write_error(response, examined.error());
    if (!call.route->bare) add_common(response, checks::Facts{services_, request, call});
  }
  wipe(request.body);
  const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(services_.clock.steady() - call.started);
  const std::string_view project = call.live_project ? std::string_view(call.live_project->project.id) : "-";
  if (request.method == http::Method::options)
    services_.requests.count_preflight(call.reactor);
  else
    services_.requests.count(call.reactor, *call.route, response.status, spent);
  services_.log.access(AccessLine{http::to_text(request.method), call.route->path, project, call.request_id,
                                  response.status, static_cast<std::uint64_t>(spent.count())});
  co_return response;
}

awaitable<result<void>> Pipeline::examine(http::Request& request, Call& call, http::Response& response) {
  if (!call.route->bare) {
    const result<void> known = begin(services_, request, call);
    if (!known) co_return known.error();
    const result<void> resolved = co_await resolve_principal(services_, request, call);
    if (!resolved) co_return resolved.error();
    if (may_name_another(request, call)) {
      const result<void> acting = co_await resolve_impersonation(services_, request, call);
      if (!acting) co_return acting.error();
    }
    if (team_decides(call)) {
      const result<void> stands = co_await resolve_team(services_, call);
      if (!stands) co_return stands.error();
    }
    response.add_lines("X-Debug-Fallback: false\r\n");
    if (!call.principal.by_cookie_or_header) response.add_lines("X-Debug-Fallback: true\r\n");
    note_client(request, call);

    const checks::Facts facts{services_, request, call};
    const result<void> may_pass = run_checks(before_limits, facts);
    if (!may_pass) co_return may_pass.error();
    const auto executor = co_await boost::asio::this_coro::executor;
    note_access(services_, call, executor);
    note_key_use(services_, request, call, KeyKind::api, executor);
    note_key_use(services_, request, call, KeyKind::dev, executor);
    // Read before they are asked for: parameters that nobody could act on make no window of an account.
    result<std::shared_ptr<void>> input =
        read_inputs(call.route->handler.inputs, call.bag, call.path_params, RuleContext{call.settings()});
    give_back_bag(call);
    if (input) call.typed_input = *input;
    if (call.route->rate) {
      const Parameters parameters = input ? Parameters::valid : Parameters::invalid;
      const result<LimitVerdict> verdict = co_await count_request(services_, call, parameters);
      if (!verdict) co_return verdict.error();
      add_limit_headers(response, *verdict);
      if (!verdict->allowed) co_return error(errc::general_rate_limit_exceeded);
    }
    const result<void> may_act = run_checks(after_limits, facts);
    if (!may_act) co_return may_act.error();
    if (!input) co_return input.error();
    const result<void> in_time = checks::timestamp(facts);
    if (!in_time) co_return in_time.error();
  }
  result<Answer> answer = co_await call.route->handler.run(services_, call);
  if (!answer) co_return answer.error();
  write_answer(response, std::move(*answer), call);
  co_return result<void>{};
}

}  // namespace portcullis
