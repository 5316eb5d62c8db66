#include "net/wire/mail_rules.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>

#include "core/validators.hpp"

namespace portcullis::rules {
namespace {

bool read_ten_emails(const json::Value& value, const RuleContext& context, std::vector<std::string>& out) {
  constexpr std::size_t most = 10;
  if (!value.array() || value.array()->size() > most) return false;
  for (const json::Value& each : *value.array())
    if (!email.read(each, context, out.emplace_back())) return false;
  return true;
}

bool read_mail_host(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string()) return false;
  out = validators::ascii_lower(*value.string());
  boost::system::error_code no_address;
  boost::asio::ip::make_address(out, no_address);
  const bool is_name = validators::is_host_pattern(out) && out.find('*') == std::string::npos;
  return out.empty() || !no_address || is_name;
}

bool read_secure(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string()) return false;
  out = *value.string();
  return out.empty() || out == "tls" || out == "ssl";
}

bool read_mailbox_name(const json::Value& value, const RuleContext&, std::string& out) {
  constexpr std::size_t longest = 256;
  if (!value.string()) return false;
  out = *value.string();
  const std::optional<std::size_t> length = validators::utf8_length(out);
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; };
  return length && *length <= longest && std::none_of(out.begin(), out.end(), is_control);
}

bool read_port(const json::Value& value, const RuleContext&, std::int64_t& out) {
  constexpr std::int64_t highest = 65535;
  if (!value.integer()) return false;
  out = *value.integer();
  return out >= 0 && out <= highest;
}

}  // namespace

const Rule<std::vector<std::string>> ten_emails{
    "an array of at most 10 e-mail addresses",
    R"({"type":"array","maxItems":10,"items":{"type":"string","format":"email"}})", read_ten_emails};
const Rule<std::string> mail_host_or_empty{"a host name or an address, without scheme, port or path",
                                           R"({"type":"string","maxLength":253})", read_mail_host};
const Rule<std::string> smtp_secure_or_empty{"tls, ssl or empty", R"({"type":"string","enum":["","tls","ssl"]})",
                                             read_secure};
const Rule<std::string> mailbox_name{"at most 256 characters, none of them a control character",
                                     R"({"type":"string","maxLength":256})", read_mailbox_name};
const Rule<std::int64_t> port_or_zero{"a port", R"({"type":"integer","minimum":0,"maximum":65535})", read_port};

}  // namespace portcullis::rules
