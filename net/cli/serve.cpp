#include "net/cli/serve.hpp"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "net/app.hpp"
#include "net/cli/first_start.hpp"
#include "net/commands/control/socket.hpp"
#include "net/config/machine.hpp"
#include "net/config/options.hpp"
#include "net/metrics/metrics.hpp"
#include "storage/owner_lock.hpp"

namespace portcullis::cli {
namespace {

constexpr std::chrono::seconds stop_grace{10};
constexpr std::chrono::seconds save_period{10};  // a kill loses at most this much of limits and pings
constexpr std::chrono::nanoseconds erase_period = std::chrono::seconds(1);  // between checks for deleted projects
constexpr std::chrono::nanoseconds erase_pause = std::chrono::milliseconds(2);
// Some 2,000 rows a second, a negligible load: expired sessions do no harm until they are erased.
constexpr std::chrono::nanoseconds sweep_pause = std::chrono::milliseconds(250);
constexpr std::chrono::nanoseconds sweep_rest = std::chrono::seconds(60);  // after a round, at least

storage::OwnerLock take_store(const Config& config) {
  std::optional<storage::OwnerLock> lock = storage::OwnerLock::take(config.data);
  if (lock) return std::move(*lock);
  const std::optional<int> owner = storage::OwnerLock::owner(config.data);
  throw std::runtime_error("--data: " + config.data.string() + " is in use by process " +
                           (owner ? std::to_string(*owner) : std::string("(unknown)")));
}

/// The URL under which clients on this machine reach the server.
std::string url_of(const Config& config, std::uint16_t port) {
  ListenAddress reached{config.listen.host, port};
  boost::system::error_code no_address;
  const boost::asio::ip::address address = boost::asio::ip::make_address(reached.host, no_address);
  if (!no_address && address.is_unspecified()) reached.host = address.is_v6() ? "::1" : "127.0.0.1";
  return (config.tls_certificate.empty() ? "http://" : "https://") + reached.text();
}

/// The file with the server's URL; exists while the server listens.
class ReadyFile {
 public:
  ReadyFile(std::filesystem::path file, const std::string& url) : file_(std::move(file)) {
    if (file_.empty()) return;
    std::filesystem::path part = file_;
    part += ".part";
    {
      std::ofstream out(part, std::ios::trunc);
      out << url << '\n';
      if (!out.flush()) throw std::runtime_error("--ready-file: " + part.string() + " cannot be written");
    }
    std::filesystem::rename(part, file_);
  }
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;
  ~ReadyFile() {
    std::error_code ignored;
    if (!file_.empty()) std::filesystem::remove(file_, ignored);
  }

 private:
  std::filesystem::path file_;
};

http::ServerOptions server_options(const Config& config) {
  http::ServerOptions options;
  options.host = config.listen.host;
  options.port = config.listen.port;
  options.reactors = config.reactors;
  options.pin_reactors = config.pin_reactors;
  options.limits.connections = config.max_connections;
  // At least two bodies of the largest size.
  options.limits.large_bodies = std::max(shared_budget(config), 2 * options.limits.body_bytes);
  options.proxies = config.trusted_proxies;
  options.tls_certificate = config.tls_certificate;
  options.tls_key = config.tls_key;
  return options;
}

/// Null when metrics are not wanted, or when the default address is in use.
std::unique_ptr<metrics::Server> open_metrics(const Config& config, const metrics::Sources& sources, Log& log) {
  if (!config.metrics) return nullptr;
  try {
    return std::make_unique<metrics::Server>(config.metrics->host, config.metrics->port, sources, log);
  } catch (const std::runtime_error& failed) {
    if (config.metrics_wanted) throw std::runtime_error(std::string("--metrics: ") + failed.what());
    log.warning(std::string("metrics are not served: ") + failed.what() +
                "; --metrics HOST:PORT names another address");
    return nullptr;
  }
}

/// The periodic work of the main thread while the server runs.
struct Chores {
  App& app;
  boost::asio::steady_timer save_timer, erase_timer, sweep_timer;
  bool over = false;

