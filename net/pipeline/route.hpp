#pragma once
// What a row of the route table says and what its handler gives. Values; the table itself is net/api/routes.cpp.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "net/http/message.hpp"
#include "net/http/server.hpp"
#include "net/state/services.hpp"
#include "net/wire/older_requests.hpp"
#include "net/wire/params.hpp"
#include "policies/scopes.hpp"

namespace portcullis {

enum class AuthMethod : std::uint8_t { none, email_password, anonymous, jwt };
/// `projects` and `teams` are the console's.
enum class Service : std::uint8_t { none, account, health, users, project, projects, teams };

/// `keys` are those of docs/contract/account.md 1.8 (`url:{url},ip:{ip}`); each is counted, any exhausted one refuses.
/// One that names an account (`{param-email}`, `{userId}`) counts only requests whose parameters are valid, by the
/// texts that the handler gets.
struct RateRule {
  LimitRule rule{};
  std::vector<std::string_view> keys{};
  bool reset_on_created = false;
  bool known_network_share =
      false;  ///< a network with a live session of the user keeps its own share (docs/security.md)
};

/// What a handler answers: the body (JSON unless said otherwise) and what happens to the caller's session cookies.
struct Answer {
  std::string body;
  std::string_view content_type = "application/json; charset=UTF-8";
  /// Whatever is answered is somebody's: no cache on the way keeps it, nor does a browser after the sign-out.
  std::string_view cache_control = "no-store";
  struct OpenedSession {
    std::string encoded;  ///< as cookies and X-Fallback-Cookies carry it
    Time expires_at{};
  };
  std::optional<OpenedSession> opened_session;
  bool clears_session = false;
  std::shared_ptr<const void> held;  ///< goes when the answer has been written
};

/// How a user of the console stands to a team: it is none, they are no confirmed member, a member who may not make or
/// change its projects, or one who may.
enum class TeamStanding : std::uint8_t { none, stranger, member, administrator };

struct Call;
using Handler = awaitable<result<Answer>> (*)(Services&, const Call&);

/// What runs for a row, and what it reads: operation() in endpoint.hpp makes it of a handler.
struct Operation {
  Handler run = nullptr;
  Inputs inputs{};
};

/// What a success answers.
struct Answers {
  int status = 200;
  std::string_view model{};  ///< empty = no body
};

/// Who may call, beside what the scopes say.
enum class Callers : std::uint8_t {
  by_scope,                ///< any holder of one of the scopes
  keys,                    ///< keys and administrators
  keys_and_impersonators,  ///< and users who may act as others
  users,                   ///< people with a session
  team_administrators      ///< the same; who administers the team that decides needs no scope
};

/// One endpoint. `path` is the canonical template; `aliases` share its handler and counters. Everything about it stands
/// in its row.
struct Route {
  http::Method method = http::Method::get;
  std::string_view path{};
  std::vector<std::string_view> aliases{};
  std::string_view name{};                 ///< operation id, as the SDKs call it
  std::vector<std::string_view> scopes{};  ///< any one suffices; empty = none needed
  Service service = Service::none;
  Answers answers{};
  Operation handler{};
  std::optional<RateRule> rate{};
  AuthMethod auth_method = AuthMethod::none;
  bool opens_session = false;  ///< refuses a caller who is signed in
  bool recent_mfa = false;
  bool mfa_exempt = false;
  bool reads_timestamp = false;  ///< X-Appwrite-Timestamp must parse when present
  bool tells_of_others = false;  ///< its errors show whether somebody has an e-mail, phone or id: has a limit
  bool bare = false;             ///< outside the API: no project, no principal, no CORS (probes)
  Callers callers = Callers::by_scope;
  bool console_only = false;
  std::string_view variant{};           ///< which of several things that its handler does
  std::span<const OlderParam> older{};  ///< what its parameters were in older formats
};

}  // namespace portcullis
