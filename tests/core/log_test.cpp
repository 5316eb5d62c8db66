#include "core/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>

namespace portcullis {
namespace {

/// What a log wrote, read from a pipe once everything is said.
template <class Say>
std::string logged(Log::Format format, Say say) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const SystemClock clock;
  auto log = std::make_unique<Log>(clock, format, Log::Level::info, ends[1]);
  say(*log);
  std::string out;
  std::thread reader([&] {
    std::string chunk(65536, '\0');
    for (ssize_t got = 0; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
      out.append(chunk, 0, static_cast<std::size_t>(got));
  });
  log.reset();
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_log)

BOOST_AUTO_TEST_CASE(a_client_cannot_forge_a_log_line) {
  const auto say = [](Log& log) {
    log.security(
        SecurityLine{"sign_in", "failed", "p", "u\n2026 security event=sign_in", "203.0.113.0/24", "a\"b", "r"});
  };
  for (const Log::Format format : {Log::Format::text, Log::Format::json}) {
    const std::string out = logged(format, say);
    BOOST_TEST(std::count(out.begin(), out.end(), '\n') == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_client_cannot_steer_a_terminal_that_shows_the_log) {
  const auto say = [](Log& log) {
    log.security(
        SecurityLine{"sign_in", "failed", "p", "u\xc2\x9b[2J", "203.0.113.0/24", "raw \x9b[2J", "r\xe2\x80\xae"});
    log.info("name \xc2\x9b");
  };
  for (const Log::Format format : {Log::Format::text, Log::Format::json}) {
    const std::string out = logged(format, say);
    for (const char* raw : {"\xc2\x9b", "\xe2\x80\xae", " \x9b"}) BOOST_TEST(out.find(raw) == std::string::npos);
    BOOST_TEST(out.find("\\u009b") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(log_lines_have_one_shape_in_each_format) {
  const auto say = [](Log& log) {
    log.info("ready\x1b[0m");
    log.access(AccessLine{"GET", "/v1/account", "p", "r-1", 200, 12});
    log.security(SecurityLine{"sign_in", "failed", "p", "", "203.0.113.0/24", "no\"such", "r-2"});
  };
  // After the time, which takes 29 characters of text and 38 of JSON.
  const auto rests = [](const std::string& out, std::size_t from) {
    std::string rest;
    for (std::size_t start = 0, end = 0; (end = out.find('\n', start)) != std::string::npos; start = end + 1)
      rest += out.substr(start + from, end + 1 - start - from);
    return rest;
  };
  BOOST_TEST(rests(logged(Log::Format::text, say), 29) ==
             " info  ready\\x1b[0m\n"
             " info  GET /v1/account 200 12us project=p request=r-1\n"
             " security  event=sign_in outcome=failed project=p network=203.0.113.0/24 reason=no\"such request=r-2\n");
  BOOST_TEST(rests(logged(Log::Format::json, say), 38) ==
             R"(","level":"info","message":"ready\u001b[0m"}
","level":"info","event":"request","method":"GET","route":"/v1/account","status":200,"us":12,"project":"p","request":"r-1"}
","level":"info","security":true,"event":"sign_in","outcome":"failed","project":"p","network":"203.0.113.0/24","reason":"no\"such","request":"r-2"}
)");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_the_buffer_of_the_log_is_counted_and_told) {
  const std::string out = logged(Log::Format::text, [](Log& log) {
    // The pipe takes 64 KiB and nobody reads before the end, so that nothing moves on from the full buffer.
    const std::string line(60 * 1024, 'x');
    for (int i = 0; i < 200; ++i) log.info(line);
    BOOST_TEST(log.dropped() > 0U);
  });
  BOOST_TEST(out.find("log lines were dropped: the buffer was full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_flush_waits_for_what_was_said_and_levels_hold) {
  const std::string out = logged(Log::Format::text, [](Log& log) {
    log.info("first");
    log.access(AccessLine{"GET", "/v1/account", "p", "r-1", 200, 12});
    log.flush();
    log.error("last");
  });
  BOOST_TEST(out.find("first") < out.find("/v1/account"));
  BOOST_TEST(out.find("/v1/account") < out.find("last"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
