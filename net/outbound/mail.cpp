#include "net/outbound/mail.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/json/value.hpp"
#include "core/json/writer.hpp"

namespace portcullis::outbound {
namespace {

constexpr std::size_t most_payload = std::size_t{12} << 20;

void write(json::Writer& out, std::string_view name, const Mailbox& mailbox) {
  out.key(name);
  out.begin_object();
  out.field("name", mailbox.name);
  out.field("address", mailbox.address);
  out.end_object();
}

void write(json::Writer& out, const SmtpServer& server) {
  out.key("server");
  out.begin_object();
  out.field("host", server.host);
  out.field("port", std::int64_t{server.port});
  out.field("security", static_cast<std::int64_t>(server.security));
  out.field("username", server.username);
  out.key("password");
  out.string(server.password.view());
  out.end_object();
}

std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* const value = json::find(object, name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

std::int64_t number_of(const json::Object& object, std::string_view name) {
  const json::Value* const value = json::find(object, name);
  return value != nullptr && value->integer() != nullptr ? *value->integer() : 0;
}

const json::Object* object_of(const json::Object& object, std::string_view name) {
  const json::Value* const value = json::find(object, name);
  return value != nullptr ? value->object() : nullptr;
}

std::optional<Mailbox> mailbox_of(const json::Object& object, std::string_view name) {
  const json::Object* const found = object_of(object, name);
  if (found == nullptr) return std::nullopt;
  return Mailbox{text_of(*found, "name"), text_of(*found, "address")};
}

SmtpServer server_of(const json::Object& object) {
  SmtpServer server;
  server.host = text_of(object, "host");
  server.port = static_cast<std::uint16_t>(number_of(object, "port"));
  server.security = static_cast<SmtpSecurity>(number_of(object, "security"));
  server.username = text_of(object, "username");
  std::string password = text_of(object, "password");
  server.password = Secret::take(password);
  return server;
}

}  // namespace

std::string host_key(const SmtpServer& server) { return server.host + ":" + std::to_string(server.port); }

result<Secret> to_payload(const Mail& mail) {
  const std::size_t size = mail.text.size() + mail.html.size() + mail.subject.size();
  if (size > most_payload) return errc::payload_too_large;
  std::string text;
  text.reserve(2 * size + 4096);  // growing would leave copies behind
  json::Writer out(text, json::Writer::Slashes::plain);
  out.begin_object();
  write(out, "from", mail.from);
  write(out, "to", mail.to);
  if (mail.reply_to) write(out, "replyTo", *mail.reply_to);
  out.field("subject", mail.subject);
  out.field("text", mail.text);
  out.field("html", mail.html);
  if (mail.server) write(out, *mail.server);
  out.end_object();
  return Secret::take(text);
}

std::optional<Mail> mail_from(const Secret& payload) {
  const std::optional<json::Value> value = json::parse(payload.view());
  const json::Object* const object = value ? value->object() : nullptr;
  if (object == nullptr) return std::nullopt;
  std::optional<Mailbox> from = mailbox_of(*object, "from");
  std::optional<Mailbox> to = mailbox_of(*object, "to");
  if (!from || !to) return std::nullopt;
  Mail mail;
  mail.from = std::move(*from);
  mail.to = std::move(*to);
  mail.reply_to = mailbox_of(*object, "replyTo");
  mail.subject = text_of(*object, "subject");
  mail.text = text_of(*object, "text");
  mail.html = text_of(*object, "html");
  if (const json::Object* const server = object_of(*object, "server")) mail.server = server_of(*server);
  return mail;
}

bool is_safe_address(std::string_view address) noexcept {
  const auto is_unsafe = [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte <= 0x20 || byte == 0x7f || c == '<' || c == '>';
  };
  const std::size_t at = address.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 320 &&
         std::none_of(address.begin(), address.end(), is_unsafe);
}

}  // namespace portcullis::outbound
