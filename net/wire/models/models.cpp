#include "net/wire/models/models.hpp"

#include "core/email_class.hpp"
#include "net/wire/imported_hash.hpp"
#include "net/wire/models/fields.hpp"
#include "net/wire/models/projects.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using namespace schema;

constexpr std::uint32_t v1_5_0 = format_number(1, 5, 0);
constexpr std::uint32_t v1_9_0 = format_number(1, 9, 0);
constexpr std::size_t usual_body = 1000;  // bytes; the allocator's quickest blocks end at 1 KiB

struct UserView {
  const storage::Profile& profile;
  EmailClass email;
  const Credential* credential = nullptr;  ///< for privileged viewers of the users service only
  std::string_view impersonator_id{};
  const BorrowedUser& user() const { return profile.user; }
};

using V = const Viewer&;

void write_target(W& w, const BorrowedTarget& target, V viewer);

constexpr Field<BorrowedTarget> target_fields[] = {
    {"$id", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.id); }},
    {"$createdAt", date, [](W& w, const BorrowedTarget& t, V) { put_date(w, t.created_at); }},
    {"$updatedAt", date, [](W& w, const BorrowedTarget& t, V) { put_date(w, t.updated_at); }},
    {"name", text, [](W& w, const BorrowedTarget& t, V) { w.string(t.name); }},
    {"userId", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.user_id); }},
    {"providerId", nullable_text,
     [](W& w, const BorrowedTarget& t, V) { t.provider_id.empty() ? w.null() : w.string(t.provider_id); }},
    {"providerType", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.provider_type); }},
    {"identifier", text, [](W& w, const BorrowedTarget& t, V) { w.string(t.identifier); }},
    {"expired", boolean, [](W& w, const BorrowedTarget& t, V) { w.boolean(t.expired); }},
};

template <bool EmailClass::*Member>
void put_email_fact(W& w, const UserView& u, V) {
  u.user().email.empty() ? w.null() : w.boolean(u.email.*Member);
}

bool is_served(const UserView& u) { return u.credential != nullptr; }

/// Null when there never was a password, "" when it was cleared.
void put_hash(W& w, const UserView& u) {
  const bool never = u.credential->hash.encoded.empty() && !u.user().password_updated_at;
  never ? w.null() : w.string(u.credential->hash.encoded);
}
std::string_view algorithm_of(const UserView& u) {
  return u.credential->hash.algorithm.empty() ? std::string_view("argon2")
                                              : std::string_view(u.credential->hash.algorithm);
}
std::string shown_options(const UserView& u) {
  const std::string& stored = u.credential->hash.options;
  return shown_hash_options(algorithm_of(u), stored.empty() ? default_hash_options : std::string_view(stored));
}

constexpr Field<UserView> user_fields[] = {
    {"$id", text, [](W& w, const UserView& u, V) { w.plain_string(u.user().id); }},
    {"$createdAt", date, [](W& w, const UserView& u, V) { put_date(w, u.user().created_at); }},
    {"$updatedAt", date, [](W& w, const UserView& u, V) { put_date(w, u.user().updated_at); }},
    {"name", text, [](W& w, const UserView& u, V) { w.string(u.user().name); }},
    {"password", nullable_text, [](W& w, const UserView& u, V) { put_hash(w, u); }, 0, Sees::everyone, is_served},
    {"hash", nullable_text, [](W& w, const UserView& u, V) { w.string(algorithm_of(u)); }, 0, Sees::everyone,
     is_served},
    {"hashOptions", object, [](W& w, const UserView& u, V) { w.raw(shown_options(u)); }, 0, Sees::everyone, is_served},
    {"registration", date, [](W& w, const UserView& u, V) { put_date(w, u.user().registered_at); }},
    {"status", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().status); }},
    {"labels", texts, [](W& w, const UserView& u, V) { put_texts(w, u.user().labels); }},
    {"passwordUpdate", date, [](W& w, const UserView& u, V) { put_date(w, u.user().password_updated_at); }},
    {"email", text, [](W& w, const UserView& u, V) { w.string(u.user().email); }},
    {"phone", text, [](W& w, const UserView& u, V) { w.string(u.user().phone); }},
    {"emailVerification", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().email_verified); }},
    {"emailCanonical", nullable_text,
     [](W& w, const UserView& u, V) { u.user().email.empty() ? w.null() : w.string(u.email.canonical); }},
    {"emailIsFree", nullable_boolean, put_email_fact<&EmailClass::is_free>},
    {"emailIsDisposable", nullable_boolean, put_email_fact<&EmailClass::is_disposable>},
    {"emailIsCorporate", nullable_boolean, put_email_fact<&EmailClass::is_corporate>},
    {"emailIsCanonical", nullable_boolean, put_email_fact<&EmailClass::is_canonical>},
    {"phoneVerification", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().phone_verified); }},
    {"mfa", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().mfa); }, v1_5_0},
    {"prefs", object, [](W& w, const UserView& u, V) { w.raw(u.profile.prefs); }},
    {"targets", R"({"type":"array","items":{"$ref":"#/components/schemas/Target"}})",
     [](W& w, const UserView& u, V viewer) {
       w.begin_array();
       for (const BorrowedTarget& target : u.profile.targets) write_target(w, target, viewer);
       w.end_array();
     },
     v1_5_0},
    {"accessedAt", date,
     [](W& w, const UserView& u, V) {
       to_millis(u.profile.accessed_at) == 0 ? w.string("") : put_date(w, u.profile.accessed_at);
     }},
    {"impersonator", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().impersonator); }, v1_9_0},
    {"impersonatorUserId", nullable_text,
     [](W& w, const UserView& u, V) { u.impersonator_id.empty() ? w.null() : w.plain_string(u.impersonator_id); },
     v1_9_0},
};

