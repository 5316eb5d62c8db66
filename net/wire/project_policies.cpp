#include "net/wire/project_policies.hpp"

#include <algorithm>
#include <iterator>

namespace portcullis::wire {
namespace {

constexpr const char* flag_words = "true or false";
constexpr const char* flag_schema = R"({"type":"boolean"})";
constexpr const char* number_schema = R"({"type":"integer"})";
constexpr const char* nullable_schema = R"({"type":["integer","null"]})";

constexpr PolicyField flag(const char* param, const char* setting) {
  return PolicyField{param, setting, flag_words, flag_schema};
}

constexpr PolicyField dictionary[] = {flag("enabled", "passwordDictionary")};
constexpr PolicyField history[] = {
    {"total", "passwordHistory", "a whole number from 1 to 20, or null", nullable_schema, 1, true}};
constexpr PolicyField strength[] = {
    {"min", "passwordStrength.min", "a whole number from 8 to 256", number_schema},
    flag("uppercase", "passwordStrength.uppercase"),
    flag("lowercase", "passwordStrength.lowercase"),
    flag("number", "passwordStrength.number"),
    flag("symbols", "passwordStrength.symbols"),
};
constexpr PolicyField personal_data[] = {flag("enabled", "personalDataCheck")};
constexpr PolicyField alert[] = {flag("enabled", "sessionAlerts")};
constexpr PolicyField duration[] = {
    {"duration", "duration", "a whole number of seconds from 60 to 31536000", number_schema}};
constexpr PolicyField invalidation[] = {flag("enabled", "invalidateSessions")};
constexpr PolicyField session_limit[] = {{"total", "maxSessions", "a whole number from 1 to 100", number_schema}};
constexpr PolicyField user_limit[] = {
    {"total", "limit", "a whole number from 0 to 10000, or null", nullable_schema, 0, true}};
constexpr PolicyField privacy[] = {
    flag("userId", "membershipsUserId"),       flag("userEmail", "membershipsUserEmail"),
    flag("userPhone", "membershipsUserPhone"), flag("userName", "membershipsUserName"),
    flag("userMFA", "membershipsMfa"),         flag("userAccessedAt", "membershipsUserAccessedAt"),
};
constexpr PolicyField factors[] = {
    flag("totp", "mfaFactors.totp"),
    flag("email", "mfaFactors.email"),
    flag("phone", "mfaFactors.phone"),
    flag("custom", "mfaFactors.custom"),
};

constexpr Policy policy_table[] = {
    {"password-dictionary", "projectUpdatePasswordDictionaryPolicy", "PolicyPasswordDictionary", dictionary},
    {"password-history", "projectUpdatePasswordHistoryPolicy", "PolicyPasswordHistory", history},
    {.id = "password-strength",
     .operation = "projectUpdatePasswordStrengthPolicy",
     .model = "PolicyPasswordStrength",
     .fields = strength,
     .merges = true,
     .answers_itself = true},
    {"password-personal-data", "projectUpdatePasswordPersonalDataPolicy", "PolicyPasswordPersonalData", personal_data},
    {"session-alert", "projectUpdateSessionAlertPolicy", "PolicySessionAlert", alert},
    {"session-duration", "projectUpdateSessionDurationPolicy", "PolicySessionDuration", duration},
    {"session-invalidation", "projectUpdateSessionInvalidationPolicy", "PolicySessionInvalidation", invalidation},
    {"session-limit", "projectUpdateSessionLimitPolicy", "PolicySessionLimit", session_limit},
    {"user-limit", "projectUpdateUserLimitPolicy", "PolicyUserLimit", user_limit},
    {"membership-privacy", "projectUpdateMembershipPrivacyPolicy", "PolicyMembershipPrivacy", privacy, true},
    {"mfa-factors", "projectUpdateMFAFactorsPolicy", "PolicyMFAFactors", factors, true},
};

constexpr Switch auth_method_table[] = {
    {"email-password", "emailPassword"},
    {"magic-url", "usersAuthMagicURL"},
    {"email-otp", "emailOtp"},
    {"anonymous", "anonymous"},
    {"invites", "invites"},
    {"jwt", "JWT"},
    {"phone", "phone"},
};

constexpr Switch service_table[] = {
    {"account", "service.account"},
    {"avatars", "service.avatars"},
    {"databases", "service.databases"},
    {"tablesdb", "service.tablesdb"},
    {"locale", "service.locale"},
    {"health", "service.health"},
    {"project", "service.project"},
    {"storage", "service.storage"},
    {"teams", "service.teams"},
    {"users", "service.users"},
    {"vcs", "service.vcs"},
    {"sites", "service.sites"},
    {"functions", "service.functions"},
    {"proxy", "service.proxy"},
    {"graphql", "service.graphql"},
    {"migrations", "service.migrations"},
    {"messaging", "service.messaging"},
    {"advisor", "service.advisor"},
};

constexpr Switch protocol_table[] = {
    {"rest", "protocol.rest"}, {"graphql", "protocol.graphql"}, {"websocket", "protocol.websocket"}};

}  // namespace

std::span<const Policy> policies() noexcept { return policy_table; }
std::span<const Switch> auth_methods() noexcept { return auth_method_table; }
std::span<const Switch> services() noexcept { return service_table; }
std::span<const Switch> protocols() noexcept { return protocol_table; }

const Policy* find_policy(std::string_view id) noexcept {
  const auto* const found = std::find_if(std::begin(policy_table), std::end(policy_table),
                                         [id](const Policy& policy) { return id == policy.id; });
  return found == std::end(policy_table) ? nullptr : found;
}

void write_policy(json::Writer& out, const Policy& policy, ProjectSettings settings) {
  out.begin_object();
  out.field("$id", policy.id);
  for (const PolicyField& field : policy.fields) {
    out.key(field.param);
    write_setting(out, *find_project_setting(field.setting), settings);
  }
  out.end_object();
}

const Switch* find_switch(std::span<const Switch> switches, std::string_view id) noexcept {
  const auto found = std::find_if(switches.begin(), switches.end(), [id](const Switch& each) { return id == each.id; });
  return found == switches.end() ? nullptr : &*found;
}

void write_switches(json::Writer& out, std::span<const Switch> switches, ProjectSettings settings) {
  out.begin_array();
  for (const Switch& each : switches) {
    out.begin_object();
    out.field("$id", each.id);
    out.key("enabled");
    write_setting(out, *find_project_setting(each.setting), settings);
    out.end_object();
  }
  out.end_array();
}

}  // namespace portcullis::wire
