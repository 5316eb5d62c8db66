#include "net/pipeline/principal.hpp"

#include <algorithm>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/crypto/jwt.hpp"
#include "net/wire/session_text.hpp"
#include "policies/membership_policy.hpp"
#include "policies/session_policy.hpp"

namespace portcullis {
namespace {

std::string_view text_of(const json::Value* value) {
  return value && value->string() ? std::string_view(*value->string()) : std::string_view{};
}

/// The text before the first `_`; keys without one are old standard ones. Keys of organizations and of accounts are
/// known by their type only: this server makes none. Any other type ends as a guest.
enum class KeyType : std::uint8_t { standard, ephemeral, organization, account, other };

KeyType type_of(std::string_view key) {
  const std::size_t mark = key.find('_');
  const std::string_view type = key.substr(0, mark);
  if (mark == std::string_view::npos || type == "standard") return KeyType::standard;
  if (type == "organization") return KeyType::organization;
  if (type == "account") return KeyType::account;
  return type == "ephemeral" || type == "dynamic" ? KeyType::ephemeral : KeyType::other;
}

/// The session itself, when its secret and its lifetime hold.
bool holds(const storage::Profile& profile, const SessionText& sent, Time now) {
  return profile.session && crypto::equal(crypto::sha256(sent.secret.view()), profile.session->secret_hash) &&
         policies::is_live(*profile.session, now);
}

struct JwtClaims {
  std::string user_id, session_id;
};

result<JwtClaims> read_jwt(std::string_view token, const LiveProject& project, Time now) {
  const std::optional<json::Value> claims = crypto::verify_jwt(token, project.jwt_key.view(), now);
  const json::Object* object = claims ? claims->object() : nullptr;
  if (!object) return errc::user_jwt_invalid;
  const json::Value* user = json::find(*object, "userId");
  if (!user || !user->string()) return errc::user_jwt_invalid;
  return JwtClaims{*user->string(), std::string(text_of(json::find(*object, "sessionId")))};
}

/// The profile a JWT stands for; null when its user or session is gone (the caller is a guest then).
awaitable<result<std::unique_ptr<storage::Profile>>> profile_of_jwt(storage::Store& store, ProjectNo project,
                                                                    JwtClaims claims, Time now) {
  std::string no_selector;
  result<std::unique_ptr<storage::Profile>> profile =
      co_await store.profile(project, claims.user_id, std::move(no_selector));
  if (!profile || !*profile || claims.session_id.empty()) co_return profile;
  const result<std::vector<Session>> sessions = co_await store.sessions(project, claims.user_id, now);
  if (!sessions) co_return sessions.error();
  const auto is_its_session = [&](const Session& s) { return s.id == claims.session_id; };
  if (std::none_of(sessions->begin(), sessions->end(), is_its_session)) co_return std::unique_ptr<storage::Profile>{};
  co_return profile;
}

/// The profile of a session that was checked before and still holds; null otherwise.
std::shared_ptr<const storage::Profile> known_session(Services& services, const http::Request& request, Call& call) {
  const std::string_view text = first_session_text(request, call.home->project.id);
  if (text.empty() || !services.session_cache.on()) return nullptr;
  const SessionCache::Tag tag = services.session_cache.tag(call.home->number(), text);
  const std::shared_ptr<const storage::Profile> profile = services.session_cache.find(tag);
  if (!profile || !policies::is_live(*profile->session, call.now)) return nullptr;
  call.principal.session_text = text;
  return profile;
}

/// Whether the cache may know a text; known_session() has asked for the first one.
enum class Remembered : std::uint8_t { maybe, no };

/// The profile of one session of the request; null when it is dead.
awaitable<result<std::shared_ptr<const storage::Profile>>> check_sent(Services& services, const Call& call,
                                                                      const SentSession& sent, Remembered remembered) {
  const ProjectNo home = call.home->number();
  if (remembered == Remembered::maybe && !sent.text.empty() && services.session_cache.on()) {
    std::shared_ptr<const storage::Profile> known =
        services.session_cache.find(services.session_cache.tag(home, sent.text));
    if (known && policies::is_live(*known->session, call.now)) co_return known;
  }
  const SessionCache::Moment before = services.session_cache.now(home, sent.session.user_id);
  std::string user_id = sent.session.user_id;
  std::string selector = sent.session.selector();
  result<std::unique_ptr<storage::Profile>> found =
      co_await services.store.profile(home, std::move(user_id), std::move(selector));
  if (!found) co_return found.error();
  if (!*found || !holds(**found, sent.session, call.now)) co_return std::shared_ptr<const storage::Profile>{};
  std::shared_ptr<const storage::Profile> profile = std::move(*found);
  if (!sent.text.empty()) services.session_cache.put(services.session_cache.tag(home, sent.text), before, profile);
  co_return profile;
}

/// The profile whose session the request proves, by the first of its texts that is live; null for a guest. Browsers
/// send what an earlier server or another path left them, and a dead text must not hide a live one.
awaitable<result<std::shared_ptr<const storage::Profile>>> check_session(Services& services,
                                                                         const http::Request& request, Call& call) {
  std::vector<SentSession> sent = read_sessions(request, call.home->project.id);
  if (!sent.empty()) call.principal.by_cookie_or_header = sent.front().by_cookie_or_header;
  const std::string_view first = first_session_text(request, call.home->project.id);
  for (SentSession& each : sent) {
    const Remembered remembered = each.text == first ? Remembered::no : Remembered::maybe;
    result<std::shared_ptr<const storage::Profile>> profile = co_await check_sent(services, call, each, remembered);
    if (!profile) co_return profile.error();
    if (!*profile) continue;
    call.principal.by_cookie_or_header = each.by_cookie_or_header;
    call.principal.session_text = each.text;
    if (each.text.empty()) call.principal.fallback_secret = std::move(each.session.secret);
    co_return profile;
  }
  co_return std::shared_ptr<const storage::Profile>{};
}

/// A key that its bearer can show for a while and that is stored nowhere: a JWT with its scopes. False: it proves
/// nothing.
bool apply_ephemeral_key(Principal& principal, std::string_view key, const LiveProject& project, Time now) {
  const std::string_view token = key.substr(key.find('_') + 1);
  const std::optional<json::Value> claims = crypto::verify_jwt(token, project.ephemeral_key.view(), now);
  const json::Object* const object = claims ? claims->object() : nullptr;
  if (object == nullptr || text_of(json::find(*object, "projectId")) != project.project.id) return false;
  const json::Value* const scopes = json::find(*object, "scopes");
  if (scopes == nullptr || scopes->array() == nullptr) return false;
  const json::Value* const ends = json::find(*object, "exp");
  if (ends == nullptr || !ends->integer()) return false;
  principal.caller = policies::Caller::key;
  principal.profile.reset();
  principal.key_ends = from_millis(*ends->integer() * 1000);
  for (const json::Value& scope : *scopes->array()) principal.key_scopes.emplace_back(text_of(&scope));
  return true;
}

/// Unknown and expired ones are as good as none.
void apply_dev_key(Principal& principal, const http::Request& request, const Call& call) {
  std::string_view secret = request.header("X-Appwrite-Dev-Key");
  if (secret.empty()) secret = text_of(json::find(call.bag, "devKey"));
  if (secret.empty()) return;
  const ApiKey* const found = call.live_project->key_by_secret(secret, KeyKind::dev);
  if (found != nullptr && found->expires_at && *found->expires_at >= call.now) principal.dev_key_id = found->id;
}

/// Whether an administrator's session is to act on the project: by the header, by the parameter, or because an old path
/// names the project and nothing else does.
bool wants_admin_mode(const http::Request& request, const Call& call) {
  if (request.header("X-Appwrite-Mode") == "admin" || text_of(json::find(call.bag, "mode")) == "admin") return true;
  if (call.is_console() || call.path_param("projectId").empty() || !request.header("X-Appwrite-Key").empty())
    return false;
  const std::string_view named = request.header("X-Appwrite-Project");
  const bool elsewhere = named.empty() || named == console_id;
  return elsewhere && !first_session_text(request, console_id).empty();
}

/// What a session of the console makes of its holder on the project.
policies::Caller caller_in_admin_mode(const storage::Profile& profile, const Project& project) {
  const bool administers =
      std::any_of(profile.memberships.begin(), profile.memberships.end(), [&](const BorrowedMembership& membership) {
        return policies::administers(membership, project.team_id, project.id);
      });
  return administers ? policies::Caller::admin : policies::Caller::guest;
}

/// A stored key of the project that the header names.
result<void> apply_standard_key(Principal& principal, std::string_view key, std::string_view header_project,
                                const LiveProject& project, const Projects& projects, Time now) {
  if (header_project != project.project.id) return errc::project_id_missing;
  const crypto::Sha256 hash = crypto::sha256(key);
  const ApiKey* found = project.key_by_hash(hash, KeyKind::api);
  if (!found) return projects.load()->has_key(hash) ? errc::project_id_missing : errc::user_unauthorized;
  if (found->expires_at && *found->expires_at < now) return errc::project_key_expired;
  principal.caller = policies::Caller::key;
  principal.profile.reset();
  principal.key_id = found->id;
  principal.key_scopes = found->scopes;
  return {};
}

/// Step 5: the key named by X-Appwrite-Key. Types that mean nothing here make a guest.
result<void> apply_key(Principal& principal, std::string_view key, const http::Request& request,
                       const LiveProject& project, const Projects& projects, Time now) {
  const std::string_view header_project = request.header("X-Appwrite-Project");
  switch (type_of(key)) {
    case KeyType::standard:
      return apply_standard_key(principal, key, header_project, project, projects, now);
    case KeyType::organization:
      return request.header("X-Appwrite-Organization").empty() ? errc::organization_id_missing
                                                               : errc::user_unauthorized;
    case KeyType::account:
      return request.header("X-Appwrite-User").empty() ? errc::user_id_missing : errc::user_unauthorized;
    case KeyType::ephemeral:
      if (header_project == project.project.id && apply_ephemeral_key(principal, key, project, now)) return {};
      break;
    case KeyType::other:
      break;
  }
  principal.profile.reset();
  principal.caller = policies::Caller::guest;
  return {};
}

}  // namespace

result<std::shared_ptr<const LiveProject>> resolve_project(const Services& services, const http::Request& request,
                                                           const Call& call) {
  std::string_view id = text_of(json::find(call.bag, "project"));
  if (id.empty()) id = request.header("X-Appwrite-Project");
  std::string from_query;
  const std::size_t query = request.target.find('?');
  if (id.empty() && query != std::string::npos) {
    const result<json::Object> pairs = parse_form(std::string_view(request.target).substr(query + 1));
    if (pairs) from_query = text_of(json::find(*pairs, "project"));
    id = from_query;
  }
  // A path of one project is nobody else's business; which project decides is the path's for the aliases only.
  const bool of_project = call.route->service == Service::project || call.route->service == Service::projects;
  const std::string in_path = of_project ? call.path_param("projectId") : std::string();
  if (!in_path.empty()) {
    if (!id.empty() && id != console_id && id != in_path) return errc::user_unauthorized;
    if (call.route->service == Service::project) id = in_path;
  }
  std::shared_ptr<const LiveProject> project = services.projects.find(id.empty() ? console_id : id);
  if (!project) return errc::project_not_found;
  return project;
}

awaitable<result<void>> resolve_principal(Services& services, const http::Request& request, Call& call) {
  const LiveProject& project = *call.live_project;
  Principal& principal = call.principal;
  apply_dev_key(principal, request, call);
  call.admin_mode = wants_admin_mode(request, call);
  call.home = call.admin_mode ? services.projects.find(console_id) : call.live_project;
  result<std::shared_ptr<const storage::Profile>> by_session = known_session(services, request, call);
  if (*by_session)
    principal.by_cookie_or_header = true;
  else
    by_session = co_await check_session(services, request, call);
  if (!by_session) co_return by_session.error();
  principal.session_sent = *by_session != nullptr;

  const std::string_view jwt = request.header("X-Appwrite-JWT");
  if (!jwt.empty()) {
    call.jwt_sent = true;
    const result<JwtClaims> claims = read_jwt(jwt, *call.home, call.now);
    if (!claims) co_return claims.error();
    if (*by_session) co_return error(errc::user_jwt_and_cookie_set);
    JwtClaims owned = *claims;
    result<std::unique_ptr<storage::Profile>> by_jwt =
        co_await profile_of_jwt(services.store, call.home->number(), std::move(owned), call.now);
    if (!by_jwt) co_return by_jwt.error();
    principal.profile = std::move(*by_jwt);
  } else {
    principal.profile = std::move(*by_session);
  }
  if (principal.profile)
    principal.caller =
        call.admin_mode ? caller_in_admin_mode(*principal.profile, project.project) : policies::Caller::user;

  const std::string_view key = request.header("X-Appwrite-Key");
  if (!key.empty()) {
    const result<void> keyed = apply_key(principal, key, request, project, services.projects, call.now);
    if (!keyed) co_return keyed.error();
  }
  co_return result<void>{};
}

}  // namespace portcullis
