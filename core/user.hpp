#pragma once
// A user and the values that belong to it, as plain values. How they are stored: docs/storage.md. With std::string they
// own their texts; with std::string_view they borrow them from the bytes they were read from (storage/store.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
template <class Text>
struct BasicUser {
  Text id;
  std::uint64_t sequence = 0;  ///< creation order within the project
  Time created_at{};
  Time updated_at{};
  Text name;
  Text email;  ///< lowercase; empty = none
  Text phone;  ///< E.164; empty = none
  bool status = true;
  bool email_verified = false;
  bool phone_verified = false;
  bool mfa = false;
  bool reset = false;
  bool impersonator = false;
  Time registered_at{};
  std::optional<Time> password_updated_at;
  std::vector<Text> labels;
  friend bool operator==(const BasicUser&, const BasicUser&) = default;
};
using User = BasicUser<std::string>;
using BorrowedUser = BasicUser<std::string_view>;

/// The password row, apart from the user's own so that a session check never touches it.
struct Credential {
  PasswordHash hash;                    ///< `encoded` is empty for a user without a password
  std::uint64_t password_revision = 0;  ///< grows only when the password changes, not when it is re-hashed
  std::vector<PasswordHash> history;    ///< oldest first
  friend bool operator==(const Credential&, const Credential&) = default;
};

/// A way to reach a user: an e-mail address, a phone number, a push token.
template <class Text>
struct BasicTarget {
  Text id;
  Time created_at{};
  Time updated_at{};
  Text user_id;
  Text name;
  Text provider_id;    ///< empty = none (null on the wire)
  Text provider_type;  ///< email | sms | push
  Text identifier;
  Text session_id;  ///< push targets live with their session; empty = none
  bool expired = false;
  friend bool operator==(const BasicTarget&, const BasicTarget&) = default;
};
using Target = BasicTarget<std::string>;
using BorrowedTarget = BasicTarget<std::string_view>;

/// The same value, borrowing from `user`; list members are copied as lists of views.
[[nodiscard]] BorrowedUser borrow(const User& user);
[[nodiscard]] BorrowedTarget borrow(const Target& target);
[[nodiscard]] Target own(const BorrowedTarget& target);

}  // namespace portcullis
