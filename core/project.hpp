#pragma once
// A project, its settings and its API keys, as plain values. Setting names: contract project.md section 5.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
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
  bool account_service = true;
  bool rest_api = true;
  std::vector<std::string> web_hosts;  ///< host names whose pages may call (`*.example.com` allowed)
  friend bool operator==(const ProjectSettings&, const ProjectSettings&) = default;
};

struct Project {
  ProjectNo number{};
  std::string id;
  Time created_at{};
  Time updated_at{};
  ProjectSettings settings;
  std::string sealed_root_key;  ///< sealed 32 bytes; subkeys by HKDF, one per purpose
};

/// A project's API key. The wire returns its secret again, so it is sealed; lookups go through the hash.
struct ApiKey {
  std::string id;
  Time created_at{};
  Time updated_at{};
  std::string name;
  std::optional<Time> expires_at;
  std::vector<std::string> scopes;
  std::string sealed_secret;
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the whole secret text
};

}  // namespace portcullis
