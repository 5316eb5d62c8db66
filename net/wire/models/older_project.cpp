#include "net/wire/models/older_project.hpp"

#include <string>
#include <string_view>

#include "net/wire/models/keys.hpp"
#include "net/wire/models/mock_phones.hpp"
#include "net/wire/models/platforms.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;

struct OlderField {
  const char* name;
  const char* setting;  ///< its name in wire::project_settings()
};
constexpr OlderField policy_fields[] = {
    {"authLimit", "limit"},
    {"authDuration", "duration"},
    {"authSessionsLimit", "maxSessions"},
    {"authPasswordHistory", "passwordHistory"},
    {"authPasswordDictionary", "passwordDictionary"},
    {"authPersonalDataCheck", "personalDataCheck"},
    {"authSessionAlerts", "sessionAlerts"},
    {"authMembershipsUserName", "membershipsUserName"},
    {"authMembershipsUserEmail", "membershipsUserEmail"},
    {"authMembershipsMfa", "membershipsMfa"},
    {"authMembershipsUserId", "membershipsUserId"},
    {"authMembershipsUserPhone", "membershipsUserPhone"},
    {"authMembershipsUserAccessedAt", "membershipsUserAccessedAt"},
    {"authInvalidateSessions", "invalidateSessions"},
};

// Members that no request can set have the value of a project that never set them.
constexpr const char* unset_flags[] = {"authDisposableEmails", "authCanonicalEmails", "authFreeEmails",
                                       "authCorporateEmails"};
constexpr const char* unset_lists[] = {"oAuthProviders", "webhooks"};

struct Note {
  const char* name;
  std::string ProjectNotes::*text;
};
constexpr Note notes[] = {
    {"description", &ProjectNotes::description},
    {"logo", &ProjectNotes::logo},
    {"url", &ProjectNotes::url},
    {"legalName", &ProjectNotes::legal_name},
    {"legalCountry", &ProjectNotes::legal_country},
    {"legalState", &ProjectNotes::legal_state},
    {"legalCity", &ProjectNotes::legal_city},
    {"legalAddress", &ProjectNotes::legal_address},
    {"legalTaxId", &ProjectNotes::legal_tax_id},
};

/// `prefix` followed by `name` with its first letter in upper case.
std::string joined(std::string_view prefix, std::string_view name) {
  std::string out(prefix);
  out += name;
  char& first = out[prefix.size()];
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  return out;
}

void write_setting(W& w, const std::string& name, const char* setting, ProjectSettings& settings) {
  w.key(name);
  wire::write_setting(w, *wire::find_project_setting(setting), settings);
}

template <class T, class Write>
void write_list(W& w, const char* name, const std::vector<T>& items, Write write_one) {
  w.key(name);
  w.begin_array();
  for (const T& item : items) write_one(item);
  w.end_array();
}

}  // namespace

void write_older_fields(W& w, const ProjectView& view, const Viewer& viewer) {
  ProjectSettings settings = view.project.settings;
  for (const wire::Switch& each : wire::auth_methods())
    write_setting(w, joined("auth", each.setting), each.setting, settings);
  for (const wire::Switch& each : wire::services())
    write_setting(w, joined("serviceStatusFor", each.id), each.setting, settings);
  for (const wire::Switch& each : wire::protocols())
    write_setting(w, joined("protocolStatusFor", each.id), each.setting, settings);
  for (const OlderField& each : policy_fields) write_setting(w, each.name, each.setting, settings);
  for (const char* const name : unset_flags) w.field(name, false);
  for (const Note& each : notes) w.field(each.name, view.project.notes.*each.text);
  for (const char* const name : unset_lists) {
    w.key(name);
    w.begin_array();
    w.end_array();
  }
  write_list(w, "authMockNumbers", view.phones, [&](const MockPhoneView& each) { write_older_mock_phone(w, each); });
  write_list(w, "platforms", view.platforms, [&](const Platform& each) { write_platform(w, each, viewer); });
  write_list(w, "keys", view.keys, [&](const KeyView& each) { write_key(w, each, viewer); });
}

}  // namespace portcullis::models
