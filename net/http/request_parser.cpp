#include "net/http/request_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <string>

#include "core/secret.hpp"

namespace portcullis::http {

namespace {

namespace beast_http = boost::beast::http;

// More lines than any browser or proxy chain sends; bounds the work of every header lookup.
constexpr std::size_t max_header_lines = 128;
constexpr std::size_t request_line_rest = std::string_view("  HTTP/1.1\r\n").size();
// After a body, so that a JSON parser can read it in its buffer (SIMDJSON_PADDING).
constexpr std::size_t parser_padding = 64;
constexpr std::string_view over_body_budget = "too many large request bodies";
constexpr std::size_t field_line_rest = std::string_view(":\r\n").size();

/// Headers that are lists and may come in several lines; cookies do behind HTTP/2 proxies (RFC 9113 section 8.2.3).
struct ListHeader {
  std::string_view name, between;
};
constexpr std::array lists{ListHeader{"Cookie", "; "}, ListHeader{"X-Forwarded-For", ", "},
                           ListHeader{"X-Forwarded-Proto", ", "}, ListHeader{"X-Forwarded-Host", ", "}};

std::string_view plain(boost::beast::string_view text) noexcept { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb) noexcept {
  if (verb == beast_http::verb::get) return Method::get;
  if (verb == beast_http::verb::post) return Method::post;
  if (verb == beast_http::verb::put) return Method::put;
  if (verb == beast_http::verb::patch) return Method::patch;
  if (verb == beast_http::verb::delete_) return Method::del;
  if (verb == beast_http::verb::head) return Method::head;
  if (verb == beast_http::verb::options) return Method::options;
  return Method::other;
}

/// What follows `http://` or `https://` in an absolute-form target; empty for other forms.
std::string_view after_scheme(std::string_view target) noexcept {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (target.size() > scheme.size() && same_token(target.substr(0, scheme.size()), scheme)) {
      return target.substr(scheme.size());
    }
  }
  return {};
}

/// Is a header line continued in the next line (RFC 9112 section 5.2, obs-fold)? `bytes` begin with the header.
bool has_folded_line(std::string_view bytes) noexcept {
  const std::string_view header = bytes.substr(0, bytes.find("\r\n\r\n"));
  for (std::size_t end = header.find('\n'); end != std::string_view::npos; end = header.find('\n', end + 1))
    if (end + 1 < header.size() && (header[end + 1] == ' ' || header[end + 1] == '\t')) return true;
  return false;
}

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes, std::size_t body_bytes, BodyBudget& budget)
    : share_(budget), most_body_(body_bytes), header_limit_(header_bytes) {
  const std::size_t widest = std::numeric_limits<std::uint32_t>::max();
  header_limit(static_cast<std::uint32_t>(std::min(header_bytes, widest)));
  body_limit(body_bytes);
  eager(true);
}

RequestParser::~RequestParser() {
  share_.keep();
  if (!request_.body.empty()) wipe(request_.body);
}

std::size_t RequestParser::consume(std::string_view bytes) {
  error_code ec;
  const bool began_in_header = !header_done_;
  const std::size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != beast_http::error::need_more && fault_.status == 0) {
    if (ec == beast_http::error::header_limit) {
      refuse(431, "request header too large", ec);
    } else if (ec == beast_http::error::body_limit) {
      refuse(413, "request body too large", ec);
    } else {
      refuse(400, "malformed request", ec);
    }
  }
  // Beast parses a header only once all of it has arrived, and joins folded lines; other servers read them as separate
  // lines.
  if (began_in_header && header_done_ && fault_.status == 0 && has_folded_line(bytes))
    refuse(400, "folded header line", ec);
  if (!header_done_ && fault_.status == 0 && header_seen_ + (bytes.size() - used) > header_limit_) {
    refuse(431, "request header too large", ec);
  }
  return used;
}

void RequestParser::refuse(int status, std::string_view why, error_code& ec) {
  fault_ = Fault{status, why};
  ec = beast_http::error::bad_value;
}

void RequestParser::on_request_impl(beast_http::verb verb, text method, text target, int version, error_code& ec) {
  ec = {};
  header_seen_ += method.size() + target.size() + request_line_rest;
  if (header_seen_ > header_limit_) return refuse(431, "request header too large", ec);
  request_.method = method_of(verb);
  request_.http11 = version >= 11;
  request_.headers.reserve(16, 1024);
  if (verb == beast_http::verb::connect) return refuse(400, "CONNECT is not supported", ec);
  request_.target.assign(target.data(), target.size());
}

void RequestParser::on_response_impl(int, text, int, error_code& ec) { ec = beast_http::error::bad_value; }

