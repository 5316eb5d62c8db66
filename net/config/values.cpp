#include "net/config/values.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <fstream>
#include <stdexcept>

#include "core/validators.hpp"

namespace portcullis::config_values {

std::uint32_t number(const std::string& option, const std::string& text, std::uint32_t min, std::uint32_t max,
                     const char* unit) {
  std::uint32_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, value);
  if (failed != std::errc{} || end != last || value < min || value > max)
    throw BadOption(option, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + unit);
  return value;
}

/// 0 stands for `auto`.
std::uint32_t number_or_auto(const std::string& option, const std::string& text, std::uint32_t max) {
  if (text == "auto") return 0;
  std::uint32_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, value);
  if (failed != std::errc{} || end != last || value < 1 || value > max)
    throw BadOption(option, "must be auto or a whole number from 1 to " + std::to_string(max));
  return value;
}

bool on_or_off(const std::string& option, const std::string& text) {
  if (text != "on" && text != "off") throw BadOption(option, "must be on or off");
  return text == "on";
}

ListenAddress listen_address(const std::string& option, const std::string& text) {
  constexpr const char* rule = "must be HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) throw BadOption(option, rule);
  std::string host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.size() < 3 || host.back() != ']') throw BadOption(option, rule);
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    throw BadOption(option, rule);
  }
  const bool bracketed = text.front() == '[';
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  boost::system::error_code wrong;
  if (bracketed) boost::asio::ip::make_address_v6(host, wrong);
  if (numeric) boost::asio::ip::make_address_v4(host, wrong);
  if (wrong) throw BadOption(option, rule);
  const std::uint32_t port = number(option + ", the port", text.substr(colon + 1), 0, 65535, "");
  return ListenAddress{std::move(host), static_cast<std::uint16_t>(port)};
}

void readable_file(const std::string& option, const std::string& path) {
  if (path.empty() || !std::ifstream(path).is_open())
    throw BadOption(option, "must be the path of a file that can be read");
}

std::string path_value(const std::string& option, const std::string& text) {
  if (text.empty() || text.find('\0') != std::string::npos) throw BadOption(option, "must be a path");
  return text;
}

std::string public_hosts(const std::string& option, const std::string& text) {
  std::string hosts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string host = validators::ascii_lower(std::string_view(text).substr(at, comma - at));
    if (!validators::is_host_pattern(host) || host.find('*') != std::string::npos)
      throw BadOption(option, "must be host names separated by commas, without scheme or port");
    hosts += (hosts.empty() ? "" : ",") + host;
    at = comma + 1;
  }
  return hosts;
}

http::TrustedProxies trusted_proxies(const std::string& option, const std::string& text) {
  try {
    return http::TrustedProxies(text);
  } catch (const std::invalid_argument& bad) {
    throw BadOption(
        option,
        std::string("must be addresses or networks separated by commas, for example 10.0.0.0/8,::1; ") + bad.what());
  }
}

ConsoleSignup console_signup(const std::string& option, const std::string& text) {
  if (text == "first" || text == "auto") return ConsoleSignup::first;
  if (text == "open") return ConsoleSignup::open;
  if (text == "closed") return ConsoleSignup::closed;
  throw BadOption(option, "must be auto, first, open or closed");
}

std::vector<std::string> email_list(const std::string& option, const std::string& text) {
  std::vector<std::string> emails;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    emails.push_back(validators::normalise_email(text.substr(at, comma - at)));
    if (!validators::is_email(emails.back())) throw BadOption(option, "must be e-mail addresses separated by commas");
    at = comma + 1;
  }
  return emails;
}

Log::Level log_level(const std::string& option, const std::string& text) {
  if (text == "debug") return Log::Level::debug;
  if (text == "info") return Log::Level::info;
  if (text == "warning") return Log::Level::warning;
  if (text == "error") return Log::Level::error;
  if (text == "off") return Log::Level::off;
  throw BadOption(option, "must be debug, info, warning, error or off");
}

Log::Format log_format(const std::string& option, const std::string& text) {
  if (text != "auto" && text != "text" && text != "json") throw BadOption(option, "must be auto, text or json");
  const bool as_text = text == "text" || (text == "auto" && isatty(STDERR_FILENO) == 1);
  return as_text ? Log::Format::text : Log::Format::json;
}

}  // namespace portcullis::config_values
