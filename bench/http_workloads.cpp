// Workloads over HTTP: session checks against nginx, whole sign-ins against the raw hash rate, start time and idle
// memory.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "bench/placement.hpp"
#include "bench/support.hpp"
#include "core/clock.hpp"
#include "core/json/value.hpp"
#include "core/password/hasher.hpp"
#include "core/random.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace portcullis::bench {
namespace {

constexpr std::string_view project_header = "X-Appwrite-Project: default\r\n";
constexpr std::string_view password = "correct horse battery";

std::vector<std::string> serve(const Options& options, const std::filesystem::path& data, std::uint16_t port,
                               std::vector<std::string> more) {
  std::vector<std::string> command{options.program, "serve",       "--listen",      "127.0.0.1:" + std::to_string(port),
                                   "--data",        data.string(), "--rate-limits", "off"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

Reply sign_up(std::uint16_t port, std::size_t number) {
  const std::string body = R"j({"userId":"unique()","email":"bench)j" + std::to_string(number) +
                           R"(@example.com","password":")" + std::string(password) + R"(","name":"Bench"})";
  return fetch(port, request_text("POST", "/v1/account", project_header, body));
}

std::string sign_in_request(std::size_t number) {
  const std::string body =
      R"({"email":"bench)" + std::to_string(number) + R"(@example.com","password":")" + std::string(password) + "\"}";
  return request_text("POST", "/v1/account/sessions/email", project_header, body);
}

/// `name=value` of the session cookie in a reply's head.
std::string session_cookie(const std::string& head) {
  const std::size_t at = head.find("a_session_default=");
  return at == std::string::npos ? "" : head.substr(at, head.find(';', at) - at);
}

std::string nginx_config(const std::filesystem::path& folder, std::uint16_t port, const Reply& like) {
  std::string config = "worker_processes 1; daemon off; pid " + (folder / "nginx.pid").string() + "; error_log " +
                       (folder / "error.log").string() + ";\nevents { worker_connections 1024; }\nhttp { access_log " +
                       (folder / "access.log").string() +
                       " combined buffer=64k; keepalive_requests 100000000; default_type application/json;\nserver { "
                       "listen 127.0.0.1:" +
                       std::to_string(port) + " reuseport;\n";
  std::size_t from = like.head.find("\r\n") + 2;
  while (from < like.head.size()) {
    const std::size_t end = like.head.find("\r\n", from);
    const std::string line = like.head.substr(from, end - from);
    from = end + 2;
    const std::size_t colon = line.find(": ");
    const std::string name = line.substr(0, colon);
    if (colon == std::string::npos || name == "Content-Length" || name == "Date" || name == "Connection" ||
        name == "Content-Type" || name == "Server")
      continue;
    config += "add_header " + name + " \"" + line.substr(colon + 2) + "\" always;\n";
  }
  std::string body = like.body;
  std::replace(body.begin(), body.end(), '$', '_');  // nginx would substitute variables
  for (std::size_t at = body.find('\''); at != std::string::npos; at = body.find('\'', at + 2)) body.insert(at, "\\");
  return config + "location / { return 200 '" + body + "'; } } }\n";
}

/// Few and many: with many connections, completions leave the hash pool in batches.
constexpr std::array<unsigned, 2> connections_a_thread{4, 16};

/// One loop of the raw rate: hashes until `until`.
awaitable<void> hash_until(Hasher& hasher, const Clock& clock, Steady until, unsigned number, std::uint64_t& done) {
  while (clock.steady() < until) {
    Secret text(password);
    HashTicket ticket;
    ticket.deadline = until + std::chrono::hours(1);
    ticket.account = number;
    const result<PasswordHash> hash = co_await hasher.hash(std::move(text), std::move(ticket));
    if (hash) ++done;
  }
}

/// Raw hashes on threads of the same pool and engine; the pool is kept, as in the server.
class RawHashes {
 public:
  explicit RawHashes(unsigned threads)
      : pool_(pool_on_server_cores(threads, clock_)), hasher_(*pool_, Argon2Cost{}, random_) {}
  ~RawHashes() { pool_->stop(std::chrono::milliseconds(0)); }
  RawHashes(const RawHashes&) = delete;
  RawHashes& operator=(const RawHashes&) = delete;

  [[nodiscard]] double rate(double seconds) {
    boost::asio::io_context context(1);
    std::uint64_t done = 0;
    const auto from = clock_.steady();
    const auto until = from + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
    for (unsigned i = 0; i < pool_->threads() * connections_a_thread.front(); ++i)
      boost::asio::co_spawn(context, hash_until(hasher_, clock_, until, i, done), boost::asio::detached);
    context.run();
    return static_cast<double>(done) / std::chrono::duration<double>(clock_.steady() - from).count();
  }

 private:
  /// Only its threads stay on those cores: the calling thread is the generator's.
  static std::unique_ptr<HashPool> pool_on_server_cores(unsigned threads, const Clock& clock) {
    HashPoolOptions options;
    options.threads = threads;
    const OnServerCores here;
    return std::make_unique<HashPool>(options, clock);
  }

  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<HashPool> pool_;
  Hasher hasher_;
};

