#pragma once
// Metrics in Prometheus's text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Pure text.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "core/histogram.hpp"

namespace portcullis::prometheus {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Writer {
 public:
  /// Begins a metric: its HELP and TYPE lines. `type` is counter, gauge or histogram.
  void metric(std::string_view name, std::string_view type, std::string_view help);
  // Samples of the metric begun last.
  void sample(Labels labels, std::uint64_t value);
  void sample(Labels labels, double value);
  /// Cumulative buckets, sum and count. `per_unit`: how many of the histogram's unit make one of the metric's.
  void sample(Labels labels, const Histogram::Reading& reading, double per_unit);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void line(std::string_view suffix, Labels labels, std::string_view bound, std::string_view value);
  std::string name_;
  std::string out_;
};

}  // namespace portcullis::prometheus
