// One program with named workloads. Every figure is a ratio to a peer or a raw limit measured in the same run.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "bench/placement.hpp"
#include "bench/support.hpp"

namespace {

using namespace portcullis::bench;

struct Workload {
  std::string_view name;
  bool (*run)(const Options&);
  bool in_all = true;  ///< false for the parts of the storm: the storm runs them
};
constexpr std::array workloads{Workload{"engine", engine},
                               Workload{"identity", identity},
                               Workload{"idle", idle},
                               Workload{"import", import_file},
                               Workload{"list", list},
                               Workload{"session-check", session_check},
                               Workload{"sign-in", sign_in},
                               Workload{"start", start},
                               Workload{"writer", writer},
                               Workload{"enumeration", enumeration},
                               Workload{"enumeration-real", enumeration_real},
                               Workload{"storm", storm},
                               Workload{"storm-capacity", storm_capacity, false},
                               Workload{"storm-overload", storm_overload, false},
                               Workload{"storm-isolation", storm_isolation, false},
                               Workload{"storm-fairness", storm_fairness, false},
                               Workload{"storm-scaling", storm_scaling, false}};

std::string names() {
  std::string out;
  for (const Workload& each : workloads) out += std::string(each.name) + ", ";
  return out + "or all (without the storm's parts)";
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--program", options.program, "path of the portcullis program")
      ->default_val("build/release/portcullis");
  app.add_option("--seconds", options.seconds, "length of each measured interval, seconds")->capture_default_str();
  app.add_option("--rounds", options.rounds, "interleaved repetitions; medians are printed")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--users", options.users, "users in the large store")->capture_default_str();
  app.add_option("--connections", options.connections, "client connections of session-check")->capture_default_str();
  app.add_option("--keep", options.keep, "folder where the large store is kept for the next run");
  app.add_option("--samples", options.samples, "of each class that enumeration compares")->capture_default_str();
  app.add_option("--attempts", options.attempts, "at a point of the storm, when other processes disturb it")
      ->capture_default_str();
  app.add_option("--docs", options.docs, "folder where storm writes its page and pictures");
  app.add_option("--page", options.page, "name of that page, and of the pictures")->capture_default_str();
  app.add_option("--peer", options.peer, "folder of the storm's peer")->default_val("bench/peers/fastify");
}

}  // namespace

int main(int argc, char** argv) {
  ::setenv("PORTCULLIS_METRICS", "off", 1);  // servers that are measured side by side would use the same port
  Options options;
  std::string name = "all";
  CLI::App app("Measures Portcullis against its peers and limits, as ratios within one run.");
  app.add_option("workload", name, names())->capture_default_str();
  add_options(app, options);
  unsigned server_cores = 0;
  app.add_option("--server-cores", server_cores, "CPUs for servers alone, the others for the generator; 0: shared")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (name != "all" && std::none_of(workloads.begin(), workloads.end(), [&](auto& w) { return w.name == name; })) {
    std::fprintf(stderr, "no workload is named %s; see --help\n", name.c_str());
    return 2;
  }
  bool fine = true;
  try {
    keep_cores_for_servers(server_cores);
    for (const Workload& each : workloads)
      if (name == each.name || (name == "all" && each.in_all)) fine = each.run(options) && fine;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return fine ? 0 : 1;
}
