// Which reactor a connection lives on, and that it moves from a busy one to an idle one unnoticed.
#include <sched.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "core/processor_claim.hpp"
#include "core/scheduling.hpp"
#include "net/http/balance.hpp"
#include "tests/net/http/fixture.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// Keeps the calling thread to one processor, counted from 0, while it lives.
class Kept {
 public:
  explicit Kept(std::size_t processor) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    keep_to_processor(processor);
  }
  ~Kept() { ::sched_setaffinity(0, sizeof before_, &before_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  cpu_set_t before_{};
};

void use_processor(std::chrono::nanoseconds time) {
  const auto end = processor_time() + time;
  while (processor_time() < end) {
  }
}

/// Answers with the reactor's number; with /busy after a millisecond of work.
awaitable<Response> name_reactor(Request& request, Exchange exchange) {
  if (request.target == "/busy") use_processor(1ms);
  Response response;
  response.body = std::to_string(exchange.reactor);
  co_return response;
}

ServerOptions steered_options() {
  ServerOptions options = local_options();
  options.reactors = usable_processors();
  options.pin_reactors = true;
  return options;
}

std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

/// Where other processes keep a reactor waiting for its processor it counts as busy, and connections go by the hash for
/// the next ten seconds.
template <class Fact>
bool calmly(Fact fact) {
  return eventually(std::move(fact), 40s);
}

bool has_two_processors(const char* test) {
  if (usable_processors() > 1) return true;
  BOOST_TEST_MESSAGE(test << ": NOT TESTED, there is one processor");
  return false;
}

/// Two sockets that listen on one port.
class Listeners {
 public:
  Listeners() {
    for (int& fd : fds_) {
      fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      const int on = 1;
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
      sockaddr_in where{};
      where.sin_family = AF_INET;
      where.sin_port = htons(port_);
      where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof where;
      BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&where), size) == 0);
      BOOST_REQUIRE(::listen(fd, 128) == 0);
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size);
      port_ = ntohs(where.sin_port);
    }
  }
  ~Listeners() {
    for (const int fd : fds_) ::close(fd);
  }
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  [[nodiscard]] int any() const noexcept { return fds_[1]; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Those that get any of 40 new connections.
  [[nodiscard]] std::set<std::size_t> reached() const {
    std::set<std::size_t> found;
    for (int i = 0; i < 40; ++i) {
      const Client client(port_);
      std::array<pollfd, 2> watched{pollfd{fds_[0], POLLIN, 0}, pollfd{fds_[1], POLLIN, 0}};
      BOOST_REQUIRE(::poll(watched.data(), watched.size(), 10'000) == 1);
      const std::size_t at = watched[0].revents != 0 ? 0 : 1;
      ::close(::accept(fds_.at(at), nullptr, nullptr));
      found.insert(at);
    }
    return found;
  }

 private:
  std::array<int, 2> fds_{};
  std::uint16_t port_ = 0;
};

/// Clients that keep asking, each on a thread and a connection of its own, until end().
class Crowd {
 public:
  enum class Way {
    work,   ///< each request costs the server a millisecond
    wander  ///< each client goes to another processor now and then, and its connection after it
  };
  Crowd(std::uint16_t port, int size, Way way) {
    for (int i = 0; i < size; ++i) {
      auto owned = std::make_unique<Client>(port);  // here: test macros belong to the main thread
      threads_.emplace_back([this, way, client = std::move(owned)] { keep_asking(client->fd(), way); });
    }
  }
  ~Crowd() { end(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  void end() {
    ended_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  [[nodiscard]] unsigned answered_by(std::size_t reactor) const { return answers_.at(reactor); }
  [[nodiscard]] unsigned reactors() const {
    const auto some = [](const std::atomic<unsigned>& each) { return each > 0; };
    return static_cast<unsigned>(std::count_if(answers_.begin(), answers_.end(), some));
  }
  /// Connections that ended, or were silent for long, before end().
  [[nodiscard]] unsigned torn() const { return torn_; }

 private:
  void keep_asking(int fd, Way way) {
    const std::string_view request = way == Way::work ? "GET /busy HTTP/1.1\r\nHost: h\r\n\r\n" : get;
    std::optional<Kept> kept;
    for (std::size_t n = 0; !ended_; ++n) {
      if (way == Way::wander && n % 20 == 0) {
        kept.reset();
        kept.emplace(n / 20 % 2);
      }
      const std::string answer = ask_once(fd, request);
      if (!starts_with(answer, "HTTP/1.1 200 OK\r\n")) {
        ++torn_;
        return;
      }
      ++answers_.at(std::stoul(body_of(answer)) % answers_.size());
    }
  }
  /// An answer here comes in one piece: it is short, and written at once.
  static std::string ask_once(int fd, std::string_view request) {
    std::array<char, 4096> part{};
    pollfd watched{fd, POLLIN, 0};
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0 || ::poll(&watched, 1, 10'000) != 1) return {};
    const ssize_t count = ::recv(fd, part.data(), part.size(), 0);
    return {part.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }
  std::atomic<bool> ended_{false};
  std::atomic<unsigned> torn_{0};
  std::array<std::atomic<unsigned>, 64> answers_{};
  std::vector<std::thread> threads_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_balance)

BOOST_AUTO_TEST_CASE(a_busy_reactor_gives_half_of_the_difference) {
  BOOST_TEST(surplus(100, 1.0, 0.0) == 50U);
  BOOST_TEST(surplus(100, 1.0, 0.5) == 25U);
  BOOST_TEST(surplus(100, 0.8, 0.6) == 0U);   // little busier
  BOOST_TEST(surplus(100, 0.49, 0.0) == 0U);  // not busy
  BOOST_TEST(surplus(100, 0.5, 0.0) == 50U);
  BOOST_TEST(surplus(1, 1.0, 0.0) == 0U);  // would only be busy elsewhere
  BOOST_TEST(surplus(2, 1.0, 0.0) == 1U);
  BOOST_TEST(surplus(0, 1.0, 0.0) == 0U);
}

BOOST_AUTO_TEST_CASE(listeners_are_steered_by_processor_or_by_hash) {
  if (!has_two_processors("steering")) return;
  const Listeners listeners;
  const std::vector<unsigned> processors = processor_numbers();
  for (std::size_t i = 0; i < 2; ++i) {
    const Kept kept(i);
    steer_by_processor(listeners.any(), {processors[0], processors[1]});
    BOOST_TEST((listeners.reached() == std::set<std::size_t>{i}));
    steer_by_processor(listeners.any(), {processors[1], processors[0]});
    BOOST_TEST((listeners.reached() == std::set<std::size_t>{1 - i}));
    steer_by_processor(listeners.any(), {100'000, 100'001});  // of none of them
    BOOST_TEST(listeners.reached().size() == 2U);
    steer_by_processor(listeners.any(), {processors[0], processors[1]});
    steer_by_hash(listeners.any());
    BOOST_TEST(listeners.reached().size() == 2U);
  }
  steer_by_processor(-1, processors);  // hints: nothing happens
  steer_by_hash(-1);
}

BOOST_AUTO_TEST_CASE(a_busy_reactor_lets_connections_go_by_the_hash_until_one_could_carry_all) {
  if (!has_two_processors("spreading")) return;
  const Listeners listeners;
  const std::vector<unsigned> numbers = processor_numbers();
  const std::vector<unsigned> processors{numbers[0], numbers[1]};
  const Kept kept(0);
  steer_by_processor(listeners.any(), processors);
  Balances all(2);
  all.processors = processors;
  std::vector<std::atomic<double>>& loads = all.loads;
  Balance balance(0, all);
  balance.listens_on(listeners.any());
  Steady now{1h};
  std::chrono::nanoseconds wanted{0};
  balance.update(now, wanted);
  std::vector<Balance::Mark> marks(8);
  const auto relief = [&] {
    Balance::Mark known;
    known.requests = 2;
    return balance.better_reactor(known);
  };
  const auto pass = [&](std::chrono::milliseconds time, bool busy) {
    now += time;
    if (busy) wanted += time;
    for (Balance::Mark& mark : marks) balance.count_active(mark, -1);
    for (Balance::Mark& mark : marks) balance.count_active(mark, -1);  // counts once
    balance.update(now, wanted);
  };
  pass(300ms, false);
  BOOST_TEST(loads[0] < 0.5);
  BOOST_TEST(!relief());
  BOOST_TEST((listeners.reached() == std::set<std::size_t>{0}));

  pass(300ms, true);
  BOOST_TEST(loads[0] > 0.9);
  BOOST_TEST((loads[1] > 0.4 && loads[1] < 0.6));        // what it will have
  BOOST_TEST(!balance.better_reactor(Balance::Mark{}));  // it may close after one request
  for (int i = 0; i < 4; ++i) BOOST_TEST((relief() == std::optional<std::size_t>(1)));
  BOOST_TEST(!relief());  // half have gone
  BOOST_TEST(listeners.reached().size() == 2U);

  loads[1] = 0;
  pass(300ms, true);  // what has gone does not show yet
  BOOST_TEST(!relief());
  pass(800ms, true);
  BOOST_TEST(!!relief());
  loads[1] = 0.9;
  pass(1100ms, true);  // both are busy
  BOOST_TEST(!relief());

  pass(11s, false);  // this one is idle, but it could not carry the other's load
  BOOST_TEST(listeners.reached().size() == 2U);
  loads[1] = 0.4;
  pass(3s, false);
  BOOST_TEST(listeners.reached().size() == 2U);
  loads[1] = 0.2;
  pass(3s, false);
  BOOST_TEST((listeners.reached() == std::set<std::size_t>{0}));

  for (int i = 0; i < 1024; ++i) balance.count_accepted(now);  // a burst
  BOOST_TEST(listeners.reached().size() == 2U);
  Balance other(1, all);  // whoever is the first to see that all is calm
  other.listens_on(listeners.any());
  loads[1] = 0;
  now += 11s;
  other.update(now, 0ns);
  BOOST_TEST((listeners.reached() == std::set<std::size_t>{0}));
  balance.spread(now);
  BOOST_TEST(listeners.reached().size() == 2U);
}

BOOST_AUTO_TEST_CASE(where_packets_come_in_is_asked_in_each_interval_and_every_sixteen_requests) {
  if (!has_two_processors("asking for the processor")) return;
  const Listeners listeners;
  const std::vector<unsigned> numbers = processor_numbers();
  const Kept kept(0);
  steer_by_processor(listeners.any(), {numbers[1], numbers[0]});
  Client client(listeners.port());
  const int accepted = ::accept(listeners.any(), nullptr, nullptr);
  BOOST_REQUIRE(accepted >= 0);
  Balances all(2);
  all.processors = {numbers[0], numbers[1]};
  Balance balance(1, all);
  const Steady start{1h};
  balance.update(start, 0ns);
  Balance::Mark mark;
  const auto asks = [&] {
    client.send("x");
    pollfd arrived{accepted, POLLIN, 0};
    BOOST_REQUIRE(::poll(&arrived, 1, 10'000) == 1);
    balance.count_active(mark, accepted);
    BOOST_TEST((!mark.home || *mark.home == 0U));
    return mark.home.has_value();
  };
  BOOST_TEST(!asks());  // it may close after the first
  BOOST_TEST(!asks());
  balance.update(start + 300ms, 0ns);
  BOOST_TEST(asks());
  for (int n = 4; n < 16; ++n) BOOST_TEST(!asks());
  BOOST_TEST(asks());
  balance.update(start + 600ms, 0ns);
  BOOST_TEST(asks());
  all.processors = {numbers[1], numbers[0]};  // it is on the right one
  balance.update(start + 900ms, 0ns);
  BOOST_TEST(!asks());
  ::close(accepted);
}

/// What a thread on a reactor's processor finds while a request is answered.
awaitable<Response> check_claim(Request&, Exchange exchange) {
  bool held = false;
  std::thread([&held, at = exchange.reactor] {
    keep_to_processor(at);
    held = is_held_up();
  }).join();
  Response response;
  response.body = held ? "claimed" : "free";
  co_return response;
}

BOOST_AUTO_TEST_CASE(a_reactor_claims_its_processor_while_it_answers) {
  ServerOptions options = steered_options();
  std::string kept_answer, free_answer;
  {
    Running running(options, check_claim);
    kept_answer = body_of(ask(running, get));
  }
  options.pin_reactors = false;
  {
    Running running(options, check_claim);
    free_answer = body_of(ask(running, get));
  }
  BOOST_TEST(free_answer == "free");
  if (has_two_processors("claiming a processor")) BOOST_TEST(kept_answer == "claimed");
}

BOOST_AUTO_TEST_CASE(a_connection_goes_to_the_reactor_of_the_processor_it_comes_in_on) {
  if (!has_two_processors("the reactor of a processor")) return;
  Running running(steered_options(), name_reactor);
  for (std::size_t i = 0; i < usable_processors(); ++i) {
    const Kept kept(i);
    BOOST_TEST(calmly([&] {
      bool there = true;
      for (int n = 0; n < 10; ++n) there = body_of(ask(running, get)) == std::to_string(i) && there;
      return there;
    }));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_follows_its_packets_to_another_processor) {
  if (!has_two_processors("following packets")) return;
  Running running(steered_options(), name_reactor);
  std::optional<Client> client;
  for (std::size_t i = 0; i < 4; ++i) {
    const Kept kept(i % 2);
    if (!client) client.emplace(running.port());
    BOOST_TEST(calmly([&] {
      std::string last;
      for (int n = 0; n < 40; ++n) {
        client->send(get);
        last = body_of(client->read_response());
      }
      return last == std::to_string(i % 2);
    }));
    BOOST_TEST(running.server.connections() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_has_moved_may_idle_as_long_as_any) {
  if (!has_two_processors("idling elsewhere")) return;
  ServerOptions options = steered_options();
  options.limits.header_time = 500ms;  // a fresh one has no longer
  Running running(options, name_reactor);
  // Usually it moves after the sixteenth request, without a byte of another one; after another where a new interval
  // began.
  const auto moves_after_the_last = [&](Client& client) {
    std::string answers;
    for (int n = 0; n < 16; ++n) {
      client.send(get);
      answers += body_of(client.read_response());
    }
    return answers == std::string(16, '0');
  };
  std::optional<Kept> kept;
  std::optional<Client> client;
  BOOST_REQUIRE(eventually([&] {
    kept.reset();
    kept.emplace(0);
    client.emplace(running.port());
    kept.reset();
    kept.emplace(1);
    return moves_after_the_last(*client);
  }));
  std::this_thread::sleep_for(1500ms);
  client->send(get);
  BOOST_TEST(body_of(client->read_response()) == "1");
}

BOOST_AUTO_TEST_CASE(a_busy_reactor_gives_connections_away_and_no_answer_is_lost) {
  if (!has_two_processors("moving connections")) return;
  Running running(steered_options(), name_reactor);
  std::optional<Crowd> crowd;
  {
    const Kept kept(0);
    crowd.emplace(running.port(), 8, Crowd::Way::work);
    BOOST_TEST(eventually([&] { return crowd->answered_by(0) > 0; }));
  }
  BOOST_TEST(eventually([&] { return crowd->reactors() > 1; }));
  BOOST_TEST(running.server.connections() == 8U);
  crowd->end();
  BOOST_TEST(crowd->torn() == 0U);
  BOOST_TEST(eventually([&] { return running.server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_server_stops_while_connections_move) {
  if (!has_two_processors("stopping while connections move")) return;
  for (int round = 0; round < 10; ++round) {
    Running running(steered_options(), name_reactor);
    Crowd crowd(running.port(), 4, Crowd::Way::wander);
    BOOST_TEST(eventually([&] { return crowd.reactors() > 1; }));
    const auto start = std::chrono::steady_clock::now();
    running.server.stop(20s);
    BOOST_TEST((std::chrono::steady_clock::now() - start < 15s));  // of the grace
    BOOST_TEST(running.server.connections() == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
