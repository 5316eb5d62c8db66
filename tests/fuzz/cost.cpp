// What foreign bytes cost: each reader gets texts of up to a megabyte that are made of short pieces, and may take no
// more than 50 ns of a thread's time for each byte (files, which no reactor reads, 200). The first line names the
// reader and how many numbers there are, the next ones are what a text begins with, what it repeats with each number,
// what it repeats behind that, and its end.

#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/json/value.hpp"
#include "core/user_agent.hpp"
#include "net/http/body_budget.hpp"
#include "net/http/client_ip.hpp"
#include "net/http/cookies.hpp"
#include "net/http/request_parser.hpp"
#include "net/transfer/record_reader.hpp"
#include "net/wire/params.hpp"
#include "storage/query/query.hpp"
#include "storage/query/users.hpp"
#include "tests/fuzz/support/check.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

namespace {

using namespace portcullis;

#if defined(SANITIZED) || !defined(NDEBUG)
constexpr double slower_build = 20;
#else
constexpr double slower_build = 1;
#endif
constexpr double requests = 50 * slower_build;
constexpr double files = 200 * slower_build;
constexpr std::size_t whole = std::size_t{1} << 20;
constexpr std::size_t header = 15 * 1024;  // of the 16 KiB that a request's header may have

void as_body(const std::string& text, std::string_view type) {
  http::Request request;
  request.method = http::Method::post;
  request.headers.emplace_back("Content-Type", type);
  request.body = text;
  static_cast<void>(take_parameters(request, nullptr));
}

void as_json(const std::string& text) { as_body(text, "application/json"); }
void as_form(const std::string& text) { as_body(text, "application/x-www-form-urlencoded"); }
void as_multipart(const std::string& text) { as_body(text, "multipart/form-data; boundary=b"); }

void as_query(const std::string& text) {
  http::Request request;
  request.target = "/v1/account?" + text;
  static_cast<void>(read_parameters(request));
}

void as_cookies(const std::string& text) {
  static_cast<void>(http::find_cookie(text, "a_session_default"));
  static_cast<void>(http::find_cookie(text, "a_session_default_legacy"));
}

void as_header(const std::string& text) {
  static const SystemClock clock;
  http::BodyBudget budget(whole, clock);
  http::RequestParser parser(header + 1024, whole, budget);
  static_cast<void>(parser.consume("GET / HTTP/1.1\r\nHost: h\r\n" + text + "\r\n\r\n"));
  for (const std::string_view name : {"Cookie", "X-Appwrite-Project", "X-Forwarded-For", "Origin", "User-Agent"})
    static_cast<void>(parser.request().header(name));
}

void as_forwarded(const std::string& text) {
  static const http::TrustedProxies all("0.0.0.0/0,::/0");
  static_cast<void>(http::client_address(boost::asio::ip::make_address("127.0.0.1"), text, all));
}

void as_agent(const std::string& text) { static_cast<void>(read_user_agent(text)); }

void as_labels(const std::string& text) {
  static const ProjectSettings settings;
  const std::optional<json::Value> value = json::parse(text);
  std::vector<std::string> labels;
  if (value) static_cast<void>(rules::labels.read(*value, RuleContext{settings}, labels));
}

void as_list_query(const std::string& text) {
  static_cast<void>(storage::query::read({text}, storage::query::user_attributes()));
}

void as_fallback_cookies(const std::string& text) { static_cast<void>(json::parse(text)); }

void as_records(transfer::Format format, const std::string& text) {
  const std::unique_ptr<transfer::RecordReader> reader = transfer::read_records(format, transfer::source_of(text));
  try {
    while (reader->next()) {
    }
  } catch (const std::runtime_error&) {  // a header with which nothing can be read
  }
}

void as_csv(const std::string& text) { as_records(transfer::Format::csv, text); }
void as_json_lines(const std::string& text) { as_records(transfer::Format::json_lines, text); }

struct Reader {
  std::string_view name;
  std::size_t most;  ///< bytes of a text; shorter ones are read as often as makes a megabyte
  void (*read)(const std::string& text);
  double most_ns_a_byte = requests;
};

// A query has pairs of two bytes, and no more than fit into a header.
constexpr Reader readers[] = {
    {"json", whole, as_json},
    {"form", whole, as_form},
    {"multipart", whole, as_multipart},
    {"query", header, as_query, 2 * requests},
    {"cookies", header, as_cookies},
    {"header", header, as_header},
    {"forwarded", header, as_forwarded},
    {"agent", header, as_agent},
    {"labels", 16 * 1024, as_labels},
    {"list", 16 * 1024, as_list_query},
    {"fallback", header, as_fallback_cookies},
    {"csv", whole, as_csv, files},
    {"jsonl", whole, as_json_lines, files},
};

std::chrono::nanoseconds thread_time() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

/// A piece as it stands for itself: `#` is a number, `~` the end of a line.
void append(std::string& text, std::string_view piece, std::size_t number) {
  for (const char c : piece) {
    if (c == '#')
      text += std::to_string(number);
    else if (c == '~')
      text += "\r\n";
    else
      text.push_back(c);
  }
}

/// The piece again and again with the numbers from 0 on, or, where `once`, with each number once.
void repeat(std::string& text, std::string_view piece, std::size_t until, std::size_t numbers, bool once) {
  if (piece.empty()) return;
  for (std::size_t times = 0; text.size() < until && !(once && times == numbers); ++times)
    append(text, piece, times % std::max<std::size_t>(numbers, 1));
}

double ns_a_byte(const Reader& reader, const std::string& text) {
  const std::size_t times = std::max<std::size_t>(1, whole / std::max<std::size_t>(text.size(), 1));
  const std::chrono::nanoseconds before = thread_time();
  for (std::size_t i = 0; i < times; ++i) reader.read(text);
  return static_cast<double>((thread_time() - before).count()) / static_cast<double>(times * text.size());
}

void check(const Reader& reader, const std::string& text) {
  if (text.size() < 1024) return;  // what each request costs anyway is more than its bytes
  double least = std::numeric_limits<double>::max();
  for (int tries = 0; tries < 3 && least > reader.most_ns_a_byte; ++tries)
    least = std::min(least, ns_a_byte(reader, text));
  if (std::getenv("FUZZ_COST") != nullptr) std::fprintf(stderr, "  %.1f ns a byte of %zu\n", least, text.size());
  fuzz::require(least <= reader.most_ns_a_byte, "a byte costs little, whatever it is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [first, rest] = fuzz::first_line(fuzz::text_of(data, std::min<std::size_t>(size, 4096)));
  const std::size_t blank = std::min(first.find(' '), first.size());
  const auto* const reader = std::find_if(std::begin(readers), std::end(readers),
                                          [&](const Reader& each) { return each.name == first.substr(0, blank); });
  if (reader == std::end(readers)) return 0;
  std::size_t numbers = 0;
  std::from_chars(first.data() + std::min(blank + 1, first.size()), first.data() + first.size(), numbers);
  numbers = std::min<std::size_t>(numbers, 1 << 20);
  const auto [begin, behind_begin] = fuzz::first_line(rest);
  const auto [piece, behind_piece] = fuzz::first_line(behind_begin);
  const auto [second, end] = fuzz::first_line(behind_piece);
  std::string text;
  append(text, begin, 0);
  const std::size_t until = reader->most - std::min(reader->most, end.size());
  repeat(text, piece, until, numbers, !second.empty());
  repeat(text, second, until, numbers, false);
  append(text, end, 0);
  check(*reader, text);
  return 0;
}
