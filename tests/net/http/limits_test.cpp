// What the server refuses: sizes, times, malformed and smuggling requests, too many connections.
#include <sys/resource.h>

#include <ctime>
#include <memory>
#include <vector>

#include "tests/net/http/fixture.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {

ServerOptions hurried() {
  ServerOptions options = local_options();
  options.limits.header_time = 250ms;
  options.limits.body_time = 250ms;
  options.limits.idle_time = 250ms;
  options.limits.write_time = 250ms;
  return options;
}

/// The status the whole connection ends with, which must be the only answer on it.
void is_refused(const Running& running, std::string_view bytes, int status) {
  Client client(running.port());
  client.send(bytes);
  const std::string all = client.read_to_end();
  BOOST_TEST(starts_with(all, "HTTP/1.1 " + std::to_string(status) + " "), "for: " << bytes << " came: " << all);
  BOOST_TEST(contains(all, "X-Refused: yes\r\n"));
  BOOST_TEST(contains(all, "Connection: close\r\n"));
  BOOST_TEST(all.find("HTTP/1.1 ", 1) == std::string::npos);
}

/// Sends a byte every few milliseconds until the server answers or closes.
std::string drip(Client& client, std::string_view start, char byte) {
  client.send(start);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!client.readable(10ms) && std::chrono::steady_clock::now() < end) client.send(std::string_view(&byte, 1));
  return client.read_to_end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_limits)