/// One reactor answering checks of one session, against nginx answering the same bytes, both on one CPU.
bool check_against_nginx(const Options& options, const std::vector<std::string>& more, const std::string& label,
                         const std::string& goal) {
  TempFolder folder;
  const std::uint16_t port = free_port();
  std::vector<std::string> arguments{"--reactors", "1", "--hash-threads", "1", "--log-format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Child server(serve(options, folder.path() / "data", port, std::move(arguments)), folder.path() / "server.log", 1);
  if (!wait_listening(port, std::chrono::seconds(10)) || sign_up(port, 0).status != 201) return false;
  const Reply signed_in = fetch(port, sign_in_request(0));
  const std::string headers = std::string(project_header) + "Cookie: " + session_cookie(signed_in.head) + "\r\n";
  const std::string check = request_text("GET", "/v1/account", headers);
  const Reply answer = fetch(port, check);
  if (answer.status != 200) return false;

  const std::uint16_t peer_port = free_port();
  const std::filesystem::path config = folder.path() / "nginx.conf";
  std::ofstream(config) << nginx_config(folder.path(), peer_port, answer);
  Child nginx({"nginx", "-c", config.string(), "-p", folder.path().string()}, folder.path() / "nginx.log", 1);
  if (!wait_listening(peer_port, std::chrono::seconds(5))) {
    std::fprintf(stderr, "session-check needs nginx (apt-get install nginx-light)\n");
    return false;
  }
  std::vector<double> ours, theirs;
  for (unsigned round = 0; round < options.rounds; ++round) {
    for (const bool mine : {true, false}) {
      const Child& target = mine ? server : nginx;
      const double before = target.cpu_seconds();
      const Load load = closed_loop(mine ? port : peer_port, {check}, options.connections, options.seconds, 200);
      const double spent = target.cpu_seconds() - before;
      tell_failures(load, "requests");
      (mine ? ours : theirs).push_back(static_cast<double>(load.answered_in_all) / spent);
    }
  }
  print_rounds(label, ours, theirs, "requests/CPU-second", goal);
  return true;
}

}  // namespace

bool session_check(const Options& options) {
  return check_against_nginx(options, {}, "GET /v1/account : nginx return 200", "goal 0.70") &&
         check_against_nginx(options, {"--session-cache", "0"}, "the same, each check read from the store", "no goal");
}

bool sign_in(const Options& options) {
  const unsigned threads = cores();
  TempFolder folder;
  const std::uint16_t port = free_port();
  Child server(serve(options, folder.path() / "data", port, {"--hash-threads", std::to_string(threads)}),
               folder.path() / "server.log");
  if (!wait_listening(port, std::chrono::seconds(10))) return false;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 64; ++i) {
    if (sign_up(port, i).status != 201) return false;
    texts.push_back(sign_in_request(i));
  }
  RawHashes raw(threads);
  std::array<std::vector<double>, connections_a_thread.size()> ours;
  std::vector<double> theirs;
  const Turns turns(options);
  for (unsigned turn = 0; turn < turns.count; ++turn) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const Load load = closed_loop(port, texts, threads * connections_a_thread[i], turns.seconds, 201);
      ours[i].push_back(answered_a_second(load, "sign-ins"));
      if (i == 0) theirs.push_back(raw.rate(turns.seconds));
    }
  }
  for (std::size_t i = 0; i < ours.size(); ++i)
    print_rounds("sign-ins : raw hashes, " + std::to_string(connections_a_thread[i]) + " connections a thread", ours[i],
                 theirs, "1/second", "goal 0.95");
  return true;
}

bool start(const Options& options) {
  TempFolder folder;
  const std::filesystem::path data = large_store(options, folder);
  std::vector<double> spent;
  for (unsigned round = 0; round < options.rounds + 2; ++round) {
    const std::uint16_t port = free_port();
    const auto from = std::chrono::steady_clock::now();
    Child server(serve(options, data, port, {}), folder.path() / "server.log");
    if (!wait_listening(port, std::chrono::seconds(10))) return false;
    if (fetch(port, request_text("GET", "/v1/ping", "X-Appwrite-Project: bench\r\n")).status != 200) return false;
    spent.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count());
  }
  print_value("start to first answer, " + std::to_string(options.users) + " sessions", median(spent), "ms",
              "goal < 50");
  return true;
}

bool idle(const Options& options) {
  TempFolder folder;
  const std::uint16_t port = free_port();
  Child server(serve(options, folder.path() / "data", port, {"--hash-threads", "1"}), folder.path() / "server.log");
  if (!wait_listening(port, std::chrono::seconds(10)) || sign_up(port, 0).status != 201) return false;
  std::this_thread::sleep_for(std::chrono::seconds(1));
  constexpr double arena_kib = 19456;
  const double rss = static_cast<double>(server.rss_anon_kib());
  print_value("RssAnon idle, less one 19 MiB arena", (rss - arena_kib) / 1024, "MiB", "goal < 15");
  return true;
}

}  // namespace portcullis::bench
