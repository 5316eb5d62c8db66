// The places that a server has for connections: who gets one when none is left, and how many one network has.
#include "net/http/shared.hpp"

#include <memory>
#include <string>
#include <vector>

#include "tests/net/http/fixture.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {

const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

bool serves(Client& client) { return client.send(request) && starts_with(client.read_response(), "HTTP/1.1 200"); }

ServerOptions with_slots(std::size_t slots, std::chrono::milliseconds claim_time = 0ms) {
  ServerOptions options = local_options();
  options.limits.connections = slots;
  options.limits.claim_time = claim_time;
  options.limits.leaving_time = 0ms;
  return options;
}

/// Sends the text a byte at a time until `other` has its answer; false when all is sent and it has none.
bool is_answered_while_dripping(Client& dripping, std::string_view text, Client& other) {
  for (const char each : text) {
    dripping.send({&each, 1});
    if (other.readable(20ms)) return starts_with(other.read_response(), "HTTP/1.1 200");
  }
  return false;
}

struct Slots {
  explicit Slots(const ServerOptions& options) : shared(options, echo, refusal, log.log()) {}
  Admission take(const std::string& address) {
    auto [admission, slot] = shared.take_slot(boost::asio::ip::make_address(address));
    if (slot) taken.push_back(std::move(slot));
    return admission;
  }
  TestLog log;
  Shared shared;
  std::vector<Slot> taken;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_slots)

BOOST_AUTO_TEST_CASE(the_connection_that_is_idle_for_longest_makes_way_for_a_new_one) {
  for (const std::uint32_t reactors : {1U, 4U}) {
    ServerOptions options = with_slots(4);
    options.reactors = reactors;
    Running running(options);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 12; ++i) {
      clients.push_back(std::make_unique<Client>(running.port()));
      BOOST_TEST(serves(*clients.back()));
    }
    BOOST_TEST(running.server.connections() <= 4U);
    if (reactors > 1) continue;
    for (std::size_t i = 0; i < 8; ++i) BOOST_TEST(clients[i]->read_to_end().empty());
    for (std::size_t i = 8; i < 12; ++i) BOOST_TEST(serves(*clients[i]));
  }
}

BOOST_AUTO_TEST_CASE(who_asks_again_is_not_the_longest_idle_any_more) {
  Running running(with_slots(3));
  Client first(running.port()), second(running.port()), third(running.port());
  for (Client* each : {&first, &second, &third, &first}) BOOST_TEST(serves(*each));
  Client fourth(running.port());
  BOOST_TEST(serves(fourth));
  BOOST_TEST(second.read_to_end().empty());
  BOOST_TEST(serves(first));
  BOOST_TEST(serves(third));
}

