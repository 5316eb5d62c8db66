// Storm, overload: open-loop sign-ins at multiples of capacity, ours and the peer's in turns.

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "bench/load/open_loop.hpp"
#include "bench/load/svg.hpp"
#include "bench/storm/quiet_machine.hpp"
#include "bench/storm/report.hpp"
#include "bench/storm/server.hpp"

namespace portcullis::bench {
namespace {

constexpr std::array<unsigned, 5> multiples{1, 2, 5, 10, 20};
constexpr std::size_t at_two = 1;  // indexes into the loads
constexpr std::size_t at_ten = 3;
constexpr std::size_t at_twenty = 4;
constexpr unsigned turns_of_ours = 3;                // with each load, in each round
constexpr std::chrono::milliseconds aftermath{500};  // a server notices only periodically that clients have closed
constexpr double deadline_s = 2;                     // the default of --hash-deadline

/// One load, over all rounds.
struct Point {
  ClassOutcome outcome;        ///< added up
  std::vector<double> kept{};  ///< good sign-ins to capacity just before and after, in each turn
  std::uint64_t rss = 0;       ///< KiB, the maximum during the load
  double others = 0;           ///< the highest CPU share of other processes
};

/// One server under increasing load.
struct Subject {
  std::string name;
  std::unique_ptr<Server> server;
  unsigned turns = turns_of_ours;
  bool starts_anew = false;  ///< before each load, because its queue outlives the previous one
  std::vector<double> capacities{};
  std::uint64_t rss_before = 0, rss_after = 0;  ///< KiB
  std::vector<Point> points{multiples.size()};

