#pragma once
// A session and the client it was opened from, as plain values.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace portcullis {

/// What the user-agent reader makes of a client; every field blank when unknown. Codes: contract account.md section 8.
struct ClientInfo {
  std::string os_code, os_name, os_version;
  std::string client_type, client_code, client_name, client_version, client_engine, client_engine_version;
  std::string device_name, device_brand, device_model;
  friend bool operator==(const ClientInfo&, const ClientInfo&) = default;
};

struct Session {
  std::string id;
  std::uint64_t sequence = 0;  ///< creation order within the user
  Time created_at{};
  Time updated_at{};
  std::string user_id;
  Time expires_at{};
  std::string provider;      ///< email | anonymous | server | ...
  std::string provider_uid;  ///< the e-mail for e-mail sessions
  std::vector<std::string> factors;
  std::optional<Time> mfa_updated_at;
  std::string ip;
  std::string country_code;  ///< lowercase ISO; `--` unknown
  std::string user_agent;    ///< at most 512 bytes
  ClientInfo client;
  std::string selector;                        ///< first 16 hex digits of the secret; part of the row's key
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the whole secret text
  friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace portcullis
