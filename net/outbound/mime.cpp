#include "net/outbound/mime.hpp"

#include <algorithm>
#include <cstdint>

#include "core/crypto/encoding.hpp"

namespace portcullis::outbound {
namespace {

constexpr std::size_t line_bytes = 76;          // RFC 2045 6.7 and RFC 2047 2
constexpr std::size_t encoded_word_bytes = 42;  // of text: 56 of base64 and 12 around them
constexpr const char* crlf = "\r\n";

bool is_printable(char c) noexcept { return c >= 0x20 && c < 0x7f; }
bool is_control(char c) noexcept { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; }
bool continues_character(char c) noexcept { return (static_cast<std::uint8_t>(c) & 0xc0U) == 0x80U; }

std::string without_controls(std::string_view text) {
  std::string clean(text);
  std::replace_if(clean.begin(), clean.end(), is_control, ' ');
  return clean;
}

/// How much of the text goes into one encoded word: whole characters.
std::size_t word_end(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t end = most;
  while (end > 0 && continues_character(text[end])) --end;
  return end > 0 ? end : most;  // no UTF-8
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = word_end(text, encoded_word_bytes);
    if (!out.empty()) out.append(crlf).append(" ");
    out.append("=?UTF-8?B?").append(crypto::to_base64(text.substr(0, end))).append("?=");
    text.remove_prefix(end);
  }
  return out;
}

/// Could be taken for an encoded word, or has other than printable ASCII.
bool needs_encoding(std::string_view text, std::size_t used) {
  return used + text.size() > line_bytes || text.find("=?") != std::string_view::npos ||
         !std::all_of(text.begin(), text.end(), is_printable);
}

std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out.append("\"");
}

void header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(crlf);
}

void part(std::string& out, std::string_view boundary, std::string_view type, std::string_view text) {
  out.append("--").append(boundary).append(crlf);
  header(out, "Content-Type", std::string(type) + "; charset=UTF-8");
  header(out, "Content-Transfer-Encoding", "quoted-printable");
  out.append(crlf).append(quoted_printable(text)).append(crlf);
}

std::string domain_of(std::string_view address) {
  const std::string domain = without_controls(address.substr(std::min(address.rfind('@'), address.size() - 1) + 1));
  return domain.empty() ? "localhost" : domain;
}

/// One line of text, without its end.
void quote_line(std::string& out, std::string_view line) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(line[i]);
    const bool last = i + 1 == line.size();
    const bool blank = line[i] == ' ' || line[i] == '\t';
    const bool plain = (is_printable(line[i]) && line[i] != '=' && line[i] != ' ') || (blank && !last);
    const std::size_t size = plain ? 1 : 3;
    if (column + size > line_bytes - 1) {
      out.append("=").append(crlf);
      column = 0;
    }
    if (plain)
      out.push_back(line[i]);
    else
      out.append({'=', digits[byte >> 4], digits[byte & 15U]});
    column += size;
  }
}

}  // namespace

std::string header_text(std::string_view text, std::size_t used) {
  std::string clean = without_controls(text);
  return needs_encoding(clean, used) ? encoded_words(clean) : clean;
}

std::string header_mailbox(const Mailbox& mailbox, std::size_t used) {
  const std::string address = without_controls(mailbox.address);
  const std::string name = without_controls(mailbox.name);
  if (name.empty()) return "<" + address + ">";
  // Quoting makes a name longer, so half a line is what may stay as it is.
  const bool plain = !needs_encoding(name, used + line_bytes / 2 - 4);
  return (plain ? quoted_name(name) : encoded_words(name)) + crlf + " <" + address + ">";
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    quote_line(out, text.substr(0, end));
    out.append(crlf);
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
  }
  return out;
}

std::string header_date(Time date) {
  std::string text = format_http_date(date);
  text.resize(text.size() - 3);  // GMT
  return text.append("+0000");
}

std::string mime(const Mail& mail, std::string_view id, Time date) {
  const std::string boundary = "=_" + std::string(id);  // `=_` is never part of quoted-printable
  std::string out;
  out.reserve(mail.text.size() + mail.html.size() + mail.html.size() / 4 + 2048);
  header(out, "Date", header_date(date));
  header(out, "From", header_mailbox(mail.from, 6));
  header(out, "To", header_mailbox(mail.to, 4));
  if (mail.reply_to) header(out, "Reply-To", header_mailbox(*mail.reply_to, 10));
  header(out, "Subject", header_text(mail.subject, 9));
  header(out, "Message-ID", "<" + std::string(id) + "@" + domain_of(mail.from.address) + ">");
  header(out, "Auto-Submitted", "auto-generated");  // RFC 3834: nobody's absence note answers it
  header(out, "MIME-Version", "1.0");
  header(out, "Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
  out.append(crlf);
  part(out, boundary, "text/plain", mail.text);
  part(out, boundary, "text/html", mail.html);
  return out.append("--").append(boundary).append("--").append(crlf);
}

}  // namespace portcullis::outbound