BOOST_AUTO_TEST_CASE(a_request_that_is_being_answered_keeps_its_slot_and_leaves_it_with_the_answer) {
  Gate gate;
  Running running(with_slots(1), gate.handler());
  Client handled(running.port());
  handled.send(request);
  BOOST_TEST(eventually([&] { return gate.waiting == 1; }));
  Client second(running.port());
  second.send(request);
  BOOST_TEST(!second.readable(150ms));
  gate.open = true;
  const std::string answer = handled.read_response();
  BOOST_TEST(starts_with(answer, "HTTP/1.1 200"));
  BOOST_TEST(contains(answer, "Connection: close\r\n"));
  BOOST_TEST(handled.read_to_end().empty());
  BOOST_TEST(starts_with(second.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(who_asks_again_and_again_is_told_to_leave_with_an_answer) {
  Running running(with_slots(1, 300ms));
  Client busy(running.port());
  BOOST_TEST(serves(busy));
  Client second(running.port());
  second.send(request);
  BOOST_TEST(eventually([&] { return busy.send(request) && contains(busy.read_response(), "Connection: close\r\n"); }));
  BOOST_TEST(starts_with(second.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(where_slots_become_free_by_themselves_nobody_is_told_to_leave) {
  Gate gate;
  ServerOptions options = with_slots(1);
  options.limits.leaving_time = 1h;
  Running running(options, gate.handler());
  Client handled(running.port());
  handled.send(request);
  BOOST_TEST(eventually([&] { return gate.waiting == 1; }));
  Client second(running.port());
  second.send(request);
  BOOST_TEST(!second.readable(150ms));
  gate.open = true;
  BOOST_TEST(!contains(handled.read_response(), "Connection: close\r\n"));
}

BOOST_AUTO_TEST_CASE(a_request_on_its_way_and_who_has_not_asked_yet_keep_the_slot_for_their_time) {
  for (const std::string_view part : {"", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na"}) {
    const std::string whole = contains(std::string(part), "Length") ? std::string(part) + "b" : request;
    Running running(with_slots(1, 1h));
    Client slow(running.port());
    slow.send(part);
    BOOST_TEST(eventually([&] { return running.server.connections() == 1; }));
    Client second(running.port());
    second.send(request);
    BOOST_TEST(!second.readable(150ms));
    slow.send(whole.substr(part.size()));
    BOOST_TEST(starts_with(slow.read_response(), "HTTP/1.1 200"));
    slow.close();
    BOOST_TEST(starts_with(second.read_response(), "HTTP/1.1 200"));
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_come_whole_loses_its_slot) {
  for (const std::string_view part : {"", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n",
                                      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\nabc"}) {
    for (const bool asked_before : {false, true}) {
      Running running(with_slots(1, 100ms));
      Client slow(running.port());
      if (asked_before) BOOST_TEST(serves(slow));
      slow.send(part);
      BOOST_TEST(eventually([&] { return running.server.connections() == 1; }));
      Client second(running.port());
      BOOST_TEST(serves(second));
      const std::string answer = slow.read_to_end();
      BOOST_TEST(starts_with(answer, part.empty() ? "" : "HTTP/1.1 503 "));
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_drip_do_not_renew_the_time_of_a_request) {
  const std::string header = "GET /" + std::string(8000, 'a');
  const std::string body = "GET / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n" + std::string(8000, 'a');
  for (const std::string& text : {header, body}) {
    Running running(with_slots(1, 300ms));
    Client slow(running.port());
    BOOST_TEST(eventually([&] { return running.server.connections() == 1; }));
    Client second(running.port());
    second.send(request);
    BOOST_TEST(is_answered_while_dripping(slow, text, second));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_taken_loses_its_slot) {
  Running running(with_slots(1, 100ms));
  Client deaf(running.port());
  deaf.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(deaf.readable(patience));
  Client second(running.port());
  BOOST_TEST(serves(second));
  BOOST_TEST(deaf.read_to_end().size() < 8U * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(who_is_idle_loses_the_slot_before_a_request_on_its_way) {
  Running running(with_slots(2, 100ms));
  Client idle(running.port()), slow(running.port());
  BOOST_TEST(serves(idle));
  slow.send(request.substr(0, 10));
  Client third(running.port());
  BOOST_TEST(serves(third));
  BOOST_TEST(idle.read_to_end().empty());
  slow.send(request.substr(10));
  BOOST_TEST(starts_with(slow.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(a_network_has_at_most_a_quarter_of_the_slots) {
  Slots slots(with_slots(80));
  for (int i = 0; i < 20; ++i) BOOST_TEST((slots.take("203.0.113." + std::to_string(i)) == Admission::admitted));
  BOOST_TEST((slots.take("203.0.113.200") == Admission::no_share));
  BOOST_TEST((slots.take("::ffff:203.0.113.9") == Admission::no_share));
  BOOST_TEST((slots.take("203.0.114.1") == Admission::admitted));
  for (int i = 0; i < 20; ++i) BOOST_TEST((slots.take("2001:db8::" + std::to_string(i)) == Admission::admitted));
  BOOST_TEST((slots.take("2001:db8::ffff:ffff") == Admission::no_share));
  BOOST_TEST((slots.take("2001:db8:0:1::1") == Admission::admitted));
  slots.taken.erase(slots.taken.begin());
  BOOST_TEST((slots.take("203.0.113.200") == Admission::admitted));
  BOOST_TEST((slots.take("203.0.113.201") == Admission::no_share));
  slots.taken.clear();
  BOOST_TEST(slots.shared.slots == 0U);
}

BOOST_AUTO_TEST_CASE(proxies_and_this_machine_may_have_all_slots) {
  ServerOptions options = with_slots(80);
  options.proxies = TrustedProxies("10.0.0.0/8");
  for (const char* address : {"127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3"}) {
    Slots slots(options);
    for (int i = 0; i < 80; ++i) BOOST_TEST((slots.take(address) == Admission::admitted));
    BOOST_TEST((slots.take(address) == Admission::no_slot));
  }
}

BOOST_AUTO_TEST_SUITE_END()
