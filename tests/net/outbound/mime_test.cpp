#include "net/outbound/mime.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "net/outbound/mail_file.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::outbound;

const Time date = from_millis(1'800'000'000'000);

Mail sample() {
  Mail mail;
  mail.from = {"Shop", "shop@example.com"};
  mail.to = {"", "user@example.org"};
  mail.subject = "Hello";
  mail.text = "Text\n";
  mail.html = "<p>Text</p>\n";
  return mail;
}

/// The header block's lines.
std::vector<std::string> headers(const std::string& message) {
  std::vector<std::string> lines;
  for (std::size_t at = 0;;) {
    const std::size_t end = message.find("\r\n", at);
    BOOST_REQUIRE(end != std::string::npos);
    if (end == at) return lines;
    lines.push_back(message.substr(at, end - at));
    at = end + 2;
  }
}

bool has_line(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

BOOST_AUTO_TEST_SUITE(mails_as_bytes)

BOOST_AUTO_TEST_CASE(a_mail_has_its_headers_and_both_parts) {
  const std::string message = mime(sample(), "id1", date);
  const std::vector<std::string> lines = headers(message);
  for (const char* line : {"Date: Fri, 15 Jan 2027 08:00:00 +0000", "Subject: Hello", "Message-ID: <id1@example.com>",
                           "MIME-Version: 1.0", "Auto-Submitted: auto-generated", "To: <user@example.org>"})
    BOOST_TEST(has_line(lines, line), line);
  BOOST_TEST(message.find("--=_id1\r\nContent-Type: text/plain; charset=UTF-8\r\n") != std::string::npos);
  BOOST_TEST(message.find("--=_id1\r\nContent-Type: text/html; charset=UTF-8\r\n") != std::string::npos);
  BOOST_TEST(message.ends_with("--=_id1--\r\n"));
}

BOOST_AUTO_TEST_CASE(the_same_mail_has_the_same_bytes_in_every_try) {
  BOOST_TEST(mime(sample(), "id1", date) == mime(sample(), "id1", date));
}

BOOST_AUTO_TEST_CASE(nothing_that_a_header_is_made_of_can_end_it) {
  const std::vector<std::string> attacks{
      "x\r\nBcc: evil@example.net",       "x\nBcc: evil@example.net", "x\rBcc: evil",
      std::string("x\0\r\n\r\nbody", 10), "\r\n\r\n<html>",           "x\r\n .\r\nDATA"};
  for (const std::string& attack : attacks) {
    Mail mail = sample();
    mail.subject = attack;
    mail.from.name = attack;
    mail.to.name = attack;
    mail.reply_to = Mailbox{attack, "r@example.com"};
    mail.from.address = "a@example.com" + attack;
    const std::string message = mime(mail, "id1", date);
    const std::size_t head = message.find("\r\n\r\n");
    for (const std::string& line : headers(message)) {
      BOOST_TEST(!line.starts_with("Bcc"), line);
      for (const char c : line) BOOST_TEST((static_cast<unsigned char>(c) >= 0x20));
    }
    BOOST_TEST(message.substr(head).starts_with("\r\n\r\n--=_id1\r\n"));
  }
}

BOOST_AUTO_TEST_CASE(other_characters_travel_in_encoded_words_of_whole_characters) {
  BOOST_TEST(header_text("Grüße", 9) == "=?UTF-8?B?R3LDvMOfZQ==?=");
  BOOST_TEST(header_text("plain text", 9) == "plain text");
  BOOST_TEST(header_text("=?UTF-8?B?QQ==?=", 9) == "=?UTF-8?B?PT9VVEYtOD9CP1FRPT0/PQ==?=");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "\u05d0";
  const std::string folded = header_text(many, 9);
  std::size_t words = 0;
  for (std::size_t at = 0; at < folded.size(); ++words) {
    const std::size_t end = std::min(folded.find("\r\n ", at), folded.size());
    const std::string word = folded.substr(at, end - at);
    BOOST_TEST(word.size() <= 75U);
    BOOST_TEST(word.starts_with("=?UTF-8?B?"));
    at = std::min(end + 3, folded.size());
  }
  BOOST_TEST(words == 5U);  // 200 bytes, 42 in each
}

BOOST_AUTO_TEST_CASE(names_are_quoted_or_encoded) {
  BOOST_TEST(header_mailbox({"", "a@example.com"}, 4) == "<a@example.com>");
  BOOST_TEST(header_mailbox({"A, \"B\" \\", "a@example.com"}, 4) == "\"A, \\\"B\\\" \\\\\"\r\n <a@example.com>");
  BOOST_TEST(header_mailbox({"Ä", "a@example.com"}, 4) == "=?UTF-8?B?w4Q=?=\r\n <a@example.com>");
}

BOOST_AUTO_TEST_CASE(quoted_printable_keeps_every_byte_and_short_lines) {
  BOOST_TEST(quoted_printable("a=b\n") == "a=3Db\r\n");
  BOOST_TEST(quoted_printable("no end") == "no end\r\n");
  BOOST_TEST(quoted_printable("a\r\nb\rc\n") == "a\r\nb\r\nc\r\n");
  BOOST_TEST(quoted_printable("blank \nt\t\n") == "blank=20\r\nt=09\r\n");
  BOOST_TEST(quoted_printable("\xc3\xa4") == "=C3=A4\r\n");
  BOOST_TEST(quoted_printable("") == "");
  const std::string coded = quoted_printable(std::string(200, 'x') + std::string(100, '\xff'));
  for (std::size_t at = 0; at < coded.size();) {
    const std::size_t end = coded.find("\r\n", at);
    BOOST_TEST(end - at <= 76U);
    at = end + 2;
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_mails_has_one_head_a_mail) {
  const std::string entry = mbox_entry("Subject: x\r\n\r\nFrom here\r\n>From there\r\n", date);
  BOOST_TEST(entry == "From portcullis Fri Jan 15 08:00:00 2027\nSubject: x\n\n>From here\n>>From there\n\n");
}

BOOST_AUTO_TEST_CASE(a_mail_is_the_same_after_it_was_sealed) {
  Mail mail = sample();
  mail.reply_to = Mailbox{"R", "r@example.com"};
  mail.server = SmtpServer{"smtp.example.com", 2525, SmtpSecurity::ssl, "user", Secret("pass\"word")};
  const result<Secret> payload = to_payload(mail);
  BOOST_REQUIRE(payload);
  const std::optional<Mail> read = mail_from(*payload);
  BOOST_REQUIRE(read);
  BOOST_TEST((read->from == mail.from));
  BOOST_TEST((read->to == mail.to));
  BOOST_TEST((read->reply_to == mail.reply_to));
  BOOST_TEST(read->subject == mail.subject);
  BOOST_TEST(read->text == mail.text);
  BOOST_TEST(read->html == mail.html);
  BOOST_REQUIRE(read->server.has_value());
  BOOST_TEST(read->server->host == "smtp.example.com");
  BOOST_TEST(read->server->port == 2525U);
  BOOST_TEST((read->server->security == SmtpSecurity::ssl));
  BOOST_TEST(read->server->password.view() == "pass\"word");
  for (const char* other : {"", "{}", "[]", "{\"from\":1}", "{\"from\":{}}"}) BOOST_TEST(!mail_from(Secret(other)));
}

BOOST_AUTO_TEST_CASE(addresses_that_could_end_a_command_are_none) {
  for (const char* good : {"a@b", "user+x@example.com", "\xc3\xa4@example.com"})
    BOOST_TEST(is_safe_address(good), good);
  for (const char* bad : {"", "a", "@b", "a@", "a@b>", "<a@b", "a b@c", "a@b\r\nRCPT TO:<x@y>", "a@b\n", "a\t@b"})
    BOOST_TEST(!is_safe_address(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
