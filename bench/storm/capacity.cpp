// Storm, capacity: whole sign-ins by number of hash threads, against libsodium, the bare engine and the peer.

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "bench/load/svg.hpp"
#include "bench/storm/quiet_machine.hpp"
#include "bench/storm/raw_hash.hpp"
#include "bench/storm/report.hpp"
#include "bench/storm/server.hpp"

namespace portcullis::bench {
namespace {

/// The peer keeps hashing for clients that have closed.
constexpr std::chrono::seconds aftermath{1};

struct Rates {
  double ours = 0, engine = 0, sodium = 0;
  std::optional<double> peer;
  double to_engine = 0, to_sodium = 0;  ///< ours to theirs: medians over the turns, as are the next two
  std::optional<double> to_peer;
  std::optional<double> to_plan;  ///< to what `portcullis plan` predicts
  double others = 0;              ///< the highest share of other processes during one measurement
};

/// The sign-ins a second that `portcullis plan` predicts at the usual cost.
double planned_rate(const Options& options, double seconds) {
  const json::Value answer = answer_of(options, "plan --preset owasp-19 --seconds " + number(seconds, 1));
  const json::Value* const presets = json::find(*answer.object(), "presets");
  if (presets == nullptr || presets->array() == nullptr || presets->array()->size() != 1)
    throw std::runtime_error("plan says nothing of the usual cost");
  return number_of(presets->array()->front(), "signInsPerSecond");
}

/// Measures all in turns; medians. With all threads the plan is measured, too.
Rates rates_with(unsigned threads, const Options& options, Server* peer, bool plans) {
  ServerPlan server_plan;
  server_plan.hash_threads = threads;
  const std::unique_ptr<Server> server = start_portcullis(options, server_plan);
  std::vector<double> ours, engine, sodium, theirs, planned;
  double others = 0;
  const auto measure = [&](std::vector<double>& into, const Server* measured, const auto& rate) {
    const auto [value, share] = quietest(
        options.attempts, measured, [] {}, rate);
    into.push_back(value);
    others = std::max(others, share);
  };
  const Turns turns(options);
  for (unsigned turn = 0; turn < turns.count; ++turn) {
    measure(ours, server.get(), [&] { return capacity_of(*server, threads, turns.seconds); });
    measure(engine, nullptr, [&] { return engine_rate(threads, turns.seconds); });
    measure(sodium, nullptr, [&] { return sodium_rate(threads, turns.seconds); });
    if (plans) planned.push_back(planned_rate(options, turns.seconds));  // run as a program of its own
    if (!peer) continue;
    measure(theirs, peer, [&] { return capacity_of(*peer, threads, turns.seconds); });
    std::this_thread::sleep_for(aftermath);
  }
  Rates rates;
  rates.ours = median(ours);
  rates.engine = median(engine);
  rates.sodium = median(sodium);
  rates.to_engine = median_ratio(ours, engine);
  rates.to_sodium = median_ratio(ours, sodium);
  rates.others = others;
  if (plans) rates.to_plan = median_ratio(ours, planned);
  if (peer) rates.peer = median(theirs);
  if (peer) rates.to_peer = median_ratio(ours, theirs);
  return rates;
}

}  // namespace

void measure_capacity(const Options& options, Report& report) {
  const unsigned most = cores();
  const std::unique_ptr<Server> peer = start_peer(options, ServerPlan{});
  if (!peer) report.remark("The peer was skipped, because it could not be installed.");
  Table table{"Capacity: sign-ins and hashes a second",
              {"threads", "sign-ins", "engine alone", "libsodium", "peer", "others' CPU, at most"},
              {}};
  Chart chart{"Sign-ins a second, closed loop",
              "hash threads",
              "a second",
              {"Portcullis, whole sign-ins", "its engine alone", "libsodium crypto_pwhash", "Fastify peer"},
              {},
              0,
              {},
              {}};
  Rates last;
  for (const unsigned threads : steps_to(most)) {
    // The peer's number of threads cannot be changed while it runs: it is measured with all of them.
    last = rates_with(threads, options, threads == most ? peer.get() : nullptr, threads == most);
    table.rows.push_back({std::to_string(threads), number(last.ours, 1), number(last.engine, 1), number(last.sodium, 1),
                          last.peer ? number(*last.peer, 1) : "-", number(100 * last.others, 0) + "%"});
    chart.categories.push_back({std::to_string(threads), {last.ours, last.engine, last.sodium, last.peer}});
  }
  report.table(std::move(table));
  const std::string on = ", " + std::to_string(most) + " threads";
  report.figure({"whole sign-ins : libsodium's hashes" + on, number(last.to_sodium, 2), ""});
  report.figure({"whole sign-ins : the engine's hashes" + on, number(last.to_engine, 3), "at least 0.95",
                 last.to_engine >= 0.95});
  if (last.to_plan)
    report.figure({"whole sign-ins : what `portcullis plan` says" + on, number(*last.to_plan, 2), "0.85 to 1.15",
                   *last.to_plan >= 0.85 && *last.to_plan <= 1.15});
  if (last.to_peer) report.figure({"whole sign-ins : the peer's" + on, number(*last.to_peer, 2), ""});
  report.picture("capacity", "Sign-ins a second by hash threads", bar_chart(chart));
}

}  // namespace portcullis::bench
