// Storm, fairness: equal projects get equal shares, and a loud project does not delay the quiet ones.

#include <algorithm>

#include "bench/load/open_loop.hpp"
#include "bench/storm/quiet_machine.hpp"
#include "bench/storm/report.hpp"
#include "bench/storm/server.hpp"

namespace portcullis::bench {
namespace {

constexpr double deadline_s = 2;
constexpr double loud_multiple = 100;  // times a quiet project's rate
constexpr double quiet_share = 0.05;   // of capacity
constexpr unsigned turns_a_round = 2;  // more than usual, because quiet projects have few sign-ins

/// (sum x)^2 / (n sum x^2): 1 when all are equal, 1/n when one has everything.
double jain_index(const std::vector<ClassOutcome>& outcomes) {
  double sum = 0, squares = 0;
  for (const ClassOutcome& each : outcomes) {
    sum += each.goodput();
    squares += each.goodput() * each.goodput();
  }
  return squares > 0 ? sum * sum / (static_cast<double>(outcomes.size()) * squares) : 0;
}

OpenLoopPlan plan_of(const Options& options, double hash_s) {
  OpenLoopPlan plan;
  plan.before = deadline_s + 1;
  plan.window = options.seconds;
  plan.after = deadline_s + 0.5;
  plan.in_time = std::chrono::microseconds(static_cast<std::int64_t>((deadline_s + hash_s) * 1e6));
  return plan;
}

/// Sign-ins of every project, the first at one rate and the others at another.
std::vector<LoadClass> classes_of(const Server& server, double first, double others) {
  std::vector<LoadClass> classes;
  for (const auto& [project, texts] : server.sign_ins)
    classes.push_back({project, server.port, classes.empty() ? first : others, texts});
  return classes;
}

/// What the quiet projects measured, over all rounds.
struct Quiet {
  Histogram latency;
  std::uint64_t failed = 0;
  double others = 0;  ///< the highest CPU share of other processes during one round
  void take(const std::vector<ClassOutcome>& outcomes, double share) {
    others = std::max(others, share);
    for (std::size_t i = 1; i < outcomes.size(); ++i) {
      latency.add(outcomes[i].latency(201));
      failed += outcomes[i].due - outcomes[i].count(201);
    }
  }
  [[nodiscard]] std::vector<std::string> row(const std::string& name) const {
    return {name,
            std::to_string(latency.count()),
            ms(latency.percentile_us(50)),
            ms(latency.percentile_us(99)),
            ms(latency.max_us()),
            std::to_string(failed),
            number(100 * others, 0) + "%"};
  }
};

/// The first project at one rate, the others at another; also returns the CPU share of other processes.
std::pair<std::vector<ClassOutcome>, double> run(const Server& server, double first, double others,
                                                 const OpenLoopPlan& plan, const Options& options) {
  const std::vector<LoadClass> classes = classes_of(server, first, others);
  return quietest(
      options.attempts, &server, [] {}, [&] { return open_loop(classes, plan); });
}

void measure_equal(const Server& server, double capacity, const OpenLoopPlan& plan, const Options& options,
                   Report& report) {
  const auto [outcomes, others] = run(server, capacity, capacity, plan, options);
  Table table{"Fairness: four projects of equal demand, four times capacity together",
              {"project", "offered a second", "good a second", "201 p99 ms", "503"},
              {}};
  for (const ClassOutcome& o : outcomes)
    table.rows.push_back({o.name, number(capacity, 0), number(o.goodput(), 1), ms(o.latency(201).percentile_us(99)),
                          std::to_string(o.count(503))});
  report.table(std::move(table));
  const double index = jain_index(outcomes);
  report.figure(
      {"Jain's index of four equal projects at 4x capacity", number(index, 4), "at least 0.95", index >= 0.95});
}

void measure_loud(const Server& server, double capacity, double hash_s, const Options& options, Report& report) {
  const OpenLoopPlan plan = plan_of(options, hash_s);
  const double rate = capacity * quiet_share;
  Quiet without, with;
  double loud = 0, served = 0;  // rates, summed over the rounds
  const unsigned turns = options.rounds * turns_a_round;
  for (unsigned turn = 0; turn < turns; ++turn) {
    const auto [alone, share] = run(server, 0, rate, plan, options);
    without.take(alone, share);
    const auto [outcomes, others] = run(server, rate * loud_multiple, rate, plan, options);
    with.take(outcomes, others);
    loud += outcomes[0].goodput();
    for (const ClassOutcome& each : outcomes) served += each.goodput();
  }
  const double hash_ms = 1000 * cores() * turns / served;  // all threads hash all the time then
  report.table({"Fairness: sign-ins of three quiet projects, " + number(rate, 1) + " a second each",
                {"beside", "sign-ins", "p50 ms", "p99 ms", "max ms", "failed", "others' CPU, at most"},
                {without.row("nothing"),
                 with.row("a project at 100 times the rate (" + number(loud / turns, 0) + " a second served)")}});
  const double rise_ms =
      (static_cast<double>(with.latency.percentile_us(99)) - static_cast<double>(without.latency.percentile_us(99))) /
      1000;
  report.figure({"quiet projects' p99 beside a loud one, rise", number(rise_ms, 1, "ms"),
                 "at most one hash, " + number(hash_ms, 1, "ms"), rise_ms <= hash_ms});
  report.figure({"one hash by the closed loop before", number(1000 * hash_s, 1, "ms"), ""});
  report.figure({"quiet projects' sign-ins not served", std::to_string(with.failed), "0", with.failed == 0});
}

}  // namespace

void measure_fairness(const Options& options, Report& report) {
  ServerPlan server_plan;
  server_plan.projects = {"storm-a", "storm-b", "storm-c", "storm-d"};
  server_plan.users = 64;
  const std::unique_ptr<Server> server = start_portcullis(options, server_plan);
  const double capacity = quiet_capacity(options, *server, cores(), options.seconds);
  const double hash_s = static_cast<double>(cores()) / capacity;
  measure_equal(*server, capacity, plan_of(options, hash_s), options, report);
  measure_loud(*server, capacity, hash_s, options, report);
}

}  // namespace portcullis::bench
