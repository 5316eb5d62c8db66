#include "net/outbound/smtp.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace portcullis::outbound {
namespace {

constexpr long connect_ms = 10'000;
constexpr long answer_s = 60;       // of the server to one command
constexpr long whole_ms = 180'000;  // of a mail of the largest size on a slow line

class SmtpTransfer final : public Transfer {
 public:
  SmtpTransfer(std::string id, std::string data) : id_(std::move(id)), data_(std::move(data)) {}
  ~SmtpTransfer() override {
    curl_slist_free_all(recipients_);
    wipe(data_);
  }

  void set_up(const SmtpServer& server, const Mailbox& from, const Mailbox& to, const SmtpOptions& options);
  Outcome finished(CURLcode code) override { return smtp_outcome(id_, code, stage_, refusal_); }

 private:
  static std::size_t give(char* into, std::size_t size, std::size_t count, void* self);
  static std::size_t take_line(char* line, std::size_t size, std::size_t count, void* self);
  /// Asked now and then; other than 0 ends what libcurl waits for.
  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<SmtpTransfer*>(self)->has_quit_ ? 1 : 0;
  }
  static int overhear(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self);

  std::string id_, data_;
  std::size_t given_ = 0;
  curl_slist* recipients_ = nullptr;
  SmtpStage stage_ = SmtpStage::greeting;
  SmtpReply refusal_;
  bool has_quit_ = false;
};

std::size_t SmtpTransfer::give(char* into, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<SmtpTransfer*>(self);
  const std::size_t piece = std::min(size * count, transfer.data_.size() - transfer.given_);
  std::memcpy(into, transfer.data_.data() + transfer.given_, piece);
  transfer.given_ += piece;
  return piece;
}

std::size_t SmtpTransfer::take_line(char* line, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<SmtpTransfer*>(self);
  SmtpReply reply = read_reply({line, size * count});
  if (reply.code >= 400) transfer.refusal_ = std::move(reply);
  return size * count;
}

/// Commands that go out; with a log-in's secrets among them, so nothing of them is kept. At the end of a failed mail
/// libcurl says QUIT and waits for the answer, for as long as the server likes and with everybody else: the connection
/// is ended under it. One that an earlier try has opened it leaves after a second at most, by progress().
int SmtpTransfer::overhear(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  auto& transfer = *static_cast<SmtpTransfer*>(self);
  const std::string_view command(bytes, size);
  if (command.starts_with("QUIT")) {
    transfer.has_quit_ = true;
    transfer.hang_up();
    return 0;
  }
  transfer.stage_ = stage_of(command, transfer.stage_);
  transfer.refusal_ = {};  // of a command before, from which there was another way
  return 0;
}

std::string url_of(const SmtpServer& server, const SmtpOptions& options) {
  const bool brackets = server.host.find(':') != std::string::npos;
  const std::string host = brackets ? "[" + server.host + "]" : server.host;
  return (server.security == SmtpSecurity::ssl ? "smtps://" : "smtp://") + host + ":" + std::to_string(server.port) +
         "/" + options.hello;
}

