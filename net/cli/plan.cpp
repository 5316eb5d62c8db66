#include "net/cli/plan.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "core/json/writer.hpp"
#include "core/password/capacity.hpp"
#include "net/cli/terminal.hpp"
#include "net/config/machine.hpp"
#include "net/config/options.hpp"

namespace portcullis::cli {
namespace {

constexpr double usual_load = 0.8;  // of the highest rate at each cost
constexpr double kib = 1024;

constexpr const char* legend =
    "\nThe owasp costs are equally hard to guess against; rfc9106-64 is harder. answerMs: the mean time of a sign-in "
    "when `load`\nof them arrive each second; none where that is more than can be hashed.\n";

struct Line {
  HashPreset preset;
  HashRate rate;
  double sign_ins = 0;
};

std::string flags_of(const Line& line) {
  return "--hash-memory " + std::to_string(line.preset.cost.memory_kib) + " --hash-passes " +
         std::to_string(line.preset.cost.passes) + " --hash-threads " + std::to_string(line.rate.threads);
}

double kib_of(const Line& line) { return 1.0 * line.preset.cost.memory_kib * line.rate.threads; }

double tenths(double value) { return std::round(value * 10) / 10; }

json::Value row(const Line& line, const PlanOrder& order) {
  const double load = order.load.value_or(line.sign_ins * usual_load);
  const double answer_ms = forecast_answer_time(line.rate, load) * 1000;
  json::Object object;
  object.emplace_back("preset", std::string(line.preset.name));
  object.emplace_back("signInsPerSecond", tenths(line.sign_ins));
  object.emplace_back("hashMs", tenths(1000 * line.rate.threads * line.rate.cpu_share / line.rate.per_second));
  object.emplace_back("load", tenths(load));
  object.emplace_back("answerMs", std::isinf(answer_ms) ? json::Value() : json::Value(tenths(answer_ms)));
  object.emplace_back("memoryMiB", tenths(kib_of(line) / kib));
  object.emplace_back("flags", flags_of(line));
  return json::Value(std::move(object));
}

/// The cost with the most memory that reaches the target.
const Line* advised(const std::vector<Line>& lines, double target) {
  const Line* best = nullptr;
  for (const Line& line : lines)
    if (line.sign_ins >= target && (!best || line.preset.cost.memory_kib > best->preset.cost.memory_kib)) best = &line;
  return best;
}

std::vector<Line> measure(const PlanOrder& order, const Machine& machine, argon2::Kernel kernel) {
  ProgressBar bar(order.preset.empty() ? hash_presets.size() : 1);
  std::vector<Line> lines;
  for (const HashPreset& preset : hash_presets) {
    if (!order.preset.empty() && order.preset != preset.name) continue;
    bar.begin(std::string(preset.name));
    Config config;
    config.hash_cost = preset.cost;
    config.hash_threads = order.threads;
    try {
      config = derive(config, machine);
    } catch (const BadOption&) {  // its arenas do not fit into the memory: it is left out
      continue;
    }
    Line line{preset, {}, 0};
    line.rate.threads = config.hash_threads;
    line.rate.cores = machine.cpu_quota > 0 ? std::min<double>(machine.cpu_quota, machine.cores) : machine.cores;
    const auto duration = std::chrono::milliseconds(static_cast<std::int64_t>(order.seconds * 1000));
    line.rate.cpu_share = config.hash_cpu_share;
    line.rate.per_second = measure_hash_rate(kernel, preset.cost, line.rate.threads, duration, line.rate.cpu_share);
    line.sign_ins = forecast_sign_ins(line.rate);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

int plan(const PlanOrder& order) {
  const Machine machine = read_machine();
  const argon2::Selection selection = argon2::select_kernel();
  for (const argon2::Kernel failed : selection.failed)
    std::fprintf(stderr, "portcullis: the Argon2 kernel %s fails its self-test here and is not used\n",
                 std::string(argon2::name(failed)).c_str());
  const argon2::Kernel kernel = selection.kernel;
  const std::vector<Line> lines = measure(order, machine, kernel);
  json::Object answer;
  json::Array rows;
  for (const Line& line : lines) rows.push_back(row(line, order));
  answer.emplace_back("kernel", std::string(argon2::name(kernel)));
  answer.emplace_back("cores", std::int64_t{machine.cores});
  answer.emplace_back("presets", std::move(rows));
  const Line* const best = order.target ? advised(lines, *order.target) : nullptr;
  if (best) answer.emplace_back("use", flags_of(*best));
  if (order.as_json) {
    std::printf("%s\n", json::to_text(json::Value(answer)).c_str());
  } else {
    std::fputs(render(answer).c_str(), stdout);
    std::fputs(legend, stdout);
    if (best) std::printf("\nFor %g sign-ins a second: portcullis serve %s\n", *order.target, flags_of(*best).c_str());
  }
  if (!order.target || best) return 0;
  std::fprintf(stderr, "portcullis: no cost reaches %g sign-ins a second on this machine\n", *order.target);
  return 1;
}

}  // namespace portcullis::cli
