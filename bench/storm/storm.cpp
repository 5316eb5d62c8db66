// The storm's workloads: each part alone, or all of them with the page they make.

#include "bench/storm/report.hpp"

namespace portcullis::bench {

bool storm_capacity(const Options& options) {
  Report report;
  measure_capacity(options, report);
  return report.all_met();
}

bool storm_overload(const Options& options) {
  Report report;
  measure_overload(options, report);
  return report.all_met();
}

bool storm_isolation(const Options& options) {
  Report report;
  measure_isolation(options, report);
  measure_quota(options, report);
  return report.all_met();
}

bool storm_fairness(const Options& options) {
  Report report;
  measure_fairness(options, report);
  return report.all_met();
}

bool storm_scaling(const Options& options) {
  Report report;
  measure_scaling(options, report);
  return report.all_met();
}

bool storm(const Options& options) {
  Report report;
  measure_capacity(options, report);
  measure_overload(options, report);
  measure_isolation(options, report);
  measure_quota(options, report);
  measure_fairness(options, report);
  measure_scaling(options, report);
  if (!options.docs.empty()) report.write(options);
  return report.all_met();
}

}  // namespace portcullis::bench