  [[nodiscard]] double hash_s() const { return static_cast<double>(cores()) / median(capacities); }
  /// Goodput as a multiple of capacity.
  [[nodiscard]] double kept(std::size_t at) const { return median(points[at].kept); }
  /// That of the best load, or 1 where no load gave more than capacity.
  [[nodiscard]] double peak() const {
    double best = 1;
    for (std::size_t at = 0; at < points.size(); ++at) best = std::max(best, kept(at));
    return best;
  }
  [[nodiscard]] std::uint64_t rss_most() const {
    std::uint64_t most = 0;
    for (const Point& point : points) most = std::max(most, point.rss);
    return most;
  }
};

/// Runs the load and records the highest RssAnon meanwhile.
ClassOutcome load_of(Subject& subject, std::size_t at, double rate, const OpenLoopPlan& plan) {
  std::uint64_t& most = subject.points[at].rss;
  std::atomic<bool> over = false;
  std::thread watcher([&] {
    while (!over) {
      most = std::max(most, subject.server->process->rss_anon_kib());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  const LoadClass sign_ins{subject.name, subject.server->port, rate, subject.server->storm()};
  std::vector<ClassOutcome> outcomes = open_loop({sign_ins}, plan);
  over = true;
  watcher.join();
  return std::move(outcomes.front());
}

/// Sign-ins a second in a closed loop, which is the capacity for hashing.
double capacity_now(Subject& subject, const Options& options) {
  if (subject.starts_anew) restart(*subject.server);
  subject.capacities.push_back(quiet_capacity(options, *subject.server, cores(), Turns(options).seconds));
  return subject.capacities.back();
}

/// `capacity`: measured just before; returns that measured just after.
double run_point(Subject& subject, std::size_t at, double capacity, const Options& options) {
  OpenLoopPlan plan;
  plan.tick = std::chrono::milliseconds(1);  // small against waits of seconds, and takes less of shared cores
  plan.before = deadline_s + 1;
  plan.window = options.seconds;
  plan.after = deadline_s + 0.5;
  plan.in_time = std::chrono::microseconds(static_cast<std::int64_t>((deadline_s + subject.hash_s()) * 1e6));
  const auto prepare = [&] {
    if (subject.starts_anew) restart(*subject.server);
  };
  const auto measure = [&] { return load_of(subject, at, capacity * multiples[at], plan); };
  const auto [outcome, others] = quietest(options.attempts, subject.server.get(), prepare, measure);
  Point& point = subject.points[at];
  point.outcome.add(outcome);
  point.others = std::max(point.others, others);
  std::this_thread::sleep_for(aftermath);
  const double after = capacity_now(subject, options);
  point.kept.push_back(outcome.goodput() / ((capacity + after) / 2));
  return after;
}

/// All loads, each between two measurements of capacity, because the speed of the machine's memory changes over
/// minutes.
void run_round(Subject& subject, const Options& options) {
  double capacity = capacity_now(subject, options);
  if (subject.rss_before == 0) subject.rss_before = subject.server->process->rss_anon_kib();
  for (std::size_t at = 0; at < multiples.size(); ++at)
    for (unsigned turn = 0; turn < subject.turns; ++turn) capacity = run_point(subject, at, capacity, options);
  // Hashes of closed connections would run into the measurement of the other server.
  if (subject.starts_anew) subject.server->process->stop();
}

std::string percentile(const Histogram& histogram, double percent) {
  return histogram.count() > 0 ? ms(histogram.percentile_us(percent)) : "-";
}

std::string mib(std::uint64_t kib) { return number(static_cast<double>(kib) / 1024, 1); }

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole > 0 ? number(100 * static_cast<double>(part) / static_cast<double>(whole), 1) + "%" : "-";
}

/// How requests were lost: not sent, connection broken, not answered.
std::string lost(const ClassOutcome& o) {
  return std::to_string(o.unsent) + "/" + std::to_string(o.broken) + "/" + std::to_string(o.unanswered);
}

std::uint64_t refusals_with_retry_after(const ClassOutcome& o) {
  return o.count(503) > 0 ? o.by_status.at(503).with_retry_after : 0;
}

Table table_of(const Subject& subject) {
  Table table{
      "Overload: " + subject.name,
      {"offered", "a second", "good a second", "of capacity", "201 p50 ms", "p99 ms", "max ms", "503", "503 p50 ms",
       "p99 ms", "Retry-After", "unsent/broken/unanswered", "connections", "lag ms", "RssAnon MiB", "others' CPU"},
      {}};
  for (std::size_t i = 0; i < subject.points.size(); ++i) {
    const ClassOutcome& o = subject.points[i].outcome;
    const Histogram& good = o.latency(201);
    const Histogram& busy = o.latency(503);
    table.rows.push_back({std::to_string(multiples[i]) + "x", number(static_cast<double>(o.due) / o.seconds, 0),
                          number(o.goodput(), 1), number(100 * subject.kept(i), 1) + "%", percentile(good, 50),
                          percentile(good, 99), percentile(good, 100), share(busy.count(), o.due), percentile(busy, 50),
                          percentile(busy, 99), share(refusals_with_retry_after(o), busy.count()), lost(o),
                          std::to_string(o.connections), ms(o.lag.percentile_us(99)), mib(subject.points[i].rss),
                          number(100 * subject.points[i].others, 0) + "%"});
  }
  return table;
}

void report_ours(const Subject& subject, Report& report) {
  const double of_peak = subject.kept(at_ten) / subject.peak();
  report.figure({"good sign-ins at 10x the capacity : the peak", number(of_peak, 3), "at least 0.90", of_peak >= 0.9});
  report.figure({"the same : capacity", number(subject.kept(at_ten), 3), ""});
  const double at_most = subject.kept(at_twenty) / subject.peak();
  Figure twenty{"good sign-ins at 20x the capacity : the peak", number(at_most, 3), ""};
  if (has_own_cores()) {  // otherwise offering such a load takes too much CPU of the server's cores
    twenty.goal = "at least 0.95";
    twenty.met = at_most >= 0.95;
  }
  report.figure(std::move(twenty));
  std::uint64_t latest = 0, refused = 0, with_retry = 0, broken = 0;
  for (const Point& point : subject.points) {
    const ClassOutcome& o = point.outcome;
    latest = std::max(latest, o.latency(201).max_us());
    refused += o.count(503);
    broken += o.due - o.count(201) - o.count(503);
    with_retry += refusals_with_retry_after(o);
  }
  const double bound_ms = (deadline_s + subject.hash_s()) * 1000;
  report.figure({"latest 201 of all loads", ms(latest) + " ms", "at most " + number(bound_ms, 0, "ms"),
                 static_cast<double>(latest) / 1000 <= bound_ms});
  report.figure({"refusals with Retry-After", share(with_retry, refused), "100.0%", with_retry == refused});
  report.figure({"requests with neither 201 nor 503", std::to_string(broken), "0", broken == 0});
  const double flat =
      static_cast<double>(subject.points[at_twenty].rss) / static_cast<double>(subject.points[at_two].rss);
  report.figure({"largest RssAnon at 20x : at 2x", number(flat, 3), "at most 1.05", flat <= 1.05});
  const double growth = static_cast<double>(subject.rss_after) / static_cast<double>(subject.rss_before) - 1;
  report.figure({"RssAnon after the storms : before", number(1 + growth, 3), "at most 1.05", growth <= 0.05});
  report.figure({"RssAnon before, at most within, after",
                 mib(subject.rss_before) + ", " + mib(subject.rss_most()) + ", " + mib(subject.rss_after) + " MiB",
                 ""});
}

Chart chart_of(const std::vector<Subject>& subjects) {
  Chart chart{"Good sign-ins a second against offered load",
              "offered load, multiples of the server's own capacity",
              "answered 201 in time, a second",
              {},
              {},
              0,
              {},
              {}};
  for (const Subject& subject : subjects) chart.series.push_back(subject.name);
  for (std::size_t i = 0; i < multiples.size(); ++i) {
    chart.categories.push_back({std::to_string(multiples[i]) + "x", {}});
    for (const Subject& subject : subjects)
      chart.categories.back().values.emplace_back(subject.points[i].outcome.goodput());
  }
  return chart;
}

}  // namespace

void measure_overload(const Options& options, Report& report) {
  std::vector<Subject> subjects;
  subjects.push_back({"Portcullis", start_portcullis(options, ServerPlan{})});
  if (std::unique_ptr<Server> peer = start_peer(options, ServerPlan{}))
    subjects.push_back({"Fastify peer", std::move(peer), 1, true});
  for (unsigned round = 0; round < options.rounds; ++round)
    for (Subject& subject : subjects) run_round(subject, options);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  subjects.front().rss_after = subjects.front().server->process->rss_anon_kib();
  for (const Subject& subject : subjects) report.table(table_of(subject));
  report_ours(subjects.front(), report);
  if (subjects.size() > 1) {
    const Subject& peer = subjects.back();
    report.figure({"the peer's good sign-ins at 10x its capacity : that", number(peer.kept(at_ten), 3), ""});
    report.figure({"the peer's largest RssAnon", mib(peer.rss_most()) + " MiB", ""});
  }
  report.picture("overload", "Good sign-ins a second against offered load", line_chart(chart_of(subjects)));
}

}  // namespace portcullis::bench
