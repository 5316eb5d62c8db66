// Storm, scaling: sign-ins and session checks a second by the number of the server's cores.

#include "bench/load/svg.hpp"
#include "bench/storm/raw_hash.hpp"
#include "bench/storm/report.hpp"
#include "bench/storm/server.hpp"

namespace portcullis::bench {
namespace {

constexpr unsigned sessions = 64;
constexpr unsigned connections_a_generator = 32;

/// Medians over the rounds, a second.
struct Rates {
  double sign_ins = 0, hashes = 0, checks = 0;
};

double check_rate(const Server& server, const std::vector<std::string>& checks, const Options& options) {
  const unsigned threads = generator_cores();
  const Load load = closed_loop(server.port, checks, threads * connections_a_generator, options.seconds, 200, threads);
  return answered_a_second(load, "checks");
}

/// Measures both in turns.
Rates rates_on(unsigned cores, const Options& options) {
  ServerPlan plan;
  plan.cores = cores;
  const std::unique_ptr<Server> server = start_portcullis(options, plan);
  const std::vector<std::string> checks = session_checks(*server, sessions);
  std::vector<double> sign_ins, hashes, answered;
  for (unsigned round = 0; round < options.rounds; ++round) {
    sign_ins.push_back(capacity_of(*server, cores, options.seconds));
    hashes.push_back(engine_rate(cores, options.seconds, cores));
    answered.push_back(check_rate(*server, checks, options));
  }
  return {median(sign_ins), median(hashes), median(answered)};
}

}  // namespace

void measure_scaling(const Options& options, Report& report) {
  if (!has_own_cores()) {
    report.remark("Scaling by cores was skipped: it needs --server-cores, so that the generator has cores of its own.");
    return;
  }
  Table table{
      "Scaling: what a server does with its cores, a second",
      {"cores", "sign-ins", "times one core", "engine alone", "times one core", "session checks", "times one core"},
      {}};
  Chart chart{"What more cores bring",
              "cores of the server",
              "times what one does",
              {"sign-ins", "engine alone", "session checks"},
              {},
              1,
              {},
              {}};
  Rates one, last;
  for (const unsigned count : steps_to(cores())) {
    last = rates_on(count, options);
    if (count == 1) one = last;
    const std::vector<double> times{last.sign_ins / one.sign_ins, last.hashes / one.hashes, last.checks / one.checks};
    table.rows.push_back({std::to_string(count), number(last.sign_ins, 1), number(times[0], 2), number(last.hashes, 1),
                          number(times[1], 2), number(last.checks, 0), number(times[2], 2)});
    chart.categories.push_back({std::to_string(count), {times[0], times[1], times[2]}});
  }
  report.table(std::move(table));
  const std::string with = " with " + std::to_string(cores()) + " cores : with one";
  report.figure({"whole sign-ins" + with, number(last.sign_ins / one.sign_ins, 2), ""});
  report.figure({"the engine's hashes" + with, number(last.hashes / one.hashes, 2), ""});
  report.figure({"session checks" + with, number(last.checks / one.checks, 2), ""});
  report.picture("scaling", "Sign-ins and session checks by cores", line_chart(chart));
}

}  // namespace portcullis::bench
