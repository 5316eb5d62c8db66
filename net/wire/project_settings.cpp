#include "net/wire/project_settings.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/validators.hpp"
#include "storage/platforms.hpp"

namespace portcullis::wire {
namespace {

constexpr const char* flag_rule = "must be true or false";

#define PORTCULLIS_MEMBER(member) ([](ProjectSettings & s) -> auto& { return s.member; })

constexpr std::array settings_table{
    ProjectSetting{"name", "must be text of 1 to 128 characters", "The project's name, shown to people.",
                   TextSetting{PORTCULLIS_MEMBER(name), 1, 128}},
    ProjectSetting{"limit", "must be a whole number from 0 to 10000", "Most users the project may have; 0 = no limit.",
                   NumberSetting{PORTCULLIS_MEMBER(user_limit), 0, 10000}},
    ProjectSetting{"maxSessions", "must be a whole number from 1 to 100",
                   "Sessions a user may have; a new one closes the oldest.",
                   NumberSetting{PORTCULLIS_MEMBER(max_sessions), 1, 100}},
    ProjectSetting{"duration", "must be a whole number of seconds from 60 to 31536000", "How long a session lives.",
                   NumberSetting{PORTCULLIS_MEMBER(session_duration_s), 60, 31536000}},
    ProjectSetting{"passwordHistory", "must be a whole number from 0 to 20",
                   "How many earlier passwords may not be used again; 0 = off.",
                   NumberSetting{PORTCULLIS_MEMBER(password_history), 0, 20}},
    ProjectSetting{"passwordDictionary", flag_rule, "Refuse the 10,000 most common passwords.",
                   FlagSetting{PORTCULLIS_MEMBER(password_dictionary)}},
    ProjectSetting{"personalDataCheck", flag_rule,
                   "Refuse passwords that contain the user's id, name, e-mail or phone.",
                   FlagSetting{PORTCULLIS_MEMBER(personal_data_check)}},
    ProjectSetting{"passwordStrength.min", "must be a whole number from 8 to 256", "Shortest password, in bytes.",
                   NumberSetting{PORTCULLIS_MEMBER(password_strength.min), 8, 256}},
    ProjectSetting{"passwordStrength.uppercase", flag_rule, "A password needs an uppercase letter.",
                   FlagSetting{PORTCULLIS_MEMBER(password_strength.uppercase)}},
    ProjectSetting{"passwordStrength.lowercase", flag_rule, "A password needs a lowercase letter.",
                   FlagSetting{PORTCULLIS_MEMBER(password_strength.lowercase)}},
    ProjectSetting{"passwordStrength.number", flag_rule, "A password needs a digit.",
                   FlagSetting{PORTCULLIS_MEMBER(password_strength.number)}},
    ProjectSetting{"passwordStrength.symbols", flag_rule, "A password needs a symbol.",
                   FlagSetting{PORTCULLIS_MEMBER(password_strength.symbols)}},
    ProjectSetting{"sessionAlerts", flag_rule, "Write to the user when a session opens.",
                   FlagSetting{PORTCULLIS_MEMBER(session_alerts)}},
    ProjectSetting{"invalidateSessions", flag_rule, "A new password closes the user's other sessions.",
                   FlagSetting{PORTCULLIS_MEMBER(invalidate_sessions)}},
    ProjectSetting{"emailPassword", flag_rule, "Sign-in by e-mail and password.",
                   FlagSetting{PORTCULLIS_MEMBER(email_password)}},
    ProjectSetting{"usersAuthMagicURL", flag_rule, "Sign-in by a link sent by e-mail.",
                   FlagSetting{PORTCULLIS_MEMBER(magic_url)}},
    ProjectSetting{"emailOtp", flag_rule, "Sign-in by a code sent by e-mail.",
                   FlagSetting{PORTCULLIS_MEMBER(email_otp)}},
    ProjectSetting{"anonymous", flag_rule, "Anonymous sign-in.", FlagSetting{PORTCULLIS_MEMBER(anonymous)}},
    ProjectSetting{"invites", flag_rule, "Team invitations.", FlagSetting{PORTCULLIS_MEMBER(invites)}},
    ProjectSetting{"JWT", flag_rule, "JSON Web Tokens for a session.", FlagSetting{PORTCULLIS_MEMBER(jwt)}},
    ProjectSetting{"phone", flag_rule, "Sign-in by a code sent by SMS.", FlagSetting{PORTCULLIS_MEMBER(phone)}},
    ProjectSetting{"service.account", flag_rule, "The account service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.account)}},
    ProjectSetting{"service.avatars", flag_rule, "The avatars service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.avatars)}},
    ProjectSetting{"service.databases", flag_rule, "The databases service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.databases)}},
    ProjectSetting{"service.tablesdb", flag_rule, "The tables service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.tablesdb)}},
    ProjectSetting{"service.locale", flag_rule, "The locale service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.locale)}},
    ProjectSetting{"service.health", flag_rule, "The health service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.health)}},
    ProjectSetting{"service.project", flag_rule, "The project service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.project)}},
    ProjectSetting{"service.storage", flag_rule, "The storage service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.storage)}},
    ProjectSetting{"service.teams", flag_rule, "The teams service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.teams)}},
    ProjectSetting{"service.users", flag_rule, "The users service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.users)}},
    ProjectSetting{"service.vcs", flag_rule, "The version control service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.vcs)}},
    ProjectSetting{"service.sites", flag_rule, "The sites service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.sites)}},
    ProjectSetting{"service.functions", flag_rule, "The functions service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.functions)}},
    ProjectSetting{"service.proxy", flag_rule, "The proxy service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.proxy)}},
    ProjectSetting{"service.graphql", flag_rule, "The GraphQL service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.graphql)}},
    ProjectSetting{"service.migrations", flag_rule, "The migrations service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.migrations)}},
    ProjectSetting{"service.messaging", flag_rule, "The messaging service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.messaging)}},
    ProjectSetting{"service.advisor", flag_rule, "The advisor service, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(services.advisor)}},
    ProjectSetting{"protocol.rest", flag_rule, "The REST API, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(protocols.rest)}},
    ProjectSetting{"protocol.graphql", flag_rule, "The GraphQL API, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(protocols.graphql)}},
    ProjectSetting{"protocol.websocket", flag_rule, "The WebSocket API, for callers without a key.",
                   FlagSetting{PORTCULLIS_MEMBER(protocols.websocket)}},
    ProjectSetting{
        "webHosts", "must be host names separated by commas, at most 1000, for example app.example.com,*.example.org",
        "Hosts whose pages may call the API from a browser: those of the project's web platforms, which "
        "this makes and deletes.",
        ListSetting{PORTCULLIS_MEMBER(web_hosts), storage::keys::platforms_limit, validators::is_host_pattern, true}},
    ProjectSetting{"membershipsUserId", flag_rule, "Team members see each other's user ids.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_id)}},
    ProjectSetting{"membershipsUserEmail", flag_rule, "Team members see each other's e-mail addresses.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_email)}},
    ProjectSetting{"membershipsUserPhone", flag_rule, "Team members see each other's phone numbers.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_phone)}},
    ProjectSetting{"membershipsUserName", flag_rule, "Team members see each other's names.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_name)}},
    ProjectSetting{"membershipsMfa", flag_rule, "Team members see whether others have a second factor.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_mfa)}},
    ProjectSetting{"membershipsUserAccessedAt", flag_rule, "Team members see when others were last seen.",
                   FlagSetting{PORTCULLIS_MEMBER(membership_privacy.user_accessed_at)}},
    ProjectSetting{"mfaFactors.totp", flag_rule, "Second factor: codes of an authenticator app.",
                   FlagSetting{PORTCULLIS_MEMBER(mfa_factors.totp)}},
    ProjectSetting{"mfaFactors.email", flag_rule, "Second factor: codes by e-mail.",
                   FlagSetting{PORTCULLIS_MEMBER(mfa_factors.email)}},
    ProjectSetting{"mfaFactors.phone", flag_rule, "Second factor: codes by SMS.",
                   FlagSetting{PORTCULLIS_MEMBER(mfa_factors.phone)}},
    ProjectSetting{"mfaFactors.custom", flag_rule, "Second factor: codes that the project delivers itself.",
                   FlagSetting{PORTCULLIS_MEMBER(mfa_factors.custom)}},
    ProjectSetting{"labels", "must be labels of 1 to 36 letters and digits separated by commas, at most 1000",
                   "Labels of the project, for its administrators.",
                   ListSetting{PORTCULLIS_MEMBER(labels), 1000, validators::is_label, false}},
};
#undef PORTCULLIS_MEMBER

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::vector<std::string>> read_list(const ListSetting& setting, std::string_view text) {
  std::vector<std::string> entries;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string entry(text.substr(0, comma));
    if (setting.lower) entry = validators::ascii_lower(entry);
    if (!setting.is_entry(entry) || entries.size() == setting.max) return std::nullopt;
    entries.push_back(std::move(entry));
    if (comma == std::string_view::npos) return entries;
    text.remove_prefix(comma + 1);
    if (text.empty()) return std::nullopt;
  }
  return entries;
}

/// True when the text was accepted.
struct Assign {
  ProjectSettings& settings;
  std::string_view text;

  bool operator()(const FlagSetting& s) const {
    if (text != "true" && text != "false") return false;
    s.of(settings) = text == "true";
    return true;
  }
  bool operator()(const NumberSetting& s) const {
    const std::optional<std::uint32_t> value = whole_number(text);
    if (!value || *value < s.min || *value > s.max) return false;
    s.of(settings) = *value;
    return true;
  }
  bool operator()(const TextSetting& s) const {
    const std::optional<std::size_t> length = validators::utf8_length(text);
    if (!length || *length < s.min || *length > s.max) return false;
    s.of(settings) = std::string(text);
    return true;
  }
  bool operator()(const ListSetting& s) const {
    std::optional<std::vector<std::string>> entries = read_list(s, text);
    if (!entries) return false;
    s.of(settings) = std::move(*entries);
    return true;
  }
};

struct Write {
  ProjectSettings& settings;
  json::Writer& out;

  void operator()(const FlagSetting& s) const { out.boolean(s.of(settings)); }
  void operator()(const NumberSetting& s) const { out.integer(std::int64_t{s.of(settings)}); }
  void operator()(const TextSetting& s) const { out.string(s.of(settings)); }
  void operator()(const ListSetting& s) const {
    out.begin_array();
    for (const std::string& entry : s.of(settings)) out.string(entry);
    out.end_array();
  }
};

struct ToText {
  ProjectSettings& settings;

  std::string operator()(const FlagSetting& s) const { return s.of(settings) ? "true" : "false"; }
  std::string operator()(const NumberSetting& s) const { return std::to_string(s.of(settings)); }
  std::string operator()(const TextSetting& s) const { return s.of(settings); }
  std::string operator()(const ListSetting& s) const {
    std::string text;
    for (const std::string& entry : s.of(settings)) text += (text.empty() ? "" : ",") + entry;
    return text;
  }
};

}  // namespace

std::span<const ProjectSetting> project_settings() noexcept { return settings_table; }

const ProjectSetting* find_project_setting(std::string_view name) noexcept {
  for (const ProjectSetting& setting : settings_table)
    if (name == setting.name) return &setting;
  return nullptr;
}

result<void> assign(const ProjectSetting& setting, ProjectSettings& settings, std::string_view text) {
  if (std::visit(Assign{settings, text}, setting.kind)) return {};
  return error(errc::general_argument_invalid, setting.name, setting.rule);
}

std::string setting_text(const ProjectSetting& setting, ProjectSettings settings) {
  return std::visit(ToText{settings}, setting.kind);
}

void write_setting(json::Writer& out, const ProjectSetting& setting, ProjectSettings& settings) {
  std::visit(Write{settings, out}, setting.kind);
}

void write_project_settings(json::Writer& out, ProjectSettings settings) {
  out.begin_object();
  for (const ProjectSetting& setting : settings_table) {
    out.key(setting.name);
    write_setting(out, setting, settings);
  }
  out.end_object();
}

}  // namespace portcullis::wire
