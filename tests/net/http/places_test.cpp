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

ServerOptions with_places(std::size_t places) {
  ServerOptions options = local_options();
  options.limits.connections = places;
  options.limits.place_time = 0ms;
  return options;
}

struct Places {
  explicit Places(const ServerOptions& options) : shared(options, echo, refusal, log.log()) {}
  Admission take(const std::string& address) {
    auto [admission, place] = shared.take_place(boost::asio::ip::make_address(address));
    if (place) taken.push_back(std::move(place));
    return admission;
  }
  TestLog log;
  Shared shared;
  std::vector<Place> taken;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_places)

BOOST_AUTO_TEST_CASE(the_connection_that_is_idle_for_longest_makes_place_for_a_new_one) {
  for (const std::uint32_t reactors : {1U, 4U}) {
    ServerOptions options = with_places(4);
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
  Running running(with_places(3));
  Client first(running.port()), second(running.port()), third(running.port());
  for (Client* each : {&first, &second, &third, &first}) BOOST_TEST(serves(*each));
  Client fourth(running.port());
  BOOST_TEST(serves(fourth));
  BOOST_TEST(second.read_to_end().empty());
  BOOST_TEST(serves(first));
  BOOST_TEST(serves(third));
}

BOOST_AUTO_TEST_CASE(a_request_that_is_answered_or_on_its_way_keeps_its_place) {
  Gate gate;
  Running running(with_places(2), gate.handler());
  Client handled(running.port()), sending(running.port());
  handled.send(request);
  BOOST_TEST(eventually([&] { return gate.waiting == 1; }));
  sending.send(request.substr(0, 10));
  Client third(running.port());
  third.send(request);
  BOOST_TEST(!third.readable(150ms));
  gate.open = true;
  BOOST_TEST(starts_with(handled.read_response(), "HTTP/1.1 200"));
  BOOST_TEST(starts_with(third.read_response(), "HTTP/1.1 200"));
  sending.send(request.substr(10));
  BOOST_TEST(starts_with(sending.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(who_has_not_asked_yet_keeps_the_place_for_the_time_of_a_header) {
  Running running(with_places(1));
  Client silent(running.port());
  BOOST_TEST(eventually([&] { return running.server.connections() == 1; }));
  Client second(running.port());
  second.send(request);
  BOOST_TEST(!second.readable(150ms));
  BOOST_TEST(serves(silent));
  BOOST_TEST(starts_with(second.read_response(), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(a_network_has_at_most_a_quarter_of_the_places) {
  Places places(with_places(80));
  for (int i = 0; i < 20; ++i) BOOST_TEST((places.take("203.0.113." + std::to_string(i)) == Admission::admitted));
  BOOST_TEST((places.take("203.0.113.200") == Admission::no_share));
  BOOST_TEST((places.take("::ffff:203.0.113.9") == Admission::no_share));
  BOOST_TEST((places.take("203.0.114.1") == Admission::admitted));
  for (int i = 0; i < 20; ++i) BOOST_TEST((places.take("2001:db8::" + std::to_string(i)) == Admission::admitted));
  BOOST_TEST((places.take("2001:db8::ffff:ffff") == Admission::no_share));
  BOOST_TEST((places.take("2001:db8:0:1::1") == Admission::admitted));
  places.taken.erase(places.taken.begin());
  BOOST_TEST((places.take("203.0.113.200") == Admission::admitted));
  BOOST_TEST((places.take("203.0.113.201") == Admission::no_share));
  places.taken.clear();
  BOOST_TEST(places.shared.places == 0U);
}

BOOST_AUTO_TEST_CASE(proxies_and_this_machine_may_have_all_places) {
  ServerOptions options = with_places(80);
  options.proxies = TrustedProxies("10.0.0.0/8");
  for (const char* address : {"127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3"}) {
    Places places(options);
    for (int i = 0; i < 80; ++i) BOOST_TEST((places.take(address) == Admission::admitted));
    BOOST_TEST((places.take(address) == Admission::no_place));
  }
}

BOOST_AUTO_TEST_SUITE_END()
