#include "bench/load/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

namespace portcullis::bench {
namespace {

constexpr double width = 800, height = 420;
constexpr double left = 74, right = 24, top = 84, bottom = 62;
constexpr double plot_width = width - left - right, plot_height = height - top - bottom;
constexpr std::size_t colours = 4;

// Colours that most people can distinguish, on white and on dark.
constexpr const char* style =
    "<style>text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}"
    ".small{font-size:12px}.paper{fill:#ffffff}.grid{stroke:#d0d7de}.axis{stroke:#57606a}"
    ".ref{stroke:#57606a;stroke-dasharray:5 4}"
    ".f0{fill:#0969da}.f1{fill:#bc4c00}.f2{fill:#6e7781}.f3{fill:#8250df}"
    ".l0{stroke:#0969da}.l1{stroke:#bc4c00}.l2{stroke:#6e7781}.l3{stroke:#8250df}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.grid{stroke:#30363d}"
    ".axis,.ref{stroke:#8b949e}.f0{fill:#4493f8}.f1{fill:#f0883e}.f2{fill:#9198a1}.f3{fill:#ab7df8}"
    ".l0{stroke:#4493f8}.l1{stroke:#f0883e}.l2{stroke:#9198a1}.l3{stroke:#ab7df8}}</style>\n";

template <class... T>
std::string format(const char* pattern, T... values) {
  std::array<char, 512> text;
  const int size = std::snprintf(text.data(), text.size(), pattern, values...);
  return std::string(text.data(), std::min(text.size() - 1, static_cast<std::size_t>(std::max(0, size))));
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    if (c == '<') out += "&lt;";
    if (c == '>') out += "&gt;";
    if (c != '&' && c != '<' && c != '>') out += c;
  }
  return out;
}

std::string text_at(double x, double y, const char* anchor, const char* kind, const std::string& text) {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, kind) + escaped(text) +
         "</text>\n";
}

std::string line_from_to(double x1, double y1, double x2, double y2, const char* kind) {
  return format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, kind);
}

struct Axis {
  double step = 1;
  double most = 1;
  [[nodiscard]] double y(double value) const { return top + plot_height * (1 - value / most); }
};

Axis axis_of(const Chart& chart) {
  double largest = chart.reference.value_or(0);
  for (const Chart::Category& category : chart.categories)
    for (const auto& value : category.values) largest = std::max(largest, value.value_or(0));
  Axis axis;
  axis.step = axis_step(largest / 5);
  axis.most = axis.step * std::max(1.0, std::ceil(largest * 1.08 / axis.step));  // space for the highest value's text
  return axis;
}

std::string legend(const Chart& chart) {
  std::string out;
  double x = left;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    out += format("<rect x=\"%.1f\" y=\"44\" width=\"12\" height=\"12\" rx=\"2\" class=\"f%zu\"/>\n", x, i % colours);
    out += text_at(x + 18, 55, "start", "", chart.series[i]);
    x += 18 + 7.3 * static_cast<double>(chart.series[i].size()) + 22;
  }
  return out;
}

/// Everything but the bars or lines.
std::string frame(const Chart& chart, const Axis& axis) {
  std::string out = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
      "height=\"%.0f\" role=\"img\">\n",
      width, height, width, height);
  out += "<title>" + escaped(chart.title) + "</title>\n" + style;
  out += format("<rect width=\"%.0f\" height=\"%.0f\" class=\"paper\"/>\n", width, height);
  out += text_at(left, 26, "start", "title", chart.title) + legend(chart);
  int decimals = 0;
  for (double step = axis.step; decimals < 4 && std::abs(step - std::round(step)) > 1e-6; step *= 10) ++decimals;
  for (double value = 0; value <= axis.most + axis.step / 2; value += axis.step) {
    out += line_from_to(left, axis.y(value), width - right, axis.y(value), value > 0 ? "grid" : "axis");
    out += text_at(left - 8, axis.y(value) + 4, "end", "small", format("%.*f", decimals, value));
  }
  const double each = plot_width / static_cast<double>(std::max<std::size_t>(1, chart.categories.size()));
  for (std::size_t i = 0; i < chart.categories.size(); ++i)
    out += text_at(left + each * (static_cast<double>(i) + 0.5), height - bottom + 20, "middle", "",
                   chart.categories[i].label);
  out += text_at(left + plot_width / 2, height - 14, "middle", "", chart.x_label);
  out += format("<g transform=\"translate(18 %.1f) rotate(-90)\">", top + plot_height / 2) +
         text_at(0, 0, "middle", "", chart.y_label) + "</g>\n";
  if (!chart.reference) return out;
  const double y = axis.y(*chart.reference);
  return out + line_from_to(left, y, width - right, y, "ref") +
         text_at(width - right, y - 6, "end", "small", chart.reference_label);
}

/// Where a series' value is written: above its point, or below where another series' point is close above.
double label_y(const Chart& chart, const Axis& axis, std::size_t category, std::size_t series) {
  const double y = axis.y(chart.categories[category].values[series].value_or(0));
  for (std::size_t other = 0; other < chart.series.size(); ++other) {
    const auto& value = chart.categories[category].values[other];
    if (other == series || !value) continue;
    const double distance = y - axis.y(*value);
    const bool close_above = distance > 0 || (distance == 0 && other < series);
    if (close_above && distance < 34 && y + 20 < height - bottom) return y + 20;
  }
  return y - 10;
}

}  // namespace

double axis_step(double value) {
  if (value <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= value) return factor * power;
  return 10 * power;
}

std::string bar_chart(const Chart& chart) {
  const Axis axis = axis_of(chart);
  std::string out = frame(chart, axis);
  const double each = plot_width / static_cast<double>(std::max<std::size_t>(1, chart.categories.size()));
  const double bar = std::min(64.0, each * 0.84 / static_cast<double>(std::max<std::size_t>(1, chart.series.size())));
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    const auto& values = chart.categories[i].values;
    const auto shown =
        static_cast<double>(std::count_if(values.begin(), values.end(), [](auto& v) { return v.has_value(); }));
    double x = left + each * (static_cast<double>(i) + 0.5) - bar * shown / 2;
    for (std::size_t s = 0; s < values.size(); ++s) {
      if (!values[s]) continue;
      const double y = axis.y(*values[s]);
      out += format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"f%zu\"/>\n", x + 2, y, bar - 4,
                    top + plot_height - y, s % colours);
      out += text_at(x + bar / 2, y - 5, "middle", "small", format("%.*f", chart.decimals, *values[s]));
      x += bar;
    }
  }
  return out + "</svg>\n";
}

std::string line_chart(const Chart& chart) {
  const Axis axis = axis_of(chart);
  std::string out = frame(chart, axis);
  const double each = plot_width / static_cast<double>(std::max<std::size_t>(1, chart.categories.size()));
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    std::string points, marks;
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
      const auto& value = chart.categories[i].values[s];
      if (!value) continue;
      const double x = left + each * (static_cast<double>(i) + 0.5), y = axis.y(*value);
      points += format("%.1f,%.1f ", x, y);
      marks += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" class=\"f%zu\"/>\n", x, y, s % colours);
      marks += text_at(x, label_y(chart, axis, i, s), "middle", "small", format("%.*f", chart.decimals, *value));
    }
    out +=
        format("<polyline fill=\"none\" stroke-width=\"2\" class=\"l%zu\" points=\"", s % colours) + points + "\"/>\n";
    out += marks;
  }
  return out + "</svg>\n";
}

}  // namespace portcullis::bench
