// What a well-behaved client gets from the server.
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "core/scheduling.hpp"
#include "tests/net/http/fixture.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {

/// Those that reactors of this process are kept to, each to one.
std::set<std::size_t> processors_of_reactors() {
  std::set<std::size_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(task.path() / "comm") >> name;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (!name.starts_with("reactor-") ||
        ::sched_getaffinity(std::stoi(task.path().filename()), sizeof set, &set) != 0 || CPU_COUNT(&set) != 1)
      continue;
    std::size_t only = 0;
    while (!CPU_ISSET(only, &set)) ++only;
    found.insert(only);
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_server)

BOOST_AUTO_TEST_CASE(a_get_is_answered_with_length_and_date) {
  Running running;
  const std::string response = ask(running, "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(starts_with(response, "HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(contains(response, "X-Method: GET\r\n"));
  BOOST_TEST(contains(response, "X-Target: /a?b=c\r\n"));
  BOOST_TEST(contains(response, "X-Peer: 127.0.0.1\r\n"));
  BOOST_TEST(contains(response, "X-Loopback: yes\r\n"));
  BOOST_TEST(contains(response, "X-Tls: no\r\n"));
  BOOST_TEST(contains(response, "Content-Length: 2\r\n"));
  BOOST_TEST(contains(response, " GMT\r\n"));
  BOOST_TEST(!contains(response, "Connection:"));
}

BOOST_AUTO_TEST_CASE(one_connection_serves_many_requests) {
  Running running;
  Client client(running.port());
  for (int i = 0; i < 50; ++i) {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    BOOST_TEST(contains(client.read_response(), "\r\n\r\n<abc>"));
  }
  BOOST_TEST(running.server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  Running running;
  Client client(running.port());
  constexpr int count = 100;  // more than the 16 answered in a row
  std::string all;
  for (int i = 0; i < count; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(all);
  for (int i = 0; i < count; ++i) {
    BOOST_TEST(contains(client.read_response(), "X-Target: /" + std::to_string(i) + "\r\n"));
  }
}

BOOST_AUTO_TEST_CASE(sixteen_pipelined_bodies_stay_apart) {
  Running running;
  Client client(running.port());
  std::string all;
  for (int i = 0; i < 16; ++i) {
    const std::string body(static_cast<std::size_t>(i * 500), static_cast<char>('a' + i));
    all += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  client.send(all);
  for (int i = 0; i < 16; ++i) {
    const std::string body(static_cast<std::size_t>(i * 500), static_cast<char>('a' + i));
    BOOST_TEST(contains(client.read_response(), "\r\n\r\n<" + body + ">"));
  }
}

BOOST_AUTO_TEST_CASE(a_request_split_at_any_byte_is_read_the_same) {
  Running running;
  const std::string request =
      "\r\nPOST /split HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nwiki\r\n6;x=y\r\npedia \r\n0\r\nX-Smuggled: no\r\n\r\n";
  Client client(running.port());
  for (std::size_t at = 1; at < request.size(); ++at) {
    client.send(std::string_view(request).substr(0, at));
    // Not waiting would let the kernel join the halves; an answer this early would be wrong anyway.
    BOOST_REQUIRE(!client.readable(1ms));
    client.send(std::string_view(request).substr(at));
    const std::string response = client.read_response();
    BOOST_REQUIRE_MESSAGE(contains(response, "\r\n\r\n<wikipedia >"), "split at " << at << ": " << response);
    BOOST_REQUIRE(contains(response, "X-Target: /split\r\n"));
    BOOST_REQUIRE(contains(response, "X-Smuggled: \r\n"));
  }
}

BOOST_AUTO_TEST_CASE(a_request_sent_byte_by_byte_is_read) {
  Running running;
  Client client(running.port());
  for (const char c : std::string_view("POST /drip HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")) {
    client.send(std::string_view(&c, 1));
  }
  BOOST_TEST(contains(client.read_response(), "<hello>"));
}

BOOST_AUTO_TEST_CASE(head_has_the_length_but_not_the_body) {
  Running running;
  Client client(running.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string head = client.read_response(true);
  BOOST_TEST(contains(head, "X-Method: HEAD\r\n"));
  BOOST_TEST(contains(head, "Content-Length: 2\r\n"));
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200 OK\r\n"));
}

BOOST_AUTO_TEST_CASE(no_content_has_neither_body_nor_length) {
  Running running;
  Client client(running.port());
  client.send("GET /empty HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string response = client.read_response();
  BOOST_TEST(starts_with(response, "HTTP/1.1 204 No Content\r\n"));
  BOOST_TEST(!contains(response, "Content-Length"));
}

BOOST_AUTO_TEST_CASE(http_1_0_closes_unless_asked_to_keep) {
  Running running;
  Client closing(running.port());
  closing.send("GET / HTTP/1.0\r\n\r\n");
  BOOST_TEST(contains(closing.read_to_end(), "Connection: close\r\n"));
  Client keeping(running.port());
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(contains(keeping.read_response(), "Connection: keep-alive\r\n"));
  }
}

BOOST_AUTO_TEST_CASE(connection_close_is_obeyed_and_what_follows_is_not_read) {
  Running running;
  Client client(running.port());
  client.send("GET /one HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /two HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string all = client.read_to_end();
  BOOST_TEST(contains(all, "/one"));
  BOOST_TEST(contains(all, "Connection: close\r\n"));
  BOOST_TEST(!contains(all, "/two"));
}

BOOST_AUTO_TEST_CASE(expect_continue_gets_its_go_ahead_before_the_body) {
  Running running;
  Client client(running.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_response();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n");
  BOOST_TEST(client.read_response() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  BOOST_TEST(contains(client.read_response(), "<body>"));
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody");
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200 OK"));  // the body came along: no go-ahead needed
}

BOOST_AUTO_TEST_CASE(an_absolute_target_becomes_origin_form_and_its_host_wins) {
  Running running;
  const std::string response = ask(running, "GET http://real.example:81/p?q HTTP/1.1\r\nHost: other\r\n\r\n");
  BOOST_TEST(contains(response, "X-Target: /p?q\r\n"));
  BOOST_TEST(contains(response, "X-Host: real.example:81\r\n"));
  BOOST_TEST(contains(ask(running, "GET https://a?x HTTP/1.1\r\nHost: h\r\n\r\n"), "X-Target: /?x\r\n"));
  BOOST_TEST(contains(ask(running, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), "X-Target: *\r\n"));
}

BOOST_AUTO_TEST_CASE(several_forwarded_for_lines_are_one_list) {
  Running running;
  const std::string response =
      ask(running, "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n\r\n");
  BOOST_TEST(contains(response, "X-Forwarded: 1.1.1.1, 2.2.2.2\r\n"));
}

BOOST_AUTO_TEST_CASE(a_body_of_a_megabyte_passes_with_length_and_in_chunks) {
  Running running;
  Client client(running.port());
  const std::string body(1024 * 1024, 'm');
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + body);
  BOOST_TEST(client.read_response().size() > body.size());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + body + "\r\n0\r\n\r\n");
  BOOST_TEST(client.read_response().size() > body.size());
}

BOOST_AUTO_TEST_CASE(a_body_larger_than_the_socket_buffers_arrives_whole) {
  Running running;
  Client client(running.port());
  client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string big = client.read_response();
  BOOST_TEST(big.size() > 8U * 1024 * 1024);
  BOOST_TEST(big.back() == 'b');
  BOOST_TEST(contains(client.read_response(), "<>"));
}

BOOST_AUTO_TEST_CASE(an_exception_is_a_mute_500_and_a_line_in_the_log) {
  Running running;
  Client client(running.port());
  client.send("GET /throws HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string response = client.read_response();
  BOOST_TEST(starts_with(response, "HTTP/1.1 500 "));
  BOOST_TEST(contains(response, "X-Refused: yes"));
  BOOST_TEST(!contains(response, "private reason"));
  BOOST_TEST(contains(running.log.text(), "private reason"));
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200 OK"));
}

BOOST_AUTO_TEST_CASE(several_reactors_serve_one_port) {
  ServerOptions options = local_options();
  options.reactors = 4;
  Running running(options);
  for (int i = 0; i < 40; ++i) {
    BOOST_TEST(starts_with(ask(running, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 200 OK"));
  }
}

BOOST_AUTO_TEST_CASE(as_many_reactors_as_processors_keep_to_one_each) {
  ServerOptions options = local_options();
  options.reactors = usable_processors();
  options.pin_reactors = true;
  Running running(options);
  BOOST_TEST(starts_with(ask(running, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 200 OK"));
  for (int i = 0; i < 5000 && processors_of_reactors().size() < options.reactors; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // until all have started
  BOOST_TEST(processors_of_reactors().size() == options.reactors);
}

BOOST_AUTO_TEST_CASE(another_number_of_reactors_runs_anywhere) {
  ServerOptions options = local_options();
  options.reactors = usable_processors() + 1;
  options.pin_reactors = true;
  Running running(options);
  BOOST_TEST(starts_with(ask(running, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 200 OK"));
  const std::size_t expected = usable_processors() == 1 ? 1 : 0;
  for (int i = 0; i < 5000 && processors_of_reactors().size() != expected; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // until those of another server have left
  BOOST_TEST(processors_of_reactors().size() == expected);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_refused_even_when_it_could_be_shared) {
  ServerOptions options = local_options();
  options.reactors = 2;
  Running running(options);
  options.port = running.port();
  TestLog log;
  BOOST_CHECK_EXCEPTION(Server(options, echo, refusal, log.log()), std::runtime_error, [&](const std::exception& e) {
    return contains(e.what(), "127.0.0.1:" + std::to_string(options.port));
  });
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_there_is_refused_by_name) {
  ServerOptions options = local_options();
  options.host = "203.0.113.7";
  TestLog log;
  BOOST_CHECK_EXCEPTION(Server(options, echo, refusal, log.log()), std::runtime_error,
                        [](const std::exception& e) { return contains(e.what(), "203.0.113.7"); });
}

BOOST_AUTO_TEST_SUITE_END()
