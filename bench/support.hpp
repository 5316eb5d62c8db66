#pragma once
// What the workloads share: a temporary folder, a child process with its CPU time, a closed-loop HTTP load generator on
// its own threads, and a uniform way to print figures. One thread unless said otherwise.

#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/http_text.hpp"
#include "core/json/value.hpp"

namespace portcullis::bench {

/// Options of every workload, from the command line.
struct Options {
  std::string program;            ///< path of `portcullis`
  double seconds = 3.0;           ///< of each measured interval
  unsigned rounds = 3;            ///< interleaved repetitions; medians are printed
  std::uint64_t users = 1000000;  ///< size of the large store
  unsigned connections = 32;
  std::size_t samples = 20000;  ///< of each class of timed requests
  std::filesystem::path keep;   ///< folder in which a large store is kept for reuse; empty = temporary
  unsigned attempts = 1;        ///< the most for each measurement of the storm, when other processes disturb it
  std::filesystem::path docs;   ///< folder for the storm's page and charts; empty = none
  std::filesystem::path peer;   ///< folder of the storm's peer
  std::string page = "storm";   ///< name of the page in `docs`, and prefix of its charts
};

/// What is compared is measured in turns, short and many, because the speed of the machine's memory may double within
/// seconds.
struct Turns {
  explicit Turns(const Options& options) : count(options.rounds * 8), seconds(std::min(options.seconds, 1.0)) {}
  unsigned count;
  double seconds;  ///< of each turn
};

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// A child process, stopped with SIGTERM at destruction.
class Child {
 public:
  /// Runs on the first `cores` CPUs of servers, 0 = all of them, and in the control group whose `cgroup.procs` is
  /// `group`. Its output goes to `log`.
  Child(const std::vector<std::string>& command, const std::filesystem::path& log, unsigned cores = 0,
        const std::filesystem::path& group = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// User and system time so far of the process and `also` (forked workers), in seconds.
  [[nodiscard]] double cpu_seconds() const;
  [[nodiscard]] std::uint64_t rss_anon_kib() const;
  void stop();

 private:
  pid_t pid_ = -1;
};

/// A free TCP port on loopback.
[[nodiscard]] std::uint16_t free_port();
/// Waits until a server listens; false after `limit`.
[[nodiscard]] bool wait_listening(std::uint16_t port, std::chrono::milliseconds limit);

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};
/// One request on its own connection; status 0 when it failed.
[[nodiscard]] Reply fetch(std::uint16_t port, std::string_view request);

struct Load {
  std::uint64_t answered = 0;         ///< within `seconds`
  std::uint64_t answered_in_all = 0;  ///< including those before the counted part
  std::uint64_t failed = 0;           ///< unexpected status or broken connection
  double seconds = 0;
  std::vector<double> latencies_ms;  ///< every sixteenth
};
/// Keeps `connections` busy for a quarter of a second and then for `seconds`, which are counted; each sends the next
/// text after the previous answer; `threads` share the connections.
[[nodiscard]] Load closed_loop(std::uint16_t port, const std::vector<std::string>& texts, unsigned connections,
                               double seconds, int expected_status, unsigned threads = 1);

/// Prints to stderr how many of `what` failed, if any did.
void tell_failures(const Load& load, std::string_view what);
/// Answers a second; prints failures.
[[nodiscard]] double answered_a_second(const Load& load, std::string_view what);

/// Runs the program with these arguments and --json to its end; returns its answer, an object. Throws when it fails.
[[nodiscard]] json::Value answer_of(const Options& options, const std::string& words);
/// Throws when the object has no number of that name.
[[nodiscard]] double number_of(const json::Value& answer, std::string_view name);

[[nodiscard]] double median(std::vector<double> values);
void print_ratio(std::string_view name, double ours, double theirs, std::string_view unit, std::string_view goal);
/// The medians of both sides, and of the ratios in their rounds: the speed of the machine's memory may double within
/// minutes, so the medians of the two sides may come from different times.
void print_rounds(std::string_view name, const std::vector<double>& ours, const std::vector<double>& theirs,
                  std::string_view unit, std::string_view goal);
/// The median of the ratios of each round's two figures.
[[nodiscard]] double median_ratio(const std::vector<double>& ours, const std::vector<double>& theirs);
void print_value(std::string_view name, double value, std::string_view unit, std::string_view goal);

// The workloads; each prints its figures and returns false when it could not run.
[[nodiscard]] bool engine(const Options& options);
[[nodiscard]] bool session_check(const Options& options);
[[nodiscard]] bool identity(const Options& options);
[[nodiscard]] bool import_file(const Options& options);
[[nodiscard]] bool list(const Options& options);
[[nodiscard]] bool sign_in(const Options& options);
[[nodiscard]] bool writer(const Options& options);
[[nodiscard]] bool start(const Options& options);
[[nodiscard]] bool idle(const Options& options);
[[nodiscard]] bool enumeration(const Options& options);
[[nodiscard]] bool enumeration_real(const Options& options);
[[nodiscard]] bool storm(const Options& options);
[[nodiscard]] bool storm_capacity(const Options& options);
[[nodiscard]] bool storm_overload(const Options& options);
[[nodiscard]] bool storm_isolation(const Options& options);
[[nodiscard]] bool storm_fairness(const Options& options);
[[nodiscard]] bool storm_scaling(const Options& options);

/// Fills a store with `users` users, each with one session, in project `bench`; fast, because it is durable only when
/// it returns.
void fill_store(const std::filesystem::path& folder, std::uint64_t users);
/// The large store of `options.users`, made on first use.
[[nodiscard]] std::filesystem::path large_store(const Options& options, const TempFolder& fallback);

}  // namespace portcullis::bench