void SmtpTransfer::set_up(const SmtpServer& server, const Mailbox& from, const Mailbox& to,
                          const SmtpOptions& options) {
  CURL* const e = easy();
  if (e == nullptr) throw std::bad_alloc();
  curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(e, CURLOPT_URL, url_of(server, options).c_str());
  const bool encrypted = server.security != SmtpSecurity::none;
  curl_easy_setopt(e, CURLOPT_USE_SSL, static_cast<long>(encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(e, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) curl_easy_setopt(e, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!server.username.empty()) {
    curl_easy_setopt(e, CURLOPT_USERNAME, server.username.c_str());
    std::string password(server.password.view());
    curl_easy_setopt(e, CURLOPT_PASSWORD, password.c_str());
    wipe(password);
    curl_easy_setopt(e, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
    curl_easy_setopt(e, CURLOPT_SASL_IR, 1L);
  }
  curl_easy_setopt(e, CURLOPT_MAIL_FROM, from.address.c_str());
  recipients_ = curl_slist_append(nullptr, to.address.c_str());
  curl_easy_setopt(e, CURLOPT_MAIL_RCPT, recipients_);
  curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(data_.size()));
  curl_easy_setopt(e, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(e, CURLOPT_READDATA, this);
  curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_line);
  curl_easy_setopt(e, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(e, CURLOPT_DEBUGFUNCTION, overhear);
  curl_easy_setopt(e, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(e, CURLOPT_VERBOSE, 1L);  // to the function above alone
  curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(e, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
  curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, answer_s);
  curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, whole_ms);
}

/// Replies that are about who we are and how we came, and not about the message (RFC 4954 6, RFC 3207 4).
bool is_about_log_in(int code) noexcept { return code == 530 || code == 534 || code == 535 || code == 538; }

std::string words_of(SmtpStage stage) {
  switch (stage) {
    case SmtpStage::greeting:
      return "at the greeting";
    case SmtpStage::hello:
      return "at EHLO";
    case SmtpStage::tls:
      return "at STARTTLS";
    case SmtpStage::log_in:
      return "at the authentication";
    case SmtpStage::mail:
      return "at MAIL FROM";
    case SmtpStage::recipient:
      return "at RCPT TO";
    case SmtpStage::data:
      return "at DATA";
  }
  return {};
}

std::string words_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the host's name has no address";
    case CURLE_COULDNT_CONNECT:
      return "no connection: nobody listens there, or the address is not allowed";
    case CURLE_OPERATION_TIMEDOUT:
      return "no answer in time";
    case CURLE_USE_SSL_FAILED:
      return "the server offers no STARTTLS";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the server's certificate is not to be trusted";
    case CURLE_SSL_CONNECT_ERROR:
      return "the TLS handshake failed";
    case CURLE_LOGIN_DENIED:
      return "the authentication failed: the server refused the credentials, or every way of them";
    default:
      return std::string("the connection failed: ") + curl_easy_strerror(code);
  }
}

}  // namespace

std::unique_ptr<Transfer> smtp_transfer(std::string id, const SmtpServer& server, const Mailbox& from,
                                        const Mailbox& to, std::string data, const SmtpOptions& options) {
  auto transfer = std::make_unique<SmtpTransfer>(std::move(id), std::move(data));
  transfer->set_up(server, from, to, options);
  return transfer;
}

SmtpStage stage_of(std::string_view command, SmtpStage now) noexcept {
  if (command.starts_with("EHLO") || command.starts_with("HELO")) return SmtpStage::hello;
  if (command.starts_with("STARTTLS")) return SmtpStage::tls;
  if (command.starts_with("AUTH")) return SmtpStage::log_in;
  if (command.starts_with("MAIL")) return SmtpStage::mail;
  if (command.starts_with("RCPT")) return SmtpStage::recipient;
  if (command.starts_with("DATA")) return SmtpStage::data;
  return now;
}

SmtpReply read_reply(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr std::size_t code_bytes = 3;
  if (line.size() < code_bytes || !std::all_of(line.begin(), line.begin() + code_bytes, is_digit)) return {};
  if (line.size() > code_bytes && line[code_bytes] == '-') return {};
  SmtpReply reply;
  reply.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  line.remove_prefix(std::min(line.size(), code_bytes + 1));
  const std::string_view word = line.substr(0, std::min(line.find_first_of(" \r\n"), line.size()));
  constexpr std::size_t longest = 9;  // 5.123.123
  const bool fits = word.size() <= longest && std::count(word.begin(), word.end(), '.') == 2 &&
                    std::all_of(word.begin(), word.end(), [&](char c) { return is_digit(c) || c == '.'; });
  if (fits) reply.enhanced = word;
  return reply;
}

Outcome smtp_outcome(std::string id, CURLcode code, SmtpStage stage, const SmtpReply& refusal) {
  Outcome outcome;
  outcome.id = std::move(id);
  outcome.host_answered = stage >= SmtpStage::mail;
  if (code == CURLE_OK) {
    outcome.result = policies::TryResult::accepted;
    outcome.words = "accepted";
    return outcome;
  }
  const bool replied = refusal.code != 0 && code != CURLE_OPERATION_TIMEDOUT;
  if (!replied || code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED) {
    outcome.words = words_of(code);
    if (replied) outcome.words += " (" + std::to_string(refusal.code) + ")";
    return outcome;
  }
  const bool of_message = stage >= SmtpStage::mail && !is_about_log_in(refusal.code);
  if (of_message && refusal.code >= 500) outcome.result = policies::TryResult::refused;
  outcome.words = "refused with " + std::to_string(refusal.code) +
                  (refusal.enhanced.empty() ? "" : " " + refusal.enhanced) + " " + words_of(stage);
  return outcome;
}

}  // namespace portcullis::outbound