template <std::string ClientInfo::*Member>
void put_client(W& w, const SessionView& s, V) {
  w.string(s.session.client.*Member);
}

constexpr Field<SessionView> session_fields[] = {
    {"$id", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.id); }},
    {"$createdAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.created_at); }},
    {"$updatedAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.updated_at); }},
    {"userId", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.user_id); }},
    {"expire", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.expires_at); }},
    {"provider", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.provider); }},
    {"providerUid", text, [](W& w, const SessionView& s, V) { w.string(s.session.provider_uid); }},
    {"providerAccessToken", text, [](W& w, const SessionView&, V) { w.string(""); }},
    {"providerAccessTokenExpiry", date, [](W& w, const SessionView&, V) { w.string(""); }},
    {"providerRefreshToken", text, [](W& w, const SessionView&, V) { w.string(""); }},
    {"ip", text, [](W& w, const SessionView& s, V) { w.string(s.session.ip); }},
    {"osCode", text, put_client<&ClientInfo::os_code>},
    {"osName", text, put_client<&ClientInfo::os_name>},
    {"osVersion", text, put_client<&ClientInfo::os_version>},
    {"clientType", text, put_client<&ClientInfo::client_type>},
    {"clientCode", text, put_client<&ClientInfo::client_code>},
    {"clientName", text, put_client<&ClientInfo::client_name>},
    {"clientVersion", text, put_client<&ClientInfo::client_version>},
    {"clientEngine", text, put_client<&ClientInfo::client_engine>},
    {"clientEngineVersion", text, put_client<&ClientInfo::client_engine_version>},
    {"deviceName", text, put_client<&ClientInfo::device_name>},
    {"deviceBrand", text, put_client<&ClientInfo::device_brand>},
    {"deviceModel", text, put_client<&ClientInfo::device_model>},
    {"countryCode", text, [](W& w, const SessionView& s, V) { w.string(s.session.country_code); }},
    {"countryName", text, [](W& w, const SessionView& s, V) { w.string(s.country_name); }},
    {"current", boolean, [](W& w, const SessionView& s, V) { w.boolean(s.current); }},
    {"factors", texts, [](W& w, const SessionView& s, V) { put_texts(w, s.session.factors); }, v1_5_0},
    {"secret", text, [](W& w, const SessionView& s, V) { w.string(s.secret); }, v1_5_0, Sees::privileged},
    {"mfaUpdatedAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.mfa_updated_at); }},
};

struct TokenView {
  const Token& token;
  std::string_view secret;
};

constexpr Field<TokenView> token_fields[] = {
    {"$id", text, [](W& w, const TokenView& t, V) { w.plain_string(t.token.id); }},
    {"$createdAt", date, [](W& w, const TokenView& t, V) { put_date(w, t.token.created_at); }},
    {"userId", text, [](W& w, const TokenView& t, V) { w.plain_string(t.token.user_id); }},
    {"secret", text, [](W& w, const TokenView& t, V) { w.string(t.secret); }, 0, Sees::privileged},
    {"expire", date, [](W& w, const TokenView& t, V) { put_date(w, t.token.expires_at); }},
    {"phrase", text, [](W& w, const TokenView&, V) { w.string(""); }, v1_5_0},
};

