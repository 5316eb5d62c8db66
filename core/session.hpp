#pragma once
// A session and the client it was opened from, as plain values: owning their texts, or borrowing them (core/user.hpp).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace portcullis {

/// What the user-agent reader makes of a client; every field blank when unknown. Codes: docs/contract/account.md 8.
template <class Text>
struct BasicClientInfo {
  Text os_code, os_name, os_version;
  Text client_type, client_code, client_name, client_version, client_engine, client_engine_version;
  Text device_name, device_brand, device_model;
  friend bool operator==(const BasicClientInfo&, const BasicClientInfo&) = default;
};
using ClientInfo = BasicClientInfo<std::string>;

template <class Text>
struct BasicSession {
  Text id;
  std::uint64_t sequence = 0;  ///< creation order within the user
  Time created_at{};
  Time updated_at{};
  Text user_id;
  Time expires_at{};
  Text provider;      ///< email | anonymous | server | ...
  Text provider_uid;  ///< the e-mail for e-mail sessions
  std::vector<Text> factors;
  std::optional<Time> mfa_updated_at;
  Text ip;
  Text country_code;  ///< lowercase ISO; `--` unknown
  Text user_agent;    ///< at most 512 bytes
  BasicClientInfo<Text> client;
  Text selector;                               ///< first 16 hex digits of the secret; part of the row's key
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the whole secret text
  friend bool operator==(const BasicSession&, const BasicSession&) = default;
};
using Session = BasicSession<std::string>;
using BorrowedSession = BasicSession<std::string_view>;

/// A session is valid up to and including the millisecond in which it expires. After that it is treated as absent, even
/// while its row is still stored.
template <class Text>
[[nodiscard]] bool is_live(const BasicSession<Text>& session, Time now) noexcept {
  return session.expires_at >= now;
}

}  // namespace portcullis
