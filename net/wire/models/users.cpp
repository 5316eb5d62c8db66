#include "net/wire/models/users.hpp"

#include "core/email_class.hpp"
#include "net/wire/imported_hash.hpp"
#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"
#include "net/wire/models/targets.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
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

}  // namespace

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

std::vector<Shape> user_shapes() {
  return {shape<UserView>("User", user_fields),
          Shape{"UserList",
                {{"total", integer}, {"users", R"({"type":"array","items":{"$ref":"#/components/schemas/User"}})"}}},
          Shape{"Preferences", {}}};
}

}  // namespace portcullis::models
