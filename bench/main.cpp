// One program, named workloads. Every figure is a ratio against a peer or a raw limit measured in the same run.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "bench/support.hpp"

int main(int argc, char** argv) {
  using namespace portcullis::bench;
  const std::map<std::string, bool (*)(const Options&)> workloads{{"session-check", session_check},
                                                                  {"identity", identity},
                                                                  {"sign-in", sign_in},
                                                                  {"enumeration", enumeration},
                                                                  {"enumeration-real", enumeration_real},
                                                                  {"writer", writer},
                                                                  {"start", start},
                                                                  {"idle", idle}};
  Options options;
  std::string name = "all";
  CLI::App app("Measures Portcullis against its peers and limits, as ratios within one run.");
  app.add_option("workload", name,
                 "session-check, identity, sign-in, enumeration, enumeration-real, writer, start, idle or all")
      ->capture_default_str();
  app.add_option("--program", options.program, "path of the portcullis program")
      ->default_val("build/release/portcullis");
  app.add_option("--seconds", options.seconds, "length of each measured interval, seconds")->capture_default_str();
  app.add_option("--rounds", options.rounds, "interleaved repetitions; medians are printed")->capture_default_str();
  app.add_option("--users", options.users, "users in the large store")->capture_default_str();
  app.add_option("--connections", options.connections, "client connections of session-check")->capture_default_str();
  app.add_option("--samples", options.samples, "of each class of enumeration")->capture_default_str();
  app.add_option("--keep", options.keep, "folder where the large store is kept for the next run");
  CLI11_PARSE(app, argc, argv);
  if (name != "all" && !workloads.contains(name)) {
    std::fprintf(stderr, "no workload is named %s; see --help\n", name.c_str());
    return 2;
  }
  bool fine = true;
  try {
    for (const auto& [title, run] : workloads)
      if (name == "all" || name == title) fine = run(options) && fine;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return fine ? 0 : 1;
}
