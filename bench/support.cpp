#include "bench/support.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "bench/placement.hpp"

namespace portcullis::bench {
namespace {

using Instant = std::chrono::steady_clock;

double seconds_since(Instant::time_point from) { return std::chrono::duration<double>(Instant::now() - from).count(); }

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Precedes the counted part of a closed loop: nothing is answered until its first hashes end.
constexpr std::chrono::milliseconds settling{250};

struct Connection {
  int fd = -1;
  std::string buffer;
  Instant::time_point sent_at;
};

/// The connections of one generator thread.
Load drive(std::uint16_t port, const std::vector<std::string>& texts, unsigned connections, double seconds,
           int expected, std::size_t first) {
  Load load;
  std::vector<Connection> open(connections);
  std::vector<pollfd> polls(connections);
  std::size_t next = first;
  const auto send_next = [&](Connection& c) {
    c.sent_at = Instant::now();
    return send_all(c.fd, texts[next++ % texts.size()]);
  };
  for (unsigned i = 0; i < connections; ++i) {
    open[i].fd = connect_to(port);
    polls[i] = pollfd{open[i].fd, POLLIN, 0};
    if (open[i].fd >= 0 && !send_next(open[i])) ++load.failed;
  }
  const auto from = Instant::now() + settling;
  std::uint64_t uncounted = 0;
  std::string chunk(64 * 1024, '\0');
  while (seconds_since(from) < seconds) {
    if (::poll(polls.data(), polls.size(), 200) <= 0) continue;
    for (unsigned i = 0; i < connections; ++i) {
      if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const ssize_t got = ::recv(open[i].fd, chunk.data(), chunk.size(), 0);
      if (got <= 0) {
        ++load.failed;
        polls[i].fd = -1;
        continue;
      }
      open[i].buffer.append(chunk.data(), static_cast<std::size_t>(got));
      const std::size_t length = response_length(open[i].buffer);
      if (length == 0) continue;
      if (status_of(open[i].buffer) != expected)
        ++load.failed;
      else if (++load.answered_in_all % 16 == 0)
        load.latencies_ms.push_back(seconds_since(open[i].sent_at) * 1000);
      if (Instant::now() < from) uncounted = load.answered_in_all;
      open[i].buffer.erase(0, length);
      if (!send_next(open[i])) polls[i].fd = -1;
    }
  }
  load.seconds = seconds_since(from);
  load.answered = load.answered_in_all - uncounted;
  for (const Connection& c : open) ::close(c.fd);
  return load;
}

double cpu_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  const std::size_t after = text.rfind(')');
  if (after == std::string::npos) return 0;
  std::istringstream fields(text.substr(after + 2));
  std::string skip;
  for (int i = 0; i < 11; ++i) fields >> skip;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream list("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  std::vector<pid_t> out;
  for (pid_t child = 0; list >> child;) out.push_back(child);
  return out;
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "portcullis-bench-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}
TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& log, unsigned cores,
             const std::filesystem::path& group) {
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  move_to_server_cores(cores);
  if (!group.empty()) {
    const int procs = ::open(group.c_str(), O_WRONLY | O_CLOEXEC);
    if (::write(procs, "0", 1) != 1) ::_exit(126);
  }
  const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ::dup2(out, 1);
  ::dup2(out, 2);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}
Child::~Child() { stop(); }
void Child::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}
double Child::cpu_seconds() const {
  double total = cpu_of(pid_);
  for (const pid_t child : children_of(pid_)) total += cpu_of(child);
  return total;
}
std::uint64_t Child::rss_anon_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::strtoull(line.c_str() + 8, nullptr, 10);
  return 0;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) throw std::runtime_error("no free port");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool wait_listening(std::uint16_t port, std::chrono::milliseconds limit) {
  const auto from = Instant::now();
  while (Instant::now() - from < limit) {
    const int fd = connect_to(port);
    if (fd >= 0) {
      ::close(fd);
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

Reply fetch(std::uint16_t port, std::string_view request) {
  Reply reply;
  const int fd = connect_to(port);
  if (fd < 0) return reply;
  std::string buffer;
  std::string chunk(64 * 1024, '\0');
  if (send_all(fd, request)) {
    while (response_length(buffer) == 0) {
      const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
      if (got <= 0) break;
      buffer.append(chunk.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(fd);
  const std::size_t head = buffer.find("\r\n\r\n");
  if (head == std::string::npos) return reply;
  reply.status = status_of(buffer);
  reply.head = buffer.substr(0, head + 2);
  reply.body = buffer.substr(head + 4);
  return reply;
}

Load closed_loop(std::uint16_t port, const std::vector<std::string>& texts, unsigned connections, double seconds,
                 int expected_status, unsigned threads) {
  std::vector<Load> loads(threads);
  std::vector<std::thread> others;
  const auto part = [&](unsigned number) {
    const unsigned share = connections / threads + (number < connections % threads ? 1 : 0);
    loads[number] = drive(port, texts, share, seconds, expected_status, number * texts.size() / threads);
  };
  for (unsigned number = 1; number < threads; ++number) others.emplace_back(part, number);
  part(0);
  for (std::thread& each : others) each.join();
  Load sum = std::move(loads.front());
  for (unsigned number = 1; number < threads; ++number) {
    sum.answered += loads[number].answered;
    sum.answered_in_all += loads[number].answered_in_all;
    sum.failed += loads[number].failed;
    sum.seconds = std::max(sum.seconds, loads[number].seconds);
    sum.latencies_ms.insert(sum.latencies_ms.end(), loads[number].latencies_ms.begin(),
                            loads[number].latencies_ms.end());
  }
  return sum;
}

void tell_failures(const Load& load, std::string_view what) {
  if (load.failed > 0)
    std::fprintf(stderr, "%llu %.*s failed\n", static_cast<unsigned long long>(load.failed),
                 static_cast<int>(what.size()), what.data());
}

double answered_a_second(const Load& load, std::string_view what) {
  tell_failures(load, what);
  return static_cast<double>(load.answered) / load.seconds;
}

json::Value answer_of(const Options& options, const std::string& words) {
  const OnServerCores here;
  FILE* const pipe = ::popen((options.program + " " + words + " --json").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("the program cannot be run");
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  const int status = ::pclose(pipe);
  std::optional<json::Value> answer = json::parse(text);
  if (status != 0 || !answer || answer->object() == nullptr) throw std::runtime_error(words + " failed: " + text);
  return std::move(*answer);
}

double number_of(const json::Value& answer, std::string_view name) {
  const json::Value* const found = json::find(*answer.object(), name);
  if (found == nullptr) throw std::runtime_error("the answer has no " + std::string(name));
  if (found->integer() != nullptr) return static_cast<double>(*found->integer());
  return std::get<double>(found->data);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double median_ratio(const std::vector<double>& ours, const std::vector<double>& theirs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(theirs[i] > 0 ? ours[i] / theirs[i] : 0);
  return median(std::move(ratios));
}

namespace {

void print_line(std::string_view name, double ours, double theirs, double ratio, std::string_view unit,
                std::string_view goal) {
  std::printf("%-44.*s %12.1f : %12.1f %-22.*s ratio %6.3f  (%.*s)\n", static_cast<int>(name.size()), name.data(), ours,
              theirs, static_cast<int>(unit.size()), unit.data(), ratio, static_cast<int>(goal.size()), goal.data());
  std::fflush(stdout);
}

}  // namespace

void print_ratio(std::string_view name, double ours, double theirs, std::string_view unit, std::string_view goal) {
  print_line(name, ours, theirs, theirs > 0 ? ours / theirs : 0, unit, goal);
}

void print_rounds(std::string_view name, const std::vector<double>& ours, const std::vector<double>& theirs,
                  std::string_view unit, std::string_view goal) {
  print_line(name, median(ours), median(theirs), median_ratio(ours, theirs), unit, goal);
}

void print_value(std::string_view name, double value, std::string_view unit, std::string_view goal) {
  std::printf("%-44.*s %12.2f %-22.*s (%.*s)\n", static_cast<int>(name.size()), name.data(), value,
              static_cast<int>(unit.size()), unit.data(), static_cast<int>(goal.size()), goal.data());
  std::fflush(stdout);
}

}  // namespace portcullis::bench
