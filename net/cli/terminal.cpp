#include "net/cli/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include "core/json/writer.hpp"
#include "core/printable.hpp"

namespace portcullis::cli {
namespace {

constexpr std::size_t most_password_bytes = 4096;

/// The members of a list's elements that become columns.
struct Table {
  std::string_view list;
  std::array<std::string_view, 7> columns;
};
constexpr std::array tables{
    Table{"projects", {"id", "createdAt", "settings.name"}},
    Table{"keys", {"id", "name", "createdAt", "expire", "scopes"}},
    Table{"devKeys", {"id", "name", "createdAt", "expire"}},
    Table{"platforms", {"id", "type", "identifier", "name", "createdAt"}},
    Table{"mockNumbers", {"number", "otp", "createdAt", "updatedAt"}},
    Table{"users", {"id", "email", "phone", "name", "status", "createdAt"}},
    Table{"sessions", {"id", "createdAt", "expire", "provider", "ip", "client"}},
    Table{"presets", {"preset", "signInsPerSecond", "hashMs", "load", "answerMs", "memoryMiB", "flags"}},
    Table{"targets", {"id", "type", "identifier"}},
    Table{"refusals", {"count", "lines", "reason"}},
};

std::string scalar(const json::Value& value) {
  if (value.string() != nullptr) return printable(*value.string());
  if (value.is_null()) return {};
  const json::Array* const array = value.array();
  if (array == nullptr) return printable_json(json::to_text(value));
  if (array->size() > 5) return std::to_string(array->size()) + " entries";
  std::string out;
  for (const json::Value& element : *array) out += (out.empty() ? "" : ",") + scalar(element);
  return out;
}

std::string cell(const json::Value& element, std::string_view column) {
  const json::Object* object = element.object();
  const std::size_t dot = column.find('.');
  if (object != nullptr && dot != std::string_view::npos) {
    const json::Value* const inner = json::find(*object, column.substr(0, dot));
    return inner == nullptr ? std::string() : cell(*inner, column.substr(dot + 1));
  }
  const json::Value* const found = object == nullptr ? nullptr : json::find(*object, column);
  return found == nullptr ? std::string() : scalar(*found);
}

std::string render_table(const Table& table, const json::Array& elements) {
  std::vector<std::vector<std::string>> rows(1);
  for (const std::string_view column : table.columns)
    if (!column.empty()) rows[0].emplace_back(column.substr(column.find('.') + 1));
  for (const json::Value& element : elements) {
    std::vector<std::string> row;
    for (const std::string_view column : table.columns)
      if (!column.empty()) row.push_back(cell(element, column));
    rows.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const std::vector<std::string>& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

void render_members(std::string& out, const json::Object& object, const std::string& prefix) {
  std::size_t width = 0;
  for (const auto& [name, value] : object)
    if (value.object() == nullptr) width = std::max(width, prefix.size() + printable(name).size());
  for (const auto& [name, value] : object) {
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.list == name; });
    const json::Array* const array = value.array();
    if (array != nullptr && table != tables.end()) {
      if (!array->empty()) out += (out.empty() ? "" : "\n") + render_table(*table, *array);
    } else if (array != nullptr && name == "problems") {
      for (const json::Value& problem : *array) out += "problem: " + scalar(problem) + "\n";
    } else if (value.object() != nullptr) {
      render_members(out, *value.object(), prefix + printable(name) + ".");
    } else {
      const std::string shown = prefix + printable(name);
      out += shown + std::string(width - shown.size() + 2, ' ') + scalar(value) + "\n";
    }
  }
}

std::string read_line() {
  std::string line;
  for (int c = std::fgetc(stdin); c != EOF && c != '\n' && line.size() <= most_password_bytes; c = std::fgetc(stdin))
    line += static_cast<char>(c);
  return line;
}

/// Switches the terminal's echo off while it lives.
class Quiet {
 public:
  Quiet() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    off_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    if (off_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool off_ = false;
};

Secret prompt(const char* text) {
  std::fputs(text, stderr);
  const Quiet quiet;
  std::string line = read_line();
  std::fputs("\n", stderr);
  return Secret::take(line);
}

}  // namespace

std::string render(const json::Object& answer) {
  std::string out;
  render_members(out, answer, "");
  return out;
}

void Progress::operator()(std::uint64_t done) const {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ || ::isatty(STDERR_FILENO) != 1) return;
  next_ = now + std::chrono::seconds(1);
  std::fprintf(stderr, "%llu %s\n", static_cast<unsigned long long>(done), what_.c_str());
}

ProgressBar::ProgressBar(std::size_t steps) : steps_(steps), shown_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::draw(const std::string& what) const {
  constexpr std::size_t width = 30;
  const std::size_t full = std::min(width, begun_ * width / std::max<std::size_t>(steps_, 1));
  if (!shown_) return;
  const std::string bar = std::string(full, '#') + std::string(width - full, '.');
  std::fprintf(stderr, "\r\033[K[%s] %s", bar.c_str(), what.c_str());
  std::fflush(stderr);
}

void ProgressBar::begin(const std::string& what) {
  draw(what);
  ++begun_;
}

void ProgressBar::move_to(std::size_t step, const std::string& what) {
  const auto now = std::chrono::steady_clock::now();
  begun_ = step;
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  draw(what);
}

Secret ask_password(bool from_input) {
  if (from_input) {
    std::string line = read_line();
    if (line.empty()) throw std::runtime_error("standard input holds no password");
    if (line.back() == '\r') line.pop_back();
    return Secret::take(line);
  }
  if (::isatty(STDIN_FILENO) != 1)
    throw std::runtime_error("there is no terminal to ask for the password; give it with --password-stdin");
  Secret first = prompt("Password: ");
  const Secret second = prompt("Again: ");
  if (!constant_time_equal(first.view(), second.view())) throw std::runtime_error("the two passwords differ");
  return first;
}

}  // namespace portcullis::cli
