#pragma once
// A project, its settings and its API keys, as plain values. Setting names: docs/contract/project.md 5.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

namespace portcullis {

struct PasswordStrength {
  std::uint32_t min = 8;  ///< bytes, 8..256
  bool uppercase = false;
  bool lowercase = false;
  bool number = false;
  bool symbols = false;
  friend bool operator==(const PasswordStrength&, const PasswordStrength&) = default;
};

/// What callers without a key may use. Source: docs/contract/project.md 6.
struct ServiceSwitches {
  bool account = true, avatars = true, databases = true, tablesdb = true, locale = true, health = true, project = true,
       storage = true, teams = true, users = true, vcs = true, sites = true, functions = true, proxy = true,
       graphql = true, migrations = true, messaging = true, advisor = true;
  friend bool operator==(const ServiceSwitches&, const ServiceSwitches&) = default;
};
struct ProtocolSwitches {
  bool rest = true, graphql = true, websocket = true;
  friend bool operator==(const ProtocolSwitches&, const ProtocolSwitches&) = default;
};

/// What members of a team see of each other.
struct MembershipPrivacy {
  bool user_id = false, user_email = false, user_phone = false, user_name = false, user_mfa = false,
       user_accessed_at = false;
  friend bool operator==(const MembershipPrivacy&, const MembershipPrivacy&) = default;
};

/// Second factors that users may set up.
struct MfaFactors {
  bool totp = true, email = true, phone = true, custom = false;
  friend bool operator==(const MfaFactors&, const MfaFactors&) = default;
};

/// Everything an administrator can set. Wire names and ranges are declared once, in net/wire/project_settings.cpp.
struct ProjectSettings {
  std::string name;
  std::uint32_t user_limit = 0;                 ///< `limit`, 0..10000; 0 = none
  std::uint32_t max_sessions = 10;              ///< `maxSessions`, 1..100
  std::uint32_t session_duration_s = 31536000;  ///< `duration`, 60..31536000 s
  std::uint32_t password_history = 0;           ///< 0..20
  bool password_dictionary = false;
  bool personal_data_check = false;
  PasswordStrength password_strength;
  bool session_alerts = false;
  bool invalidate_sessions = true;
  bool email_password = true;  ///< auth method switches
  bool magic_url = true;
  bool email_otp = true;
  bool anonymous = true;
  bool invites = true;
  bool jwt = true;
  bool phone = true;
  ServiceSwitches services;
  ProtocolSwitches protocols;
  std::vector<std::string> web_hosts;  ///< hosts of the web platforms; not stored with the settings
  MembershipPrivacy membership_privacy;
  MfaFactors mfa_factors;
  std::vector<std::string> labels;
  friend bool operator==(const ProjectSettings&, const ProjectSettings&) = default;
};

/// What administrators note about a project; it has no effect. `Text` is std::string, or std::optional<std::string> in
/// a change, where an absent text keeps the stored one. Source: docs/contract/project.md 8.
template <class Text>
struct BasicProjectNotes {
  Text description, logo, url, legal_name, legal_country, legal_state, legal_city, legal_address, legal_tax_id;
  friend bool operator==(const BasicProjectNotes&, const BasicProjectNotes&) = default;
};
using ProjectNotes = BasicProjectNotes<std::string>;

/// The team of the console project that owns a project unless another team is named; the first administrators own the
/// team.
inline constexpr std::string_view administrators = "administrators";

/// The built-in project of the administrators.
inline constexpr std::string_view console_id = "console";

struct Project {
  ProjectNo number{};
  std::string id;
  Time created_at{};
  Time updated_at{};
  ProjectSettings settings;
  std::string sealed_root_key;                        ///< sealed 32 bytes; subkeys by HKDF, one per purpose
  std::string team_id = std::string(administrators);  ///< the console's team whose members administer the project
  ProjectNotes notes{};
};

/// The two kinds of a project's keys: an API key grants scopes; a dev key lifts limits while an application is
/// developed.
enum class KeyKind : std::uint8_t { api, dev };

/// A project's key. A dev key has no scopes and always expires. The wire returns the secret again, so it is sealed;
/// lookups use the hash.
struct ApiKey {
  std::string id;
  Time created_at{};
  Time updated_at{};
  std::string name;
  std::optional<Time> expires_at;
  std::vector<std::string> scopes;
  std::string sealed_secret;
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the whole secret text
  std::optional<Time> accessed_at;             ///< last use, to within a day
  std::vector<std::string> sdks;               ///< names of the server SDKs that used it
};

/// Where an application runs. Its pages or apps may call the project.
struct Platform {
  std::string id;
  Time created_at{};
  Time updated_at{};
  std::string name;
  std::string type;        ///< web, apple, android, windows or linux
  std::string identifier;  ///< host name of a web platform, else the application's own name for itself
  friend bool operator==(const Platform&, const Platform&) = default;
};

/// Whether a client has said that it reaches the project.
struct Pings {
  std::uint64_t count = 0;   ///< 0 or 1; older versions stored more
  std::optional<Time> last;  ///< time of the last counted ping
};

/// A phone number to which no message is sent: its code is always the same. The wire returns the code again, so it is
/// sealed.
struct MockPhone {
  std::string number;  ///< E.164
  Time created_at{};   ///< 0, as is the other date, for a number that was set as part of a list, which has no dates
  Time updated_at{};
  std::string sealed_code;     ///< six digits
  std::uint64_t sequence = 0;  ///< creation order within the project; 0: stored by a version without it
};

}  // namespace portcullis