BOOST_AUTO_TEST_CASE(a_header_over_the_limit_is_431) {
  Running running;
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  is_refused(running, start + "X-Long: " + std::string(17000, 'x') + "\r\n\r\n", 431);
  is_refused(running, "GET /" + std::string(17000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431);
  std::string many = start;
  for (int i = 0; i < 9; ++i) many += "X-Part: " + std::string(2000, 'x') + "\r\n";
  is_refused(running, many + "\r\n", 431);
  std::string lines = start;
  for (int i = 0; i < 200; ++i) lines += "a: b\r\n";
  is_refused(running, lines + "\r\n", 431);
}

BOOST_AUTO_TEST_CASE(a_header_just_under_the_limit_is_read) {
  Running running;
  const std::string value(16 * 1024 - 100, 'x');
  BOOST_TEST(starts_with(ask(running, "GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + value + "\r\n\r\n"), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(a_declared_body_over_the_limit_is_413_before_it_is_sent) {
  Running running;
  is_refused(running, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2097153\r\n\r\n", 413);
  is_refused(running, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2097153\r\nExpect: 100-continue\r\n\r\n", 413);
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_a_body_over_the_limit_still_reads_the_413) {
  Running running;
  const std::string body(3 * 1024 * 1024, 'b');
  is_refused(running, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3145728\r\n\r\n" + body, 413);
}

BOOST_AUTO_TEST_CASE(chunks_over_the_limit_are_413) {
  Running running;
  const std::string half(1200000, 'c');
  is_refused(running,
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n124f80\r\n" + half + "\r\n124f80\r\n" +
                 half + "\r\n0\r\n\r\n",
             413);
  is_refused(running, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\n", 413);
}

BOOST_AUTO_TEST_CASE(announced_bytes_take_no_room) {
  ServerOptions options = local_options();
  options.limits.large_bodies = 100'000;
  Running running(options);
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<Client>(running.port()));
    slow.back()->send(start + "Content-Length: 1000000\r\n\r\nb");
  }
  const std::string large(60'000, 'b');
  BOOST_TEST(starts_with(ask(running, start + "Content-Length: 60000\r\n\r\n" + large), "HTTP/1.1 200"));
  BOOST_TEST(starts_with(ask(running, start + "Transfer-Encoding: chunked\r\n\r\nea60\r\n" + large + "\r\n0\r\n\r\n"),
                         "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(a_reader_that_waits_makes_way_for_a_body_that_comes) {
  for (const std::uint32_t reactors : {1U, 4U}) {
    ServerOptions options = local_options();
    options.limits.large_bodies = 100'000;
    options.reactors = reactors;
    Running running(options);
    const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
    Client slow(running.port());
    slow.send(start + "Content-Length: 90000\r\n\r\n" + std::string(80'000, 's'));
    const std::string large(60'000, 'b');
    BOOST_TEST(eventually([&] {
      return starts_with(ask(running, start + "Content-Length: 60000\r\n\r\n" + large), "HTTP/1.1 200") &&
             slow.readable(1ms);
    }));
    BOOST_TEST(starts_with(slow.read_to_end(), "HTTP/1.1 503 "));
  }
}

BOOST_AUTO_TEST_CASE(a_body_larger_than_the_room_is_503_and_the_usual_ones_need_none) {
  ServerOptions options = local_options();
  options.limits.large_bodies = 50'000;
  Running running(options);
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  is_refused(running, start + "Content-Length: 60000\r\n\r\n" + std::string(60'000, 'b'), 503);
  BOOST_TEST(
      starts_with(ask(running, start + "Content-Length: 4096\r\n\r\n" + std::string(4096, 's')), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(an_endless_chunk_extension_or_trailer_is_refused) {
  Running running;
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  is_refused(running, start + "1;" + std::string(40000, 'e'), 400);
  is_refused(running, start + "0\r\nX-Trailer: " + std::string(40000, 't'), 400);
}

BOOST_AUTO_TEST_CASE(malformed_requests_are_400) {
  Running running;
  const std::string host = "Host: h\r\n";
  for (const std::string& bytes : {
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
           std::string("GET\r\n\r\n"),
           std::string("GET / HTTP/2.0\r\n") + host + "\r\n",
           std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
           std::string("GET /a b HTTP/1.1\r\n") + host + "\r\n",
           std::string("GET / HTTP/1.1\r\nHost : h\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\n") + host + "X\x01: y\r\n\r\n",
           std::string("GET / HTTP/1.1\r\n") + host + "X: a" + std::string(1, '\0') + "b\r\n\r\n",
           std::string("GET / HTTP/1.1\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
           std::string("GET * HTTP/1.1\r\n") + host + "\r\n",
           std::string("GET example.com/x HTTP/1.1\r\n") + host + "\r\n",
           std::string("GET http://user@example.com/ HTTP/1.1\r\n") + host + "\r\n",
           std::string("GET http:///x HTTP/1.1\r\n") + host + "\r\n",
           std::string("CONNECT h:443 HTTP/1.1\r\n") + host + "\r\n",
       }) {
    is_refused(running, bytes, 400);
  }
}

BOOST_AUTO_TEST_CASE(folded_header_lines_are_400_and_a_body_may_have_such_lines) {
  Running running;
  for (const std::string_view fold : {"\r\n ", "\r\n\t", " \r\n \t "}) {
    const std::string folded = "X-Long: one" + std::string(fold) + "two\r\n";
    is_refused(running, "GET / HTTP/1.1\r\nHost: h\r\n" + folded + "\r\n", 400);
    is_refused(running, "GET / HTTP/1.1\r\n" + folded + "Host: h\r\n\r\n", 400);
    is_refused(running, "POST / HTTP/1.1\r\nHost: h\r\n" + folded + "Content-Length: 2\r\n\r\nok", 400);
    is_refused(running, "GET / HTTP/1.1\r\nHost:" + std::string(fold) + "h\r\n\r\n", 400);
  }
  Client client(running.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\na\r\n b\r\n\tc");
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200 "));
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
  client.send("\n ");
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_CASE(smuggling_shapes_are_400_and_nothing_after_them_is_read) {
  Running running;
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string_view lines : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: identity\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length:\r\n",
           "Content-Length: 99999999999999999999999\r\n",
           "Transfer-Encoding : chunked\r\n",
       }) {
    is_refused(running, start + std::string(lines) + "\r\n" + hidden, 400);
  }
  is_refused(running, "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden, 400);
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  is_refused(running, chunked + "5\r\nhelloX\r\n0\r\n\r\n", 400);
  is_refused(running, chunked + "-1\r\n" + hidden, 400);
  is_refused(running, chunked + "g\r\n" + hidden, 400);
}

BOOST_AUTO_TEST_CASE(a_slow_header_is_408_however_it_drips) {
  Running running(hurried());
  Client client(running.port());
  BOOST_TEST(starts_with(drip(client, "GET / HTTP/1.1\r\nHost: h\r\nX: ", 'x'), "HTTP/1.1 408 "));
  Client second(running.port());  // also as a later request of a connection
  second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(starts_with(second.read_response(), "HTTP/1.1 200 "));
  BOOST_TEST(starts_with(drip(second, "G", 'E'), "HTTP/1.1 408 "));
}

BOOST_AUTO_TEST_CASE(a_slow_body_is_408_however_it_drips) {
  Running running(hurried());
  Client client(running.port());
  const std::string answer = drip(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n", 'x');
  BOOST_TEST(starts_with(answer, "HTTP/1.1 408 "));
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word) {
  Running running(hurried());
  Client fresh(running.port());
  BOOST_TEST(fresh.read_to_end().empty());
  Client used(running.port());
  used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  used.read_response();
  BOOST_TEST(used.read_to_end().empty());
  BOOST_TEST(eventually([&] { return running.server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_its_answer_is_cut) {
  Running running(hurried());
  Client client(running.port());
  client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(client.readable(patience));  // it began
  BOOST_TEST(eventually([&] { return running.server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_in_the_middle_leaves_nothing_behind) {
  Running running;
  for (const std::string_view part :
       {"", "GET", "GET / HTTP/1.1\r\nHost: h\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"}) {
    Client client(running.port());
    client.send(part);
    client.finish_sending();
    BOOST_TEST(client.read_to_end().empty());
    Client rude(running.port());
    rude.send(part);
    rude.reset();
  }
  BOOST_TEST(eventually([&] { return running.server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(connections_over_the_limit_wait_in_the_backlog_for_a_slot) {
  ServerOptions options = local_options();
  options.limits.connections = 2;
  options.limits.claim_time = 1h;
  Running running(options);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  auto first = std::make_unique<Client>(running.port());
  Client second(running.port());
  first->send(request);
  second.send(request);
  first->read_response();
  second.read_response();
  Client third(running.port());
  Client fourth(running.port());
  third.send(request);
  fourth.send(request);
  BOOST_TEST(!third.readable(150ms));
  BOOST_TEST(running.server.connections() == 2U);
  first->close();
  BOOST_TEST(starts_with(third.read_response(), "HTTP/1.1 200"));
  BOOST_TEST(!fourth.readable(50ms));
  third.close();
  BOOST_TEST(starts_with(fourth.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(who_left_while_waiting_for_a_slot_is_known_to_be_gone_at_once) {
  ServerOptions options = local_options();
  options.limits.connections = 1;
  options.limits.claim_time = 1h;
  std::atomic<int> gone{0}, live{0};
  const auto handler = [&](Request& request, Exchange exchange) {
    ++(exchange.gone->load() ? gone : live);
    return echo(request, std::move(exchange));
  };
  Running running(options, handler);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  auto first = std::make_unique<Client>(running.port());
  first->send(request);
  first->read_response();
  std::vector<std::unique_ptr<Client>> rush;
  for (int i = 0; i < 8; ++i) {
    rush.push_back(std::make_unique<Client>(running.port()));
    rush.back()->send(request);
    rush.back()->close();
  }
  Client patient(running.port());
  patient.send(request);
  for (int i = 0; i < 2; ++i) {  // after two round trips the reactor has seen who waits
    first->send(request);
    first->read_response();
  }
  first->close();
  BOOST_TEST(starts_with(patient.read_response(), "HTTP/1.1 200"));
  BOOST_TEST(gone == 8);
  BOOST_TEST(live == 4);
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_is_said_waited_out_and_does_not_spin) {
  Running running;
  running.log.log().warning("first");  // UBSan opens a pipe when it meets a class for the first time
  Client warm(running.port());         // threads that start open and close files of their own
  warm.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  warm.read_response();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // the lowest free number: all below are taken
  rlimit none_left = before;
  none_left.rlim_cur = static_cast<rlim_t>(fd) + 1;
  ::setrlimit(RLIMIT_NOFILE, &none_left);
  Client client(fd, running.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::clock_t start = std::clock();
  BOOST_TEST(!client.readable(300ms));
  const std::clock_t used = std::clock() - start;
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_TEST(starts_with(client.read_response(), "HTTP/1.1 200"));
  BOOST_TEST(used < CLOCKS_PER_SEC / 10);
  BOOST_TEST(contains(running.log.text(), "cannot be accepted"));
}

BOOST_AUTO_TEST_SUITE_END()
