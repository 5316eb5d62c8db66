#pragma once
// Readers of option values. Each throws BadOption naming the option and the values it takes. Pure apart from the files
// they read.

#include <cstdint>
#include <string>

#include "net/config/options.hpp"

namespace portcullis::config_values {

/// `unit` follows the range in the message of BadOption.
[[nodiscard]] std::uint32_t number(const std::string& option, const std::string& text, std::uint32_t min,
                                   std::uint32_t max, const char* unit);
/// 0 stands for `auto`.
[[nodiscard]] std::uint32_t number_or_auto(const std::string& option, const std::string& text, std::uint32_t max);
[[nodiscard]] bool on_or_off(const std::string& option, const std::string& text);
[[nodiscard]] ListenAddress listen_address(const std::string& option, const std::string& text);
void readable_file(const std::string& option, const std::string& path);
[[nodiscard]] std::string path_value(const std::string& option, const std::string& text);
[[nodiscard]] std::string public_hosts(const std::string& option, const std::string& text);
[[nodiscard]] http::TrustedProxies trusted_proxies(const std::string& option, const std::string& text);
[[nodiscard]] ConsoleSignup console_signup(const std::string& option, const std::string& text);
/// Addresses in the form in which they are stored.
[[nodiscard]] std::vector<std::string> email_list(const std::string& option, const std::string& text);
[[nodiscard]] Log::Level log_level(const std::string& option, const std::string& text);
[[nodiscard]] Log::Format log_format(const std::string& option, const std::string& text);

}  // namespace portcullis::config_values
