#pragma once
// One request on its way through the pipeline: who calls, from where, and what was sent. What a handler gets.

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/value.hpp"
#include "core/session.hpp"
#include "net/http/client_ip.hpp"
#include "net/pipeline/route.hpp"
#include "net/state/services.hpp"
#include "net/wire/formats.hpp"
#include "policies/scopes.hpp"

namespace portcullis {

/// Who calls. An administrator's profile is of the console project. A key's identity wins over a session or JWT sent
/// along.
struct Principal {
  policies::Caller caller = policies::Caller::guest;
  /// The signed-in user; `profile->session` is the current session (none with a JWT). Null: nobody.
  std::shared_ptr<const storage::Profile> profile;
  /// Whom the user acts as, for the routes that do so; null: as themselves.
  std::shared_ptr<const storage::Profile> impersonated;
  /// What proved `profile->session`, as it was sent; empty where X-Fallback-Cookies did, whose secret is kept instead.
  /// Lives as long as the request.
  std::string_view session_text{};
  Secret fallback_secret{};
  /// Somebody to act as was named, and is nobody, or the user has no right to act as others. Such a request acts as
  /// nobody at all, and never as the user alone.
  std::optional<error> impersonation_fault;
  bool session_sent = false;         ///< a valid session came along, also with a key
  bool by_cookie_or_header = false;  ///< a session text came in a cookie or X-Appwrite-Session (X-Debug-Fallback)
  std::string dev_key_id;            ///< a valid dev key came along: no limits, any page
  std::string key_id;
  std::vector<std::string> key_scopes;
  std::optional<Time> key_ends;  ///< an ephemeral key's end; none for other callers
};

/// What the request says of the client's side.
struct Client {
  boost::asio::ip::address address;
  std::string user_agent;
  std::string host;  ///< request host name without port, lowercase
  bool https = false;

  // Texts of the address, made where they are needed: a session check needs neither.
  [[nodiscard]] std::string ip() const { return address.to_string(); }
  [[nodiscard]] std::string network() const { return http::client_network(address); }  ///< /24 or /64
};

/// What a request was counted in, until its answer is known: the rendered keys, hashed.
struct LimitCharges {
  std::array<LimitCharge, 4> of{};
  std::size_t count = 0;

  void add(const LimitCharge& charge) { of.at(count++) = charge; }
};

/// One request on its way through the pipeline; everything a handler may look at. Outlives the handler. Its members
/// come in the order in which the pipeline knows them, and hold what they hold here until then; a bare route stops
/// after the first step, and a request that is refused where it is.
struct Call {
  // From the start.
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> path_params;
  Client client;
  Time now{};
  Steady started{};
  std::uint32_t reactor = 0;
  std::string request_id;
  http::BodyShare* body = nullptr;  ///< what the bag holds of the room for all; null where there is no room
  std::shared_ptr<const std::atomic<bool>> gone;

  // Before the caller is known. The bag is given back when the typed input has been read from it.
  std::uint32_t format = current_format;  ///< X-Appwrite-Response-Format
  json::Object bag;
  std::shared_ptr<const LiveProject> live_project;

  // With the caller: every check may look at these.
  bool admin_mode = false;                  ///< an administrator's session is asked for to act on the project
  std::shared_ptr<const LiveProject> home;  ///< the project of the caller's session: the console's in admin mode
  bool jwt_sent = false;                    ///< X-Appwrite-JWT came along
  Principal principal;
  /// On the console's paths of projects: the team that decides, as the request names it, and how the caller stands to
  /// it.
  std::string deciding_team;
  TeamStanding team_standing = TeamStanding::none;
  std::string_view page;         ///< Origin, else Referer, as sent; lives as long as the request
  std::string_view signup_code;  ///< of a sign-up at the console, as the header has it; lives as long

  // After the checks: valid parameters, then what the limits of the route counted.
  std::shared_ptr<void> typed_input;  ///< the handler's third parameter (endpoint.hpp); null while they are invalid
  LimitCharges charges;

  [[nodiscard]] ProjectNo project() const { return live_project->number(); }
  [[nodiscard]] const ProjectSettings& settings() const { return live_project->settings(); }
  [[nodiscard]] bool is_key() const { return principal.caller == policies::Caller::key; }
  /// Switches, limits and privacy do not bind keys and administrators.
  [[nodiscard]] bool is_privileged() const { return is_key() || principal.caller == policies::Caller::admin; }
  [[nodiscard]] bool is_console() const { return live_project->project.id == console_id; }
  /// Whom the log names for what a privileged caller did.
  [[nodiscard]] std::string by() const { return is_key() ? "by a key" : "by administrator " + user_id(); }
  [[nodiscard]] const storage::Profile& profile() const { return *principal.profile; }
  [[nodiscard]] const BorrowedUser& user() const { return principal.profile->user; }
  [[nodiscard]] std::string user_id() const { return std::string(user().id); }
  /// Whom reading and deleting the account is about: the user that the caller impersonates, else the caller.
  [[nodiscard]] const storage::Profile& subject() const {
    return principal.impersonated ? *principal.impersonated : profile();
  }
  /// The page's site is not ours: a session also travels in X-Fallback-Cookies.
  [[nodiscard]] bool page_is_foreign() const;
  /// A parameter of the path, as the route's inputs have validated it; empty when there is none of that name.
  [[nodiscard]] std::string path_param(std::string_view name) const;
  /// The session the caller came with; null with a JWT or a key.
  [[nodiscard]] const BorrowedSession* session() const;
  /// Ticket of this request for hashing on behalf of `account` (a user id or an e-mail).
  [[nodiscard]] HashTicket ticket(const Services& services, std::string_view account) const;
  /// When the last hash of a request that may take `limit` must be done: a part is kept for the commit and the answer.
  [[nodiscard]] Steady hashed_by(std::chrono::milliseconds limit) const;
};

}  // namespace portcullis
