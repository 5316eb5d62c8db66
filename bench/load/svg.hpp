#pragma once
// Small charts as SVG: categories on the horizontal axis, a linear vertical axis from zero, every value written beside
// its mark. 800 pixels wide, in light and dark. Plain functions.

#include <optional>
#include <string>
#include <vector>

namespace portcullis::bench {

struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;  ///< with its unit
  std::vector<std::string> series;
  struct Category {
    std::string label;
    std::vector<std::optional<double>> values;  ///< one of each series
  };
  std::vector<Category> categories;
  int decimals = 0;                 ///< of the written values
  std::optional<double> reference;  ///< a dashed horizontal line
  std::string reference_label;
};

/// Bars side by side.
[[nodiscard]] std::string bar_chart(const Chart& chart);
/// One line for each series, its points evenly spaced.
[[nodiscard]] std::string line_chart(const Chart& chart);
/// A round number at or above `value`: 1, 2, 2.5 or 5 times a power of ten, times at most ten steps of the axis.
[[nodiscard]] double axis_step(double value);

}  // namespace portcullis::bench
