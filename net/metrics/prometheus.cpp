#include "net/metrics/prometheus.hpp"

#include <array>
#include <charconv>

namespace portcullis::prometheus {
namespace {

std::string number(double value) {
  std::array<char, 384> text{};  // the longest double in fixed notation
  const auto [end, failed] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return failed == std::errc{} ? std::string(text.data(), end) : "NaN";
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  out += out.back() == '{' ? "" : ",";
  out += name;
  out += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

}  // namespace

void Writer::metric(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Writer::line(std::string_view suffix, Labels labels, std::string_view bound, std::string_view value) {
  out_.append(name_).append(suffix);
  if (labels.size() > 0 || !bound.empty()) {
    out_ += '{';
    for (const auto& [label, text] : labels) append_label(out_, label, text);
    if (!bound.empty()) append_label(out_, "le", bound);
    out_ += '}';
  }
  out_.append(" ").append(value).append("\n");
}

void Writer::sample(Labels labels, std::uint64_t value) { line("", labels, "", std::to_string(value)); }

void Writer::sample(Labels labels, double value) { line("", labels, "", number(value)); }

void Writer::sample(Labels labels, const Histogram::Reading& reading, double per_unit) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < reading.bounds.size(); ++i) {
    below += reading.counts[i];
    line("_bucket", labels, number(static_cast<double>(reading.bounds[i]) / per_unit), std::to_string(below));
  }
  const std::string total = std::to_string(reading.total());
  line("_bucket", labels, "+Inf", total);
  line("_sum", labels, "", number(static_cast<double>(reading.sum) / per_unit));
  line("_count", labels, "", total);
}

}  // namespace portcullis::prometheus
