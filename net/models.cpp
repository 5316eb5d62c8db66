#include "net/models.hpp"

#include "core/email_class.hpp"

namespace portcullis::models {
namespace {

constexpr const char* text = R"({"type":"string"})";
constexpr const char* nullable_text = R"({"type":["string","null"]})";
constexpr const char* boolean = R"({"type":"boolean"})";
constexpr const char* nullable_boolean = R"({"type":["boolean","null"]})";
constexpr const char* date = R"({"type":"string","description":"ISO 8601 UTC, or empty"})";
constexpr const char* texts = R"({"type":"array","items":{"type":"string"}})";
constexpr const char* object = R"({"type":"object"})";
constexpr const char* integer = R"({"type":"integer"})";

using W = json::Writer;

constexpr std::size_t usual_body = 1000;  // bytes; the allocator's quickest blocks end at 1 KiB

void put_date(W& w, Time t) {
  const std::array<char, 29> shown = iso8601(t);
  w.plain_string({shown.data(), shown.size()});
}
void put_date(W& w, const std::optional<Time>& t) {
  if (t)
    put_date(w, *t);
  else
    w.string("");
}
template <class Text>
void put_texts(W& w, const std::vector<Text>& list) {
  w.begin_array();
  for (const Text& item : list) w.string(item);
  w.end_array();
}

struct UserView {
  const storage::Profile& profile;
  EmailClass email;
  const Credential* credential = nullptr;  ///< for the users service only
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
std::string_view options_of(const UserView& u) {
  return u.credential->hash.options.empty() ? std::string_view("{}") : std::string_view(u.credential->hash.options);
}

constexpr Field<UserView> user_fields[] = {
    {"$id", text, [](W& w, const UserView& u, V) { w.plain_string(u.user().id); }},
    {"$createdAt", date, [](W& w, const UserView& u, V) { put_date(w, u.user().created_at); }},
    {"$updatedAt", date, [](W& w, const UserView& u, V) { put_date(w, u.user().updated_at); }},
    {"name", text, [](W& w, const UserView& u, V) { w.string(u.user().name); }},
    {"password", nullable_text, [](W& w, const UserView& u, V) { put_hash(w, u); }, 0, Sees::everyone, is_served},
    {"hash", nullable_text, [](W& w, const UserView& u, V) { w.string(algorithm_of(u)); }, 0, Sees::everyone,
     is_served},
    {"hashOptions", object, [](W& w, const UserView& u, V) { w.raw(options_of(u)); }, 0, Sees::everyone, is_served},
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
    {"mfa", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().mfa); }, 10500},
    {"prefs", object, [](W& w, const UserView& u, V) { w.raw(u.profile.prefs); }},
    {"targets", R"({"type":"array","items":{"$ref":"#/components/schemas/Target"}})",
     [](W& w, const UserView& u, V viewer) {
       w.begin_array();
       for (const BorrowedTarget& target : u.profile.targets) write_target(w, target, viewer);
       w.end_array();
     },
     10500},
    {"accessedAt", date,
     [](W& w, const UserView& u, V) {
       to_millis(u.profile.accessed_at) == 0 ? w.string("") : put_date(w, u.profile.accessed_at);
     }},
    {"impersonator", boolean, [](W& w, const UserView& u, V) { w.boolean(u.user().impersonator); }, 10900},
    {"impersonatorUserId", nullable_text, [](W& w, const UserView&, V) { w.null(); }, 10900},
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
    {"factors", texts, [](W& w, const SessionView& s, V) { put_texts(w, s.session.factors); }, 10500},
    {"secret", text, [](W& w, const SessionView& s, V) { w.string(s.secret); }, 10500, Sees::privileged},
    {"mfaUpdatedAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.mfa_updated_at); }},
};

/// `,"name":` of each field: made once, because every answer needs them.
template <class T>
std::vector<std::string> keys_of(std::span<const Field<T>> fields) {
  std::vector<std::string> keys;
  for (const Field<T>& field : fields) keys.push_back(",\"" + std::string(field.name) + "\":");
  return keys;
}

/// One field list a type, so that its keys are made once.
template <class T>
void write(W& w, std::span<const Field<T>> fields, const T& value, const Viewer& viewer) {
  static const std::vector<std::string> keys = keys_of(fields);
  w.begin_object();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field<T>& field = fields[i];
    if (viewer.format < field.since || (field.has && !field.has(value))) continue;
    w.prepared_key(keys[i]);
    if (field.sees == Sees::privileged && !viewer.privileged)
      w.string("");
    else
      field.write(w, value, viewer);
  }
  w.end_object();
}

void write_target(W& w, const BorrowedTarget& target, V viewer) {
  write<BorrowedTarget>(w, target_fields, target, viewer);
}

template <class T>
Shape shape(const char* name, std::span<const Field<T>> fields) {
  Shape out{name, {}};
  for (const Field<T>& field : fields) out.fields.emplace_back(field.name, field.schema);
  return out;
}

}  // namespace

Viewer viewer_of(const Call& call) { return Viewer{call.is_key(), call.format}; }

std::string_view country_name(std::string_view code) { return code == "--" || code.empty() ? "Unknown" : code; }

std::string user(const storage::Profile& profile, const Viewer& viewer) {
  std::string out;
  out.reserve(usual_body);
  W writer(out);
  UserView view{profile, {}, nullptr};
  if (!profile.user.email.empty()) view.email = classify_email(profile.user.email);
  write<UserView>(writer, user_fields, view, viewer);
  return out;
}

std::string served_user(const storage::ServedUser& served, const Viewer& viewer) {
  std::string out;
  out.reserve(2 * usual_body);
  W writer(out);
  UserView view{served.profile, {}, &served.credential};
  if (!served.profile.user.email.empty()) view.email = classify_email(served.profile.user.email);
  write<UserView>(writer, user_fields, view, viewer);
  return out;
}

std::string session(const SessionView& view, const Viewer& viewer) {
  std::string out;
  out.reserve(usual_body);
  W writer(out);
  write<SessionView>(writer, session_fields, view, viewer);
  return out;
}

std::string session_list(const std::vector<Session>& sessions, std::string_view current_id, const Viewer& viewer) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("total", static_cast<std::int64_t>(sessions.size()));
  writer.key("sessions");
  writer.begin_array();
  for (const Session& session : sessions) {
    const SessionView view{session, session.id == current_id, country_name(session.country_code), {}};
    write<SessionView>(writer, session_fields, view, viewer);
  }
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

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all{
      shape<UserView>("User", user_fields),
      shape<SessionView>("Session", session_fields),
      shape<BorrowedTarget>("Target", target_fields),
      Shape{"SessionList",
            {{"total", integer}, {"sessions", R"({"type":"array","items":{"$ref":"#/components/schemas/Session"}})"}}},
      Shape{"JWT", {{"jwt", text}}},
      Shape{"Preferences", {}},
      Shape{"HealthStatus", {{"name", text}, {"ping", integer}, {"status", text}}},
      Shape{"HealthStatusList",
            {{"total", integer},
             {"statuses", R"({"type":"array","items":{"$ref":"#/components/schemas/HealthStatus"}})"}}},
      Shape{"HealthVersion", {{"version", text}}},
      Shape{"Error", {{"message", text}, {"code", integer}, {"type", text}, {"version", text}}}};
  return all;
}

}  // namespace portcullis::models