  void end() {
    over = true;
    save_timer.cancel();
    erase_timer.cancel();
    sweep_timer.cancel();
  }
};

constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

awaitable<void> save_counts_regularly(Chores* chores) {
  while (!chores->over) {
    chores->save_timer.expires_after(save_period);
    const auto [stopped] = co_await chores->save_timer.async_wait(as_result);
    if (!stopped) co_await chores->app.save_counts();
  }
}

/// Erasing pauses for as long as each step took, so that others get at least half of the writer's time.
awaitable<void> erase_regularly(Chores* chores) {
  while (!chores->over) {
    const auto began = std::chrono::steady_clock::now();
    const bool more = co_await chores->app.erase_removed();
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - began;
    if (chores->over) co_return;
    chores->erase_timer.expires_after(more ? std::max(taken, erase_pause) : erase_period);
    co_await chores->erase_timer.async_wait(as_result);
  }
}

/// Pauses after a round for as long as the round took.
awaitable<void> sweep_regularly(Chores* chores) {
  auto began = std::chrono::steady_clock::now();
  while (!chores->over) {
    const bool round_over = co_await chores->app.sweep_sessions();
    if (chores->over) co_return;
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - began;
    chores->sweep_timer.expires_after(round_over ? std::max(taken, sweep_rest) : sweep_pause);
    co_await chores->sweep_timer.async_wait(as_result);
    if (round_over) began = std::chrono::steady_clock::now();
  }
}

/// Does the periodic work until the first signal.
void wait_for_signal(boost::asio::io_context& context, boost::asio::signal_set& signals, App& app) {
  Chores chores{app, boost::asio::steady_timer(context), boost::asio::steady_timer(context),
                boost::asio::steady_timer(context)};
  boost::asio::co_spawn(context, save_counts_regularly(&chores), boost::asio::detached);
  boost::asio::co_spawn(context, erase_regularly(&chores), boost::asio::detached);
  boost::asio::co_spawn(context, sweep_regularly(&chores), boost::asio::detached);
  signals.async_wait([&](boost::system::error_code failed, int number) {
    if (failed) return;
    app.services().log.info(std::string("stopping on ") + (number == SIGINT ? "SIGINT" : "SIGTERM"));
    chores.end();
  });
  context.run();
}

extern "C" void end_at_once(int number) { ::_exit(128 + number); }

/// Hashes that need more memory than the foreign slot can never be verified.
void warn_of_small_slot(std::uint32_t asked_kib, std::uint32_t derived_kib, Log& log) {
  if (derived_kib >= asked_kib) return;
  log.warning("imported hashes that need more than " + std::to_string(derived_kib) +
              " KiB of memory match no password: --foreign-hash-memory " + std::to_string(asked_kib) +
              " does not fit into the memory limit");
}

void announce(const Config& config, const Machine& machine, Services& services, const std::string& url,
              const std::optional<FirstStart>& first, const std::optional<Secret>& code) {
  Log& log = services.log;
  log.info("derived: " + describe_derived(config, machine));
  if (!config.rate_limits) log.warning("rate limits are off (--rate-limits off): for load tests only");
  log.info("listening on " + url);
  std::string text = guide(url, first, code);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  wipe(text);
}

}  // namespace

int serve(Config config) {
  ::umask(0077);
  std::signal(SIGPIPE, SIG_IGN);
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // stdio's buffer would keep the first key
  raise_open_files();
  const Machine machine = read_machine();
  const std::uint32_t asked_slot_kib = config.foreign_hash_kib;
  config = derive(std::move(config), machine);
  grow_file_table(config.max_connections);
  // One malloc arena for each reactor and one for all other threads: more would only hold freed memory.
  ::mallopt(M_ARENA_MAX, static_cast<int>(config.reactors) + 1);
  // Buffers for large bodies are mapped, and returned to the kernel when freed; without this, glibc would raise the
  // threshold to their size and keep their pages.
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);

  const storage::OwnerLock lock = take_store(config);
  boost::asio::io_context context(1);  // outlives what resumes on it
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  App app(config);
  app.start_sending();
  Services& services = app.services();
  auto handle = [&app](http::Request& request, http::Exchange exchange) {
    return app.handle(request, std::move(exchange));
  };
  auto refuse = [&app](int status, std::string_view why) { return app.refuse(status, why); };
  http::Server server(server_options(config), std::move(handle), std::move(refuse), services.log);
  const std::unique_ptr<metrics::Server> metrics =
      open_metrics(config, metrics::Sources{services, server, app.outbound()}, services.log);
  commands::ControlServer control(config.data, services);
  // Not before address and certificate are known to work: the key is shown only once.
  std::optional<FirstStart> first = first_start(services, ::isatty(STDOUT_FILENO) == 1);
  std::optional<Secret> code = offer_signup(services);
  server.start();
  if (metrics) {
    metrics->start();
    services.log.info("metrics on http://" + ListenAddress{config.metrics->host, metrics->port()}.text() + "/metrics");
  }
  const std::string url = url_of(config, server.port());
  warn_of_small_slot(asked_slot_kib, config.foreign_hash_kib, services.log);
  announce(config, machine, services, url, first, code);
  first.reset();  // it holds a key
  code.reset();
  {
    const ReadyFile ready(config.ready_file, url);
    wait_for_signal(context, signals, app);
  }
  signals.clear();
  std::signal(SIGINT, end_at_once);
  std::signal(SIGTERM, end_at_once);
  if (metrics) metrics->stop();
  server.stop(stop_grace);
  control.stop();
  services.log.info("stopped");
  app.stop();
  return 0;
}

}  // namespace portcullis::cli