void RequestParser::on_field_impl(beast_http::field name, text name_text, text value, error_code& ec) {
  ec = {};
  if (header_done_) return;  // trailers are dropped: a credential after the body would bypass a proxy's checks
  header_seen_ += name_text.size() + value.size() + field_line_rest;
  if (header_seen_ > header_limit_) return refuse(431, "request header too large", ec);
  if (request_.headers.size() >= max_header_lines) return refuse(431, "too many header lines", ec);
  request_.headers.emplace_back(plain(name_text), plain(value));
  if (name == beast_http::field::host) {
    ++hosts_;
  } else if (name == beast_http::field::content_length) {
    ++lengths_;
    // A list or a repeated line is legal when all values are equal, but only request smuggling uses it.
    if (lengths_ > 1 || plain(value).find(',') != std::string_view::npos) {
      return refuse(400, "more than one Content-Length", ec);
    }
  } else if (name == beast_http::field::transfer_encoding) {
    ++encodings_;
    // Beast treats any coding list that does not end in `chunked` as "no body".
    if (!same_token(plain(value), "chunked")) return refuse(400, "unsupported Transfer-Encoding", ec);
  } else if (name == beast_http::field::expect) {
    expects_continue_ = expects_continue_ || same_token(plain(value), "100-continue");
  } else {
    for (std::size_t i = 0; i < lists.size(); ++i)
      if (same_token(plain(name_text), lists[i].name)) ++list_lines_[i];
  }
}

void RequestParser::on_header_impl(error_code& ec) {
  ec = {};
  header_done_ = true;
  if (hosts_ > 1 || (request_.http11 && hosts_ == 0)) return refuse(400, "exactly one Host header is required", ec);
  if (encodings_ > 1 || (encodings_ != 0 && lengths_ != 0)) return refuse(400, "conflicting body lengths", ec);
  if (encodings_ != 0 && !request_.http11) return refuse(400, "Transfer-Encoding needs HTTP/1.1", ec);
  if (!request_.http11) expects_continue_ = false;
  if (!take_target(ec)) return;
  for (std::size_t i = 0; i < lists.size(); ++i)
    if (list_lines_[i] > 1) join_lines(lists[i].name, lists[i].between);
}

bool RequestParser::take_target(error_code& ec) {
  std::string& target = request_.target;
  if (target.front() == '/') return true;
  if (target == "*" && request_.method == Method::options) return true;
  const std::string_view rest = after_scheme(target);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  if (authority.empty() || authority.find('@') != std::string_view::npos) {
    refuse(400, "malformed request target", ec);
    return false;
  }
  request_.headers.replace("Host", authority);  // RFC 9112 section 3.2.2: the target's host takes precedence
  std::string origin_form;
  if (rest.substr(path, 1) != "/") origin_form = "/";
  origin_form.append(rest.substr(path));
  target = std::move(origin_form);
  return true;
}

/// RFC 9110 section 5.3: several lines of a list form one list. With only the first line read, a client could put its
/// own line before the proxy's.
void RequestParser::join_lines(std::string_view list, std::string_view between) {
  std::string joined;
  for (const auto& [name, value] : request_.headers) {
    if (!same_token(name, list)) continue;
    if (!joined.empty()) joined += between;
    joined.append(value);
  }
  request_.headers.replace(list, joined);
}

bool RequestParser::enlarge_body(std::size_t size) {
  std::string& body = request_.body;
  std::size_t capacity = body.capacity();
  if (size > capacity) capacity = std::max(size, std::min(2 * capacity, most_body_)) + parser_padding;
  if (!share_.hold(capacity)) return false;
  if (size <= body.capacity()) return true;
  std::string larger;
  larger.reserve(capacity);
  larger.assign(body);
  wipe(body);
  body = std::move(larger);
  return true;
}

std::size_t RequestParser::append_body(text part, error_code& ec) {
  ec = {};
  std::string& body = request_.body;
  share_.keep();
  if (!enlarge_body(body.size() + part.size())) {
    wipe(body);
    std::string().swap(body);
    share_.give_back();
    refuse(503, over_body_budget, ec);
    return 0;
  }
  body.append(plain(part));
  share_.lend(body);
  return part.size();
}

/// Memory is allocated for the bytes that arrive, not for the declared length.
void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) {
  ec = {};
  if (!length) return;
  most_body_ = std::min(most_body_, static_cast<std::size_t>(*length));
  request_.body.reserve(std::min(most_body_ + parser_padding, BodyBudget::small_body));
}

std::size_t RequestParser::on_body_impl(text body, error_code& ec) { return append_body(body, ec); }

void RequestParser::on_chunk_header_impl(std::uint64_t, text, error_code& ec) { ec = {}; }

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, text body, error_code& ec) {
  return append_body(body, ec);
}

void RequestParser::on_finish_impl(error_code& ec) {
  ec = {};
  share_.keep();
  if (share_.was_taken()) refuse(503, over_body_budget, ec);
}

}  // namespace portcullis::http
