// Stopping while requests run, and noticing clients that went away.
#include "tests/net/http/fixture.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {
constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
}

BOOST_AUTO_TEST_SUITE(http_stop)

BOOST_AUTO_TEST_CASE(stop_closes_idle_connections_at_once_and_takes_no_new_ones) {
  Running running;
  Client idle(running.port());
  idle.send(get);
  idle.read_response();
  Client fresh(running.port());
  BOOST_TEST(eventually([&] { return running.server.connections() == 2; }));
  const auto start = std::chrono::steady_clock::now();
  running.server.stop(20s);
  BOOST_TEST((std::chrono::steady_clock::now() - start < 5s));
  BOOST_TEST(idle.read_to_end().empty());
  BOOST_TEST(fresh.read_to_end().empty());
  BOOST_TEST(running.server.connections() == 0U);
  BOOST_TEST(!is_listening(running.port()));
  running.server.stop(20s);  // again: nothing
}

BOOST_AUTO_TEST_CASE(a_running_request_is_answered_within_the_grace_and_the_connection_closed) {
  Gate gate;
  Running running(local_options(), gate.handler());
  Client client(running.port());
  client.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  std::thread stopper([&] { running.server.stop(20s); });
  BOOST_TEST(eventually([&] { return !is_listening(running.port()); }));  // stopping has begun
  gate.open = true;
  const std::string answer = client.read_to_end();
  stopper.join();
  BOOST_TEST(contains(answer, "late"));
  BOOST_TEST(contains(answer, "Connection: close\r\n"));
}

BOOST_AUTO_TEST_CASE(a_request_that_outlives_the_grace_loses_its_connection_but_ends_orderly) {
  Gate gate;
  Running running(local_options(), gate.handler());
  Client client(running.port());
  client.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  std::thread stopper([&] { running.server.stop(50ms); });
  BOOST_TEST(client.read_to_end().empty());  // closed while the handler still waits
  BOOST_TEST(gate.waiting == 1);
  gate.open = true;
  stopper.join();
  BOOST_TEST(gate.waiting == 0);
  BOOST_TEST(gate.saw_gone);
  BOOST_TEST(running.server.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(a_server_that_never_started_stops) {
  TestLog log;
  Server server(local_options(), echo, refusal, log.log());
  BOOST_TEST(server.port() != 0);
  server.stop(1s);
}

BOOST_AUTO_TEST_CASE(stop_under_load_loses_no_started_answer) {
  ServerOptions options = local_options();
  options.reactors = 2;
  Running running(options);
  std::atomic<int> torn{0};
  std::atomic<int> whole{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    auto connection = std::make_unique<Client>(running.port());  // here: test macros belong to the main thread
    clients.emplace_back([&, owned = std::move(connection)] {
      Client& client = *owned;
      while (client.send(get)) {
        const std::string answer = client.read_response();
        if (answer.empty()) return;  // closed before it was begun
        ++(answer.size() > 2 && answer.substr(answer.size() - 2) == "<>" ? whole : torn);
        if (contains(answer, "Connection: close")) return;
      }
    });
  }
  BOOST_TEST(eventually([&] { return whole > 200; }));
  running.server.stop(5s);
  for (std::thread& client : clients) client.join();
  BOOST_TEST(torn == 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_closes_while_waiting_is_noticed) {
  Gate gate;
  Running running(local_options(), gate.handler());
  Client client(running.port());
  client.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  BOOST_TEST(!*gate.gone);
  client.close();
  BOOST_TEST(eventually([&] { return gate.gone->load(); }));
  gate.open = true;
}

BOOST_AUTO_TEST_CASE(a_client_that_resets_while_waiting_is_noticed) {
  Gate gate;
  Running running(local_options(), gate.handler());
  Client client(running.port());
  client.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  client.reset();
  BOOST_TEST(eventually([&] { return gate.gone->load(); }));
  gate.open = true;
}

BOOST_AUTO_TEST_CASE(pipelined_bytes_are_not_the_end_but_the_end_behind_them_is) {
  Gate gate;
  Running running(local_options(), gate.handler());
  Client client(running.port());
  client.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  client.send(get);
  Client other(running.port());  // noticed after the bytes of the first were looked at
  other.send(get);
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 2; }));
  const auto others_gone = gate.gone;
  other.close();
  BOOST_TEST(eventually([&] { return others_gone->load(); }));
  gate.open = true;
  BOOST_TEST(contains(client.read_response(), "late"));
  BOOST_TEST(contains(client.read_response(), "late"));
  gate.open = false;
  client.send(std::string(get) + std::string(get));
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  const auto gone = gate.gone;
  BOOST_TEST(!*gone);
  client.close();
  BOOST_TEST(eventually([&] { return gone->load(); }));
  gate.open = true;
}

BOOST_AUTO_TEST_SUITE_END()
