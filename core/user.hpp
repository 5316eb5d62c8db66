#pragma once
// A user and what hangs on it, as plain values. The rows they are stored as: docs/storage.md.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace portcullis {

/// What a password is verified against. `algorithm` is the wire name (`argon2`, `bcrypt`, ...), `options` its JSON
/// text.
struct PasswordHash {
  std::string algorithm;
  std::string encoded;  ///< PHC string for argon2
  std::string options;  ///< JSON object as shown by the users service
  friend bool operator==(const PasswordHash&, const PasswordHash&) = default;
};

/// The user's own row; what a session check reads first.
struct User {
  std::string id;
  std::uint64_t sequence = 0;  ///< creation order within the project
  Time created_at{};
  Time updated_at{};
  std::string name;
  std::string email;  ///< lowercase; empty = none
  std::string phone;  ///< E.164; empty = none
  bool status = true;
  bool email_verified = false;
  bool phone_verified = false;
  bool mfa = false;
  bool reset = false;
  bool impersonator = false;
  Time registered_at{};
  std::optional<Time> password_updated_at;
  std::vector<std::string> labels;
  friend bool operator==(const User&, const User&) = default;
};

/// The password row, apart from the user's own so that a session check never touches it.
struct Credential {
  PasswordHash hash;                    ///< `encoded` empty = no password
  std::uint64_t password_revision = 0;  ///< grows only when the password changes, not when it is re-hashed
  std::vector<PasswordHash> history;    ///< oldest first
  friend bool operator==(const Credential&, const Credential&) = default;
};

/// A way to reach a user: an e-mail address, a phone number, a push token.
struct Target {
  std::string id;
  Time created_at{};
  Time updated_at{};
  std::string user_id;
  std::string name;
  std::string provider_id;    ///< empty = none (null on the wire)
  std::string provider_type;  ///< email | sms | push
  std::string identifier;
  std::string session_id;  ///< push targets live with their session; empty = none
  bool expired = false;
  friend bool operator==(const Target&, const Target&) = default;
};

}  // namespace portcullis
