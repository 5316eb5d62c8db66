// Storm, isolation: session checks during sign-ins at five times capacity, with all cores and under a CPU quota of one.

#include <algorithm>
#include <chrono>

#include "bench/load/open_loop.hpp"
#include "bench/load/svg.hpp"
#include "bench/storm/quiet_machine.hpp"
#include "bench/storm/report.hpp"
#include "bench/storm/server.hpp"
#include "bench/storm/threads.hpp"
#include "bench/storm/wakes.hpp"

namespace portcullis::bench {
namespace {

constexpr double checks_a_second = 200;
constexpr double storm_multiple = 5;
constexpr unsigned sessions = 8;
constexpr double fill_s = 3;  // until the hash queue is as long as the deadline permits

/// Session checks in one state of the server, over all rounds.
struct Checks {
  Histogram latency;
  Histogram since_sending;
  Histogram lag;
  std::uint64_t failed = 0;
  double seconds = 0;         ///< of the load, with its start
  double reactor_wait_s = 0;  ///< sum over all reactors
  double reactor_turns = 0;   ///< times on a CPU, sum over all reactors
  unsigned reactors = 0;
  double sign_ins = 0;  ///< good ones a second, in the last round
  double others = 0;    ///< the highest CPU share of other processes during one round

  [[nodiscard]] double wait_us_a_turn() const { return 1e6 * reactor_wait_s / std::max(1.0, reactor_turns); }
  [[nodiscard]] double wait_share() const { return reactors > 0 ? reactor_wait_s / seconds / reactors : 0; }
};

struct Round {
  std::vector<ClassOutcome> outcomes;
  ThreadTimes before, after;
};

struct Beside {
  double storm_rate = 0;
  Priority generator = Priority::first;  ///< above the reactors, which wait for it, too
};

void run_round(const Server& server, const std::vector<std::string>& texts, const Beside& beside,
               const Options& options, Checks& into) {
  OpenLoopPlan plan;
  plan.priority = beside.generator;
  if (beside.generator != Priority::first)
    plan.tick = std::chrono::milliseconds(1);  // so that reactors rarely wait for the generator
  plan.before = beside.storm_rate > 0 ? fill_s : 1;
  plan.window = options.seconds;
  plan.in_time = std::chrono::seconds(3);
  const LoadClass checks{"checks", server.port, checks_a_second, texts};
  const LoadClass storm{"storm", server.port, beside.storm_rate, server.storm()};
  const auto measure = [&] {
    Round round;
    round.before = reactor_times(server.process->pid());
    round.outcomes = open_loop({checks, storm}, plan);
    round.after = reactor_times(server.process->pid());
    return round;
  };
  const auto [round, others] = quietest(
      options.attempts, &server, [] {}, measure);
  into.latency.add(round.outcomes[0].latency(200));
  into.since_sending.add(round.outcomes[0].since_sending(200));
  into.lag.add(round.outcomes[0].lag);
  into.failed += round.outcomes[0].due - round.outcomes[0].count(200);
  into.seconds += plan.before + plan.window;
  into.reactors = round.after.threads;
  into.reactor_wait_s += round.after.waited_s - round.before.waited_s;
  into.reactor_turns += round.after.turns - round.before.turns;
  into.sign_ins = round.outcomes[1].goodput();
  into.others = std::max(into.others, others);
}

struct Pair {
  Checks idle, storm;
  [[nodiscard]] double p99_ratio() const { return ratio(storm.latency, idle.latency); }
  [[nodiscard]] double p99_ratio_without_lag() const { return ratio(storm.since_sending, idle.since_sending); }
  static double ratio(const Histogram& one, const Histogram& other) {
    return static_cast<double>(one.percentile_us(99)) /
           static_cast<double>(std::max<std::uint64_t>(1, other.percentile_us(99)));
  }
};

Pair measure_pair(const Server& server, const std::vector<std::string>& texts, double capacity,
                  const Options& options) {
  Pair pair;
  for (unsigned round = 0; round < options.rounds; ++round) {
    run_round(server, texts, {}, options, pair.idle);
    run_round(server, texts, Beside{capacity * storm_multiple}, options, pair.storm);
  }
  return pair;
}

std::vector<std::string> row_of(const std::string& name, const Checks& checks) {
  return {name,
          std::to_string(checks.latency.count()),
          ms(checks.latency.percentile_us(50)),
          ms(checks.latency.percentile_us(99)),
          ms(checks.latency.percentile_us(99.9)),
          ms(checks.latency.max_us()),
          std::to_string(checks.failed),
          number(100 * checks.wait_share(), 2) + "%",
          ms(checks.lag.percentile_us(99)),
          ms(checks.since_sending.percentile_us(99)),
          number(checks.sign_ins, 1),
          number(100 * checks.others, 0) + "%"};
}

void report_pair(const std::string& title, const std::string& subject, const Pair& pair, Report& report) {
  report.table({"Isolation: session checks" + title,
                {"beside", "checks", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "failed", "waited for a CPU",
                 "lag p99 ms", "p99 ms without lag", "sign-ins a second", "others' CPU, at most"},
                {row_of("nothing", pair.idle), row_of("sign-ins at 5x capacity", pair.storm)}});
  Chart chart{"Session checks" + title,
              "percentile of GET /v1/account",
              "latency, ms",
              {"alone", "beside sign-ins at 5x capacity"},
              {},
              2,
              {},
              {}};
  for (const auto& [label, percent] : {std::pair{"p50", 50.0}, {"p99", 99.0}, {"p99.9", 99.9}})
    chart.categories.push_back({label,
                                {static_cast<double>(pair.idle.latency.percentile_us(percent)) / 1000,
                                 static_cast<double>(pair.storm.latency.percentile_us(percent)) / 1000}});
  report.picture(subject, "Latency of session checks" + title, bar_chart(chart));
  report.figure({"session check's p99 in the storm : alone" + title, number(pair.p99_ratio(), 2), "at most 2",
                 pair.p99_ratio() <= 2});
  report.figure({"the same without the generator's lag" + title, number(pair.p99_ratio_without_lag(), 2), ""});
}

/// Sign-ins only, as many as can be hashed: does hashing use up the quota?
void measure_hash_only(const Server& server, const CpuGroup& group, const Options& options, Report& report) {
  const Throttling before = group.throttling();
  const ThreadTimes hash_before = hash_times(server.process->pid());
  const double cpu_before = server.process->cpu_seconds();
  const auto from = std::chrono::steady_clock::now();
  const double rate = capacity_of(server, 1, options.seconds * options.rounds);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  const double cpu = (server.process->cpu_seconds() - cpu_before) / seconds;
  const double hashing = (hash_times(server.process->pid()).ran_s - hash_before.ran_s) / seconds;
  const Throttling after = group.throttling();
  report.figure({"CPU quota of 1 core: sign-ins a second", number(rate, 1), ""});
  report.figure(
      {"CPU quota: periods throttled while only hashing",
       std::to_string(after.throttled - before.throttled) + " of " + std::to_string(after.periods - before.periods),
       "0", after.throttled == before.throttled});
  report.figure({"CPU quota: time throttled", number((after.throttled_s - before.throttled_s) * 1000, 0, "ms"), ""});
  report.figure({"CPU quota: cores used by hashing", number(hashing, 3), "at most 0.85", hashing <= 0.85});
  report.figure({"CPU quota: cores used by the whole server", number(cpu, 3), ""});
}

}  // namespace

void measure_isolation(const Options& options, Report& report) {
  const std::unique_ptr<Server> server = start_portcullis(options, ServerPlan{});
  const std::vector<std::string> checks = session_checks(*server, sessions);
  const double capacity = quiet_capacity(options, *server, cores(), options.seconds);
  const Pair pair = measure_pair(*server, checks, capacity, options);
  report_pair("", "isolation", pair, report);
  Checks beside_equal, beside_nicer;
  Histogram bare_wake;
  for (unsigned round = 0; round < options.rounds; ++round) {
    WakeProbe probe;
    run_round(*server, checks, Beside{capacity * storm_multiple, Priority::after}, options, beside_nicer);
    bare_wake.add(probe.finish());
    run_round(*server, checks, Beside{capacity * storm_multiple, Priority::equal}, options, beside_equal);
  }
  const double waited = beside_nicer.wait_share();
  report.figure({"reactors' wait for a CPU, share of time, in the storm", number(100 * waited, 2) + "%", "at most 1%",
                 waited <= 0.01});
  report.figure(
      {"the same beside a generator that is not nicer", number(100 * beside_equal.wait_share(), 2) + "%", ""});
  report.figure({"the wait of one wake, mean", number(beside_nicer.wait_us_a_turn(), 1, "us"), ""});
  report.figure({"a bare thread's, woken from another processor in that storm, median",
                 number(static_cast<double>(bare_wake.percentile_us(50)), 0, "us"), ""});
}

void measure_quota(const Options& options, Report& report) {
  const std::optional<CpuGroup> group = CpuGroup::make(1.0);
  if (!group) {
    report.remark("The CPU quota was skipped: this process may not make a control group.");
    return;
  }
  ServerPlan plan;
  plan.group = group->procs();
  const std::unique_ptr<Server> server = start_portcullis(options, plan);
  const std::vector<std::string> checks = session_checks(*server, sessions);
  const double capacity = quiet_capacity(options, *server, 1, options.seconds);
  measure_hash_only(*server, *group, options, report);
  const Pair pair = measure_pair(*server, checks, capacity, options);
  report_pair(" under a CPU quota of one core", "quota", pair, report);
}

}  // namespace portcullis::bench
