#include "net/cli/import_report.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "core/json/writer.hpp"

namespace portcullis::cli {
namespace {

constexpr std::size_t lines_named = 5;

}  // namespace

ImportReport::ImportReport(const std::string& rejects) : rejects_name_(rejects) {
  if (rejects.empty()) return;
  rejects_.open(rejects, std::ios::binary | std::ios::trunc);
  if (!rejects_) throw std::runtime_error(rejects + " cannot be written");
}

void ImportReport::refuse(std::uint64_t line, const std::string& reason) {
  ++refused_;
  Reason& known = reasons_[reason];
  ++known.count;
  if (known.first_lines.size() < lines_named) known.first_lines.push_back(line);
  if (!rejects_.is_open()) return;
  std::string text;
  json::Writer out(text, json::Writer::Slashes::plain);
  out.begin_object();
  out.field("line", static_cast<std::int64_t>(line));
  out.field("reason", reason);
  out.end_object();
  rejects_ << text << '\n';
}

json::Object ImportReport::finish(double seconds, bool dry_run) {
  if (rejects_.is_open()) rejects_.close();
  if (rejects_.fail()) throw std::runtime_error(rejects_name_ + " could not be written whole");
  const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  json::Array refusals;
  for (const auto& [reason, known] : reasons_) {
    json::Object row;
    json::Array lines;
    for (const std::uint64_t line : known.first_lines) lines.emplace_back(number(line));
    row.emplace_back("count", number(known.count));
    row.emplace_back("lines", std::move(lines));
    row.emplace_back("reason", reason);
    refusals.emplace_back(std::move(row));
  }
  json::Object report;
  report.emplace_back(dry_run ? "valid" : "taken", number(taken_));
  report.emplace_back("existing", number(existing_));
  report.emplace_back("refused", number(refused_));
  report.emplace_back("complete", failure_.empty());
  if (!failure_.empty()) report.emplace_back("failure", failure_);
  report.emplace_back("seconds", std::round(seconds * 1000) / 1000);
  report.emplace_back("perSecond", static_cast<std::int64_t>(static_cast<double>(taken_) / std::max(seconds, 0.001)));
  report.emplace_back("commits", number(commits_));
  report.emplace_back("longestHoldMs", static_cast<double>(longest_hold_us_) / 1000);
  report.emplace_back("longestFlushMs", static_cast<double>(longest_flush_us_) / 1000);
  report.emplace_back("refusals", std::move(refusals));
  return report;
}

}  // namespace portcullis::cli
