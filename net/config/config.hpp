#pragma once
// Every option of `serve`, validated before anything starts. One table in config.cpp declares flag, environment name,
// unit, default and reason; --help and docs/configuration.md come from it.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/password/hasher.hpp"
#include "net/http/client_ip.hpp"

namespace portcullis {

/// Where a server listens: host and port.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;  ///< 0 = any free port

  [[nodiscard]] std::string text() const;  ///< `HOST:PORT`, an IPv6 address in brackets
};

/// Who may sign up as an administrator: the first one, with the sign-up code; anybody; nobody.
enum class ConsoleSignup : std::uint8_t { first, open, closed };

/// How a connection to a mail server is kept secret: not at all; from the first command on (STARTTLS, which the server
/// must offer); from the first byte on.
enum class SmtpSecurity : std::uint8_t { none, tls, ssl };

/// What mail of the server's own goes out with.
struct MailConfig {
  std::string smtp_host;        ///< empty = none
  std::uint16_t smtp_port = 0;  ///< 0 = by smtp_security
  std::string smtp_username;    ///< empty = no log-in
  std::filesystem::path smtp_password_file;
  SmtpSecurity smtp_security = SmtpSecurity::tls;
  std::filesystem::path smtp_ca_file;  ///< empty = the system's
  std::string sender_name, sender_address;
  std::filesystem::path file;              ///< mails are appended to it instead; empty = none
  std::optional<bool> allow_private_smtp;  ///< of projects; empty = where the server listens on loopback
  std::uint32_t outbox_limit = 1000000;    ///< messages that wait, at most

  [[nodiscard]] bool is_set_up() const { return !smtp_host.empty() || !file.empty(); }
};

struct Config {
  ListenAddress listen{"127.0.0.1", 8080};
  std::optional<ListenAddress> metrics = ListenAddress{"127.0.0.1", 9464};  ///< empty = not served
  bool metrics_wanted = false;  ///< set explicitly: then an address in use makes the start fail
  std::filesystem::path data = "./portcullis-data";
  std::filesystem::path seal_key_file;  ///< empty = <data>/seal.key
  std::filesystem::path ready_file;     ///< empty = none; gets the URL when listening
  std::string engine = "lmdb";          ///< lmdb | slow (the test engine)
  std::uint32_t reactors = 0;           ///< 0 = by cores
  bool pin_reactors = true;             ///< each to a processor of its own, where there are enough processors
  std::uint32_t hash_threads = 0;       ///< 0 = by cores, memory and CPU quota
  double hash_quota_cores = 0;  ///< CPU time for all hashing, in cores; derived from the CPU quota; 0 = no limit
  double hash_cpu_share = 1;    ///< share of a processor for each hash thread; derived from the CPU quota
  Argon2Cost hash_cost;
  std::optional<argon2::Kernel> hash_kernel;  ///< empty = the fastest
  std::filesystem::path pepper_file;          ///< empty = none
  std::uint32_t foreign_hash_kib = 65536;
  std::chrono::milliseconds foreign_hash_time{5000};
  std::chrono::milliseconds hash_deadline{2000};
  std::chrono::milliseconds admin_hash_deadline{10000};
  bool rate_limits = true;
  std::uint32_t limiter_kib = 8192;
  std::uint32_t session_cache = 4096;  ///< decoded sessions kept, over all reactors; 0 = none
  std::uint32_t network_limit = 100;   ///< failed password checks an hour by client network
  http::TrustedProxies trusted_proxies;
  std::string public_url;  ///< host names by which this server is known (allowed origins), separated by commas
  bool allow_localhost_origin = false;
  ConsoleSignup console_signup = ConsoleSignup::first;
  std::vector<std::string> console_emails;  ///< who may sign up as an administrator; empty = anybody
  std::string tls_certificate, tls_key;
  MailConfig mail;
  std::uint32_t max_connections = 0;  ///< 0 = derived from the memory limit
  Log::Format log_format = Log::Format::json;
  Log::Level log_level = Log::Level::info;
};

}  // namespace portcullis
