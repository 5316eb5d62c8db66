#include "net/pipeline/answers.hpp"

#include <algorithm>
#include <iterator>

#include "core/json/writer.hpp"
#include "net/http/cookies.hpp"
#include "net/wire/session_text.hpp"

namespace portcullis {
namespace {

constexpr std::string_view json_type = "application/json; charset=UTF-8";
constexpr std::string_view plain_type = "text/plain; charset=UTF-8";

/// Statuses the wire passes through; every other becomes 500 while `type` stays. 413 is this server's own.
int wire_status(int status) {
  switch (status) {
    case 400:
    case 401:
    case 402:
    case 403:
    case 404:
    case 405:
    case 408:
    case 409:
    case 410:
    case 412:
    case 413:
    case 416:
    case 422:
    case 429:
    case 431:
    case 451:
    case 501:
    case 503:
      return status;
    default:
      return 500;
  }
}

bool is_ip_or_localhost(std::string_view host) {
  if (host.empty() || host == "localhost") return true;
  if (host.front() == '[') return true;
  boost::system::error_code bad;
  static_cast<void>(boost::asio::ip::make_address(std::string(host), bad));
  return !bad;
}

/// Main and legacy cookie, set or (with a past `expires`) deleted.
void add_cookies(http::Response& response, const Call& call, std::string_view value, Time expires) {
  http::SetCookie cookie;
  cookie.value = std::string(value);
  cookie.expires = expires;
  cookie.secure = call.client.https;
  if (!is_ip_or_localhost(call.client.host)) cookie.domain = "." + call.client.host;
  const std::string name = session_cookie_name(call.live_project->project.id);
  cookie.name = name + "_legacy";
  response.add("Set-Cookie", http::format(cookie));
  cookie.name = name;
  cookie.same_site = "None";
  response.add("Set-Cookie", http::format(cookie));
}

void add_session(http::Response& response, const Call& call, const Answer::OpenedSession& opened) {
  add_cookies(response, call, opened.encoded, opened.expires_at);
  if (!call.page_is_foreign()) return;
  std::string fallback;
  json::Writer writer(fallback);
  writer.begin_object();
  writer.field("a_session_" + call.live_project->project.id, opened.encoded);
  writer.end_object();
  response.add("X-Fallback-Cookies", fallback);
}

void write_error(http::Response& response, const ErrorDescription& described) {
  response.status = wire_status(described.status);
  response.body.clear();
  json::Writer writer(response.body);
  writer.begin_object();
  writer.field("message", described.message);
  writer.field("code", std::int64_t{response.status});
  writer.field("type", described.type);
  writer.field("version", wire_version);
  writer.end_object();
  response.add("Content-Type", json_type);
  response.add_lines("Cache-Control: no-cache, no-store, must-revalidate\r\nExpires: 0\r\nPragma: no-cache\r\n");
}

/// Rules complete "it must be ..."; those that say what is wrong with the value follow "it" as they are.
bool states_a_fact(std::string_view rule) {
  constexpr std::string_view beginnings[] = {"is ", "has ", "needs ", "was "};
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [rule](std::string_view beginning) { return rule.starts_with(beginning); });
}

}  // namespace

std::string_view common_lines() noexcept {
  return "Server: Appwrite\r\n"
         "X-Content-Type-Options: nosniff\r\n"
         "Vary: Origin\r\n"
         "Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE\r\n"
         "Access-Control-Allow-Headers: Accept, Origin, Cookie, Set-Cookie, Content-Type, Content-Range, "
         "X-Appwrite-Project, X-Appwrite-Key, X-Appwrite-Dev-Key, X-Appwrite-Locale, X-Appwrite-Mode, X-Appwrite-JWT, "
         "X-Appwrite-Organization, X-Appwrite-Response-Format, X-Appwrite-Timeout, X-Appwrite-ID, "
         "X-Appwrite-Timestamp, "
         "X-Appwrite-Session, X-Appwrite-Platform, X-Appwrite-Impersonate-User-Id, X-Appwrite-Impersonate-User-Email, "
         "X-Appwrite-Impersonate-User-Phone, X-SDK-Version, X-SDK-Name, X-SDK-Language, X-SDK-Platform, X-SDK-GraphQL, "
         "X-SDK-Profile, Range, Cache-Control, Expires, Pragma, X-Fallback-Cookies, X-Requested-With, X-Forwarded-For, "
         "X-Forwarded-User-Agent\r\n"
         "Access-Control-Expose-Headers: X-Appwrite-Session, X-Fallback-Cookies\r\n"
         "Access-Control-Allow-Credentials: true\r\n"
         "Access-Control-Max-Age: 86400\r\n";
}

http::Response error_response(const ErrorDescription& described) {
  http::Response response;
  write_error(response, described);
  return response;
}

void write_error(http::Response& response, const error& e) {
  ErrorDescription described = describe(e.code);
  std::string message;
  if (e.param) {
    const std::string_view rule = e.rule ? e.rule : "acceptable";
    message = "Invalid `" + std::string(e.param) + "` parameter: it ";
    message.append(states_a_fact(rule) ? "" : "must be ").append(rule).append(".");
    described.message = message;
  }
  write_error(response, described);
  if (e.retry_after_s > 0) response.add("Retry-After", std::to_string(e.retry_after_s));
}

void write_answer(http::Response& response, Answer answer, const Call& call) {
  response.status = call.route->answers.status;
  response.body = std::move(answer.body);
  response.held = std::move(answer.held);
  // Without a body, too: the Python SDK reads no answer that lacks it.
  response.add("Content-Type", response.status == 204 ? plain_type : answer.content_type);
  response.add("Cache-Control", answer.cache_control);
  if (answer.opened_session) add_session(response, call, *answer.opened_session);
  if (answer.clears_session) {
    add_cookies(response, call, "deleted", from_millis(1000));
    if (call.page_is_foreign()) response.add("X-Fallback-Cookies", "[]");
  }
}

}  // namespace portcullis