constexpr Field<IdentityView> identity_fields[] = {
    {"$id", text, [](W& w, const IdentityView& i, V) { w.plain_string(i.identity.id); }},
    {"$createdAt", date, [](W& w, const IdentityView& i, V) { put_date(w, i.identity.created_at); }},
    {"$updatedAt", date, [](W& w, const IdentityView& i, V) { put_date(w, i.identity.updated_at); }},
    {"userId", text, [](W& w, const IdentityView& i, V) { w.plain_string(i.identity.user_id); }},
    {"provider", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider); }},
    {"providerUid", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider_uid); }},
    {"providerEmail", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider_email); }},
    {"providerAccessToken", text, [](W& w, const IdentityView& i, V) { w.string(i.access_token); }},
    {"providerAccessTokenExpiry", date,
     [](W& w, const IdentityView& i, V) { put_date(w, i.identity.access_token_expires_at); }},
    {"providerRefreshToken", text, [](W& w, const IdentityView& i, V) { w.string(i.refresh_token); }},
};

void write_target(W& w, const BorrowedTarget& target, V viewer) { write<target_fields>(w, target, viewer); }

}  // namespace

std::string_view country_name(std::string_view code) { return code == "--" || code.empty() ? "Unknown" : code; }

std::string user(const storage::Profile& profile, const Viewer& viewer, std::string_view impersonator_id) {
  std::string out;
  out.reserve(usual_body);
  W writer(out);
  UserView view{profile, {}, nullptr, impersonator_id};
  if (!profile.user.email.empty()) view.email = classify_email(profile.user.email);
  write<user_fields>(writer, view, viewer);
  return out;
}

std::string served_user(const storage::ServedUser& served, const Viewer& viewer) {
  std::string out;
  out.reserve(2 * usual_body);
  W writer(out);
  UserView view{served.profile, {}, viewer.privileged ? &served.credential : nullptr};
  if (!served.profile.user.email.empty()) view.email = classify_email(served.profile.user.email);
  write<user_fields>(writer, view, viewer);
  return out;
}

std::string session(const SessionView& view, const Viewer& viewer) {
  std::string out;
  out.reserve(usual_body);
  W writer(out);
  write<session_fields>(writer, view, viewer);
  return out;
}

std::string session_list(const std::vector<Session>& sessions, std::size_t total, std::string_view current_id,
                         const Viewer& viewer) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("total", static_cast<std::int64_t>(total));
  writer.key("sessions");
  writer.begin_array();
  for (const Session& session : sessions) {
    const SessionView view{session, session.id == current_id, country_name(session.country_code), {}};
    write<session_fields>(writer, view, viewer);
  }
  writer.end_array();
  writer.end_object();
  return out;
}

std::string target(const BorrowedTarget& target, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write_target(writer, target, viewer);
  return out;
}

std::string target_list(const std::vector<Target>& targets, std::size_t total, const Viewer& viewer) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("total", static_cast<std::int64_t>(total));
  writer.key("targets");
  writer.begin_array();
  for (const Target& each : targets) write_target(writer, borrow(each), viewer);
  writer.end_array();
  writer.end_object();
  return out;
}

std::string jwt(std::string_view token) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("jwt", token);
  writer.end_object();
  return out;
}

std::string token(const Token& token, std::string_view secret, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<token_fields>(writer, TokenView{token, secret}, viewer);
  return out;
}

std::string identity(const IdentityView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<identity_fields>(writer, view, viewer);
  return out;
}

namespace {
std::vector<Shape> account_shapes() {
  return {
      shape<UserView>("User", user_fields),
      shape<SessionView>("Session", session_fields),
      shape<BorrowedTarget>("Target", target_fields),
      shape<TokenView>("Token", token_fields),
      shape<IdentityView>("Identity", identity_fields),
      Shape{
          "IdentityList",
          {{"total", integer}, {"identities", R"({"type":"array","items":{"$ref":"#/components/schemas/Identity"}})"}}},
      Shape{"SessionList",
            {{"total", integer}, {"sessions", R"({"type":"array","items":{"$ref":"#/components/schemas/Session"}})"}}},
      Shape{"UserList",
            {{"total", integer}, {"users", R"({"type":"array","items":{"$ref":"#/components/schemas/User"}})"}}},
      Shape{"TargetList",
            {{"total", integer}, {"targets", R"({"type":"array","items":{"$ref":"#/components/schemas/Target"}})"}}},
      Shape{"JWT", {{"jwt", text}}},
      Shape{"Preferences", {}},
      Shape{"HealthStatus", {{"name", text}, {"ping", integer}, {"status", text}}},
      Shape{"HealthStatusList",
            {{"total", integer},
             {"statuses", R"({"type":"array","items":{"$ref":"#/components/schemas/HealthStatus"}})"}}},
      Shape{"HealthVersion", {{"version", text}}},
      Shape{"Error", {{"message", text}, {"code", integer}, {"type", text}, {"version", text}}}};
}
}  // namespace

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = [] {
    std::vector<Shape> made = account_shapes();
    for (Shape& each : project_shapes()) made.push_back(std::move(each));
    return made;
  }();
  return all;
}

}  // namespace portcullis::models
