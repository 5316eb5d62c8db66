#include "net/http/server.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/processor_claim.hpp"
#include "core/scheduling.hpp"
#include "net/http/balance.hpp"
#include "net/http/listeners.hpp"
#include "net/http/reactor.hpp"
#include "net/http/tls.hpp"

namespace portcullis::http {

namespace {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

// After the grace the sockets are closed; handlers still resume once from each operation they wait for, and each of
// these is bounded in time.
constexpr std::chrono::milliseconds last_wait{30'000};
/// Connections for which the reactors allocate at the start, in a few milliseconds. Where one reactor may get all
/// connections, each allocates for so many, but all together for at most the multiple given below.
constexpr std::size_t usual_crowd = 1024;
constexpr std::size_t most_crowds = 4;

}  // namespace

struct Server::State {
  State(const ServerOptions& options, Handler handler, Refusal refusal, Log& log)
      : shared(std::make_unique<Shared>(options, std::move(handler), std::move(refusal), log)) {}

  template <class Task>
  void on_each(Task task) {
    for (const std::unique_ptr<Reactor>& reactor : reactors) {
      boost::asio::post(reactor->io, [each = reactor.get(), task] { task(*each); });
    }
  }

  std::unique_ptr<Shared> shared;
  std::vector<std::unique_ptr<Reactor>> reactors;
  std::vector<tcp::acceptor> acceptors;  ///< until start()
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
  bool pinned = false;
  bool stopped = false;
};

Server::Server(const ServerOptions& options, Handler handler, Refusal refusal, Log& log)
    : state_(std::make_unique<State>(options, std::move(handler), std::move(refusal), log)) {
  Shared& shared = *state_->shared;
  if (!options.tls_certificate.empty()) shared.tls.emplace(server_tls(options.tls_certificate, options.tls_key));
  const std::size_t count = shared.balances.loads.size();
  for (std::uint32_t i = 0; i < count; ++i) {
    state_->reactors.push_back(std::make_unique<Reactor>(shared, i));
    shared.reactors.push_back(state_->reactors.back().get());
  }
  state_->pinned = options.pin_reactors && count == usable_processors();
  // A connection under TLS cannot move to another reactor, so these are spread by the hash only.
  if (state_->pinned && count > 1 && !shared.tls) shared.balances.processors = processor_numbers();
  const std::size_t crowd = std::min(options.limits.connections, usual_crowd);
  const std::size_t share = crowd / count;
  const std::size_t ahead = shared.balances.processors.empty() ? share : std::min(crowd, most_crowds * share);
  for (Reactor* each : shared.reactors) each->expect(ahead);
  state_->acceptors = bind_all(state_->reactors, listen_endpoint(options.host, options.port));
  const tcp::endpoint bound = state_->acceptors.front().local_endpoint();
  state_->port = bound.port();
  if (!shared.balances.processors.empty())
    steer_by_processor(state_->acceptors.front().native_handle(), shared.balances.processors);
  shared.loopback = is_loopback(bound.address());
}

Server::~Server() { stop(0ms); }

void Server::start() {
  if (state_->stopped || !state_->threads.empty()) return;
  for (std::size_t i = 0; i < state_->reactors.size(); ++i) {
    Reactor& reactor = *state_->reactors[i];
    reactor.start(std::move(state_->acceptors[i]));
    state_->threads.emplace_back([&reactor, i, &state = *state_] {
      ask_for_short_slices();
      std::optional<ProcessorClaim> claim;
      if (state.pinned) {
        if (const std::optional<unsigned> kept = keep_to_processor(i)) claim.emplace(*kept);
      }
      reactor.run();
    });
    ::pthread_setname_np(state_->threads.back().native_handle(), ("reactor-" + std::to_string(i)).c_str());
  }
  state_->acceptors.clear();
}

void Server::stop(std::chrono::milliseconds grace) {
  if (state_->stopped) return;
  state_->stopped = true;
  Shared& shared = *state_->shared;
  shared.stopping = true;
  state_->acceptors.clear();
  if (state_->threads.empty()) return;

  state_->on_each([](Reactor& reactor) { reactor.drain(); });
  bool empty = shared.wait_empty(grace);
  if (!empty) {
    state_->on_each([](Reactor& reactor) { reactor.abort_all(); });
    empty = shared.wait_empty(last_wait);
  }
  for (const std::unique_ptr<Reactor>& reactor : state_->reactors) reactor->io.stop();
  for (std::thread& thread : state_->threads) thread.join();
  if (empty) return;
  // Another thread still holds a waiting request and will resume it on its reactor, which must stay in memory but does
  // not run.
  shared.log.error("requests were still running when the server stopped");
  for (std::unique_ptr<Reactor>& reactor : state_->reactors) static_cast<void>(reactor.release());
  static_cast<void>(state_->shared.release());
  state_->reactors.clear();
}

std::uint16_t Server::port() const noexcept { return state_->port; }

std::size_t Server::connections() const noexcept { return state_->shared ? state_->shared->slots.load() : 0; }

boost::asio::io_context& Server::reactor(std::uint32_t index) noexcept { return state_->reactors[index]->io; }

}  // namespace portcullis::http
