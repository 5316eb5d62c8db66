#pragma once
// The results of a storm run: figures against goals, tables, charts, remarks. Each is printed at once; a page with all
// of them can be written at the end. One thread.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/support.hpp"

namespace portcullis::bench {

struct Figure {
  std::string name;
  std::string value;
  std::string goal;  ///< empty = none
  std::optional<bool> met{};
};

struct Table {
  std::string title;
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

class Report {
 public:
  void figure(Figure figure);
  void table(Table table);
  /// A sentence about how a figure was measured, or why one is missing.
  void remark(std::string text);
  /// `svg` becomes a file beside the page, named after the page and `subject`.
  void picture(std::string subject, std::string title, std::string svg);
  /// True while every figure with a goal has met it.
  [[nodiscard]] bool all_met() const;
  /// Writes the page of `options.page` and its charts into `options.docs`.
  void write(const Options& options) const;

 private:
  struct Picture {
    std::string subject, title, svg;
  };
  std::vector<Figure> figures_;
  std::vector<Table> tables_;
  std::vector<std::string> remarks_;
  std::vector<Picture> pictures_;
};

/// A number as text, with `unit` after a space unless that is empty.
[[nodiscard]] std::string number(double value, int decimals, const std::string& unit = {});
/// Microseconds as text, in milliseconds.
[[nodiscard]] std::string ms(std::uint64_t microseconds);
/// 1, 2, 4, ... below `most`, and `most`: the numbers of threads or cores of a curve.
[[nodiscard]] std::vector<unsigned> steps_to(unsigned most);

// The parts of the storm; each adds its results to the report.
void measure_capacity(const Options& options, Report& report);
void measure_overload(const Options& options, Report& report);
void measure_isolation(const Options& options, Report& report);
void measure_quota(const Options& options, Report& report);
void measure_fairness(const Options& options, Report& report);
void measure_scaling(const Options& options, Report& report);

}  // namespace portcullis::bench
